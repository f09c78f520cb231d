/*
description: >-
  Specific consumption and intensity over the assessment window, or the year of returns that stands for it: contributions of the numerator items over those of the denominator items
  (int_returns__steps), from the periods in which every item was returned; one row per entity and indicator measured by returns.
grain: [entity_id, indicator_id]
*/
with sums as (
    select
        entity_id,
        indicator_id,
        sum(case when role = 'numerator' then contribution::decimal(28, 9) end) as numerator_value,
        sum(case when role = 'denominator' then contribution::decimal(28, 9) end) as denominator_value
    from int_returns__steps
    group by entity_id, indicator_id
),

-- every item of a counted period covers the same days
days as (
    select entity_id, indicator_id, sum(covered_days) as complete_days
    from (
        select entity_id, indicator_id, period_start_date, period_end_date, max(covered_days) as covered_days
        from int_returns__indicator_periods
        where is_counted
        group by entity_id, indicator_id, period_start_date, period_end_date
    ) as counted
    group by entity_id, indicator_id
),

returned as (
    select
        entity_id,
        indicator_id,
        max(tier_rank) as tier_rank,
        min(case when gap_code in ('UNIT_UNKNOWN', 'ITEM_UNKNOWN', 'FACTOR_NOT_IN_FORCE') then gap_code end) as error_code,
        min(case when gap_code in ('UNIT_SUSPECT', 'VALUE_NEGATIVE') then gap_code end) as suspect_code,
        min(year_start_date) as year_start_date,
        min(year_end_date) as year_end_date,
        min(source_file_id) as source_file_id,
        min(first_source_row_number) as source_row_number
    from int_returns__indicator_periods
    group by entity_id, indicator_id
)

select
    r.entity_id::varchar as entity_id,  -- plant:… or unit:…
    r.indicator_id::varchar as indicator_id,  -- indicator
    r.year_start_date::date as period_start_date,  -- first day of the window, or of an earlier year of returns
    r.year_end_date::date as period_end_date,  -- last day of it
    round(m.numerator_value::double / nullif(m.denominator_value::double, 0), 9)::double as value,  -- in the indicator's unit; null without production
    m.numerator_value::double as numerator_value,  -- sum of the numerator over the counted periods
    m.denominator_value::double as denominator_value,  -- sum of the denominator over the counted periods
    coalesce(d.complete_days, 0)::bigint as complete_days,  -- days for which every item was returned
    (coalesce(d.complete_days, 0) / nullif(r.year_end_date - r.year_start_date + 1, 0))::double as capture_ratio,  -- complete days over days of the twelve months
    (case r.tier_rank when 3 then 'estimated' when 2 then 'reported' else 'measured' end)::varchar as evidence_tier,  -- weakest tier among the items
    (case when r.error_code is not null then r.error_code
        when r.suspect_code is not null and d.complete_days is null then r.suspect_code
        when d.complete_days > 0 and coalesce(m.denominator_value, 0) = 0 then 'ZERO_PRODUCTION' end)::varchar as error_code,  -- why it could not be computed
    r.source_file_id::varchar as source_file_id,  -- file of the first return used
    r.source_row_number::bigint as source_row_number  -- its row
from returned as r
left join sums as m on r.entity_id = m.entity_id and r.indicator_id = m.indicator_id
left join days as d on r.entity_id = d.entity_id and r.indicator_id = d.indicator_id
