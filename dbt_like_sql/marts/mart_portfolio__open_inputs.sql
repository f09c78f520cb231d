/*
description: >-
  What has not been received or cannot be computed behind each portfolio: one line per indicator and reason, with the rules that wait for it and the exposure to the plants
  concerned, each plant once. A plant stands in several lines, so lines do not add up.
grain: [portfolio_id, indicator_id, state, reason_code]
*/
with behind as (
    select portfolio_id, plant_id, sum(exposure_usd::decimal(20, 6)) as exposure_usd
    from int_loans__attribution
    group by portfolio_id, plant_id
),

waiting as (
    select
        coalesce(indicator_id, '-') as indicator_id,
        state,
        coalesce(reason_code, '-') as reason_code,
        plant_id,
        count(distinct rule_id) as rule_count,
        min(period_start_date) as first_date,
        max(period_end_date) as last_date,
        max(case when is_binding_tier and severity = 'error' then 1 else 0 end) as is_must
    from int_plants__verdicts
    where state in ('NO_DATA', 'ERROR', 'INDETERMINATE')
    group by coalesce(indicator_id, '-'), state, coalesce(reason_code, '-'), plant_id
)

select
    b.portfolio_id::varchar as portfolio_id,  -- portfolio
    w.indicator_id::varchar as indicator_id,  -- what is measured; - = equipment or evidence
    w.state::varchar as state,  -- NO_DATA, ERROR or INDETERMINATE
    w.reason_code::varchar as reason_code,  -- see rules/reason_codes.yaml
    i.title::varchar as indicator_title,  -- its name; null = none
    c.what_to_do::varchar as what_to_do,  -- what a person can do about it
    count(*)::bigint as plant_count,  -- plants concerned
    max(w.rule_count)::bigint as rule_count,  -- rules that wait for it, at the plant where most do
    sum(w.is_must)::bigint as binding_plant_count,  -- plants where one of them says must at a binding level
    min(w.first_date)::date as first_date,  -- first day of the periods that are open
    max(w.last_date)::date as last_date,  -- last day of them
    sum(b.exposure_usd)::double as exposure_usd  -- exposure to these plants, US dollars
from waiting as w
inner join behind as b on w.plant_id = b.plant_id
left join ref_rules__indicators as i on w.indicator_id = i.indicator_id
left join ref_rules__reason_codes as c on w.reason_code = c.reason_code
group by b.portfolio_id, w.indicator_id, w.state, w.reason_code, i.title, c.what_to_do
