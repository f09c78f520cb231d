/*
description: >-
  Anonymised benchmark: for each sector, kind of unit and indicator the mean of all plants, and of the better and the weaker half of them. No figure stands
  for fewer plants, or plants of fewer companies (one that is not known counts as none), than rules/policy/benchmark.yaml asks for; none is the value of one plant (no extremes, no quantiles),
  and all are rounded to three significant digits, so that what a plant knows of itself does not uncover another.
grain: [sector, process, indicator_id, ref_o2_pct]
grain_nullable: [ref_o2_pct]
*/
with policy as (
    select
        greatest(coalesce(max(case when key = 'min_plants' then value::integer end), 5), 5) as min_plants,
        greatest(coalesce(max(case when key = 'min_companies' then value::integer end), 5), 5) as min_companies
    from ref_rules__policy
    where policy_id = 'benchmark'
),

parts as (
    select sector, process, indicator_id, ref_o2_pct, company, value, 'all' as part
    from int_plants__benchmark_places
    union all
    select sector, process, indicator_id, ref_o2_pct, company, value, half as part
    from int_plants__benchmark_places
),

means as (
    select
        sector,
        process,
        indicator_id,
        ref_o2_pct,
        part,
        count(*) as plant_count,
        count(distinct nullif(company, '-')) as company_count,
        avg(round(value, 9)::decimal(28, 9))::double as mean_value
    from parts
    group by sector, process, indicator_id, ref_o2_pct, part
),

rounded as (
    select
        m.*,
        m.plant_count >= p.min_plants and m.company_count >= p.min_companies as is_shown,
        case when m.mean_value = 0 then 0
            else round(round(m.mean_value / power(10, floor(log10(abs(m.mean_value))) - 2), 9)) * power(10, floor(log10(abs(m.mean_value))) - 2) end as figure
    from means as m
    cross join policy as p
),

-- one half alone would give the other away
figures as (
    select
        sector,
        process,
        indicator_id,
        ref_o2_pct,
        max(case when part = 'all' then plant_count end) as plant_count,
        max(case when part = 'all' then company_count end) as company_count,
        bool_or(part = 'all' and is_shown) as is_shown,
        bool_and(is_shown) as has_halves,
        max(case when part = 'all' then figure end) as mean_value,
        max(case when part = 'better' then figure end) as better_mean,
        max(case when part = 'weaker' then figure end) as weaker_mean
    from rounded
    group by sector, process, indicator_id, ref_o2_pct
)

select
    f.sector::varchar as sector,  -- cement, steel or flat_glass
    f.process::varchar as process,  -- kind of unit; - = of whole plants
    f.indicator_id::varchar as indicator_id,  -- indicator
    i.title::varchar as indicator_title,  -- in words
    i.unit::varchar as unit,  -- unit of the figures
    i.direction::varchar as direction,  -- max: less is better; min: more is better
    f.ref_o2_pct::double as ref_o2_pct,  -- reference oxygen of the figures; null = none
    f.is_shown::boolean as is_shown,  -- false: too few plants or companies, every figure is withheld
    (case when f.is_shown then f.plant_count end)::bigint as plant_count,  -- plants with a value
    (case when f.is_shown then round(f.mean_value, 9) end)::double as mean_value,  -- mean of the plants, three significant digits
    (case when f.is_shown and f.has_halves then round(f.better_mean, 9) end)::double as better_mean,  -- of the better half; null = withheld
    (case when f.is_shown and f.has_halves then round(f.weaker_mean, 9) end)::double as weaker_mean  -- of the weaker half; null = withheld
from figures as f
left join ref_rules__indicators as i on f.indicator_id = i.indicator_id
