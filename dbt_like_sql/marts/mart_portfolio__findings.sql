/*
description: >-
  Findings behind each portfolio by what became of them since the run before, and the exposure under waiver beside the gross figure: a waiver
  changes who must act, never how green a plant is.
grain: [portfolio_id, standing]
*/
with behind as (
    select portfolio_id, plant_id, sum(exposure_usd::decimal(20, 6)) as exposure_usd
    from int_loans__attribution
    group by portfolio_id, plant_id
),

counted as (
    select
        b.portfolio_id,
        f.standing,
        b.plant_id,
        b.exposure_usd,
        count(case when f.change = 'NEW' then 1 end) as new_count,
        count(case when f.change = 'REOPENED' then 1 end) as reopened_count,
        count(case when f.change in ('PERSISTING', 'PENDING_CHECK') then 1 end) as persisting_count,
        count(case when f.change = 'PENDING_CHECK' then 1 end) as pending_count,
        count(case when f.change in ('RESOLVED', 'RETIRED') then 1 end) as resolved_count,
        count(case when f.state not like 'CLOSED%' and f.state <> 'FALSE_POSITIVE' then 1 end) as gross_count,
        count(case when f.state = 'WAIVED' then 1 end) as waived_count,
        count(case when f.state = 'FALSE_POSITIVE' then 1 end) as disputed_count,
        count(case when f.escalation_level > 0 then 1 end) as overdue_count,
        count(case when f.is_not_reassessed then 1 end) as not_reassessed_count
    from behind as b
    inner join mart_findings__register as f on b.plant_id = f.plant_id
    group by b.portfolio_id, f.standing, b.plant_id, b.exposure_usd
)

select
    portfolio_id::varchar as portfolio_id,  -- portfolio
    standing::varchar as standing,  -- binding, awaiting_verification or comparison
    sum(new_count)::bigint as new_count,  -- seen for the first time
    sum(reopened_count)::bigint as reopened_count,  -- came back, or their waiver ended
    sum(persisting_count)::bigint as persisting_count,  -- were open before
    sum(pending_count)::bigint as pending_count,  -- of them mended since the run before, as their last period says, and waiting for the check
    sum(resolved_count)::bigint as resolved_count,  -- closed by data, or their rule or equipment was retired
    sum(gross_count)::bigint as gross_count,  -- not closed, those under waiver included
    sum(waived_count)::bigint as waived_count,  -- of them under a waiver
    sum(disputed_count)::bigint as disputed_count,  -- called false positives, confirmed by a second person
    sum(overdue_count)::bigint as overdue_count,  -- past their cure period
    sum(not_reassessed_count)::bigint as not_reassessed_count,  -- open, and this run's data cannot say whether they are mended
    count(case when gross_count > 0 then 1 end)::bigint as plant_count,  -- plants with a finding that is not closed
    sum(case when gross_count > 0 then exposure_usd else 0 end)::double as gross_exposure_usd,  -- exposure to these plants, US dollars
    count(case when waived_count > 0 then 1 end)::bigint as waived_plant_count,  -- plants with a finding under waiver
    sum(case when waived_count > 0 then exposure_usd else 0 end)::double as waived_exposure_usd  -- exposure to these plants, US dollars
from counted
group by portfolio_id, standing
