/*
description: >-
  Reference path of our own for flat glass, for which no Sectoral Decarbonization pathway exists: in each year the EU free-allocation benchmark for float glass that
  is in force on its last day. A comparison, not a target: after the last benchmark there is no value.
grain: [sector, year]
*/
with steps as (
    select rule_id, limit_value, valid_from_date, valid_to_date, clause, href
    from ref_rules__thresholds
    where rule_id in ('eu_ets_2013__float_glass', 'eu_ets_2021__float_glass', 'eu_ets_2026__float_glass')
),

years as (
    select *, unnest(generate_series(extract(year from valid_from_date)::bigint, extract(year from valid_to_date - interval 1 day)::bigint)) as year
    from steps
    where limit_value is not null and valid_to_date is not null
)

select
    'flat_glass'::varchar as sector,  -- sector
    y.year::bigint as year,  -- calendar year
    min(y.limit_value)::double as intensity_t_per_t,  -- t CO2e per t of glass
    min(y.rule_id)::varchar as rule_id,  -- rule that holds the benchmark
    min(r.evidence)::varchar as evidence,  -- how well the benchmark is evidenced
    min(r.instrument_title)::varchar as instrument_title  -- its instrument
from years as y
inner join ref_rules__rules as r on y.rule_id = r.rule_id
group by y.year
