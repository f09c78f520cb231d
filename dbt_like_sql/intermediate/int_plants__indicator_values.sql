/*
description: >-
  What each plant reaches in each indicator, one value a kind of unit: the mean of its units. Stacks: the mean of the normal hours of the window, stated at
  each reference oxygen that a limit has; returns: the value of the window. What country variance and the benchmark of plants compare.
grain: [plant_id, process, indicator_id, ref_o2_pct]
grain_nullable: [ref_o2_pct]
*/
with references_wanted as (
    select distinct indicator_id, ref_o2_pct
    from ref_rules__thresholds
    where kind = 'limit'
),

stack_values as (
    select
        e.plant_id,
        e.entity_id,
        f.indicator_id,
        w.ref_o2_pct,
        case when w.ref_o2_pct is null then sum(f.value_sum::decimal(30, 9))::double / nullif(sum(f.valid_count), 0)
            else (21 - w.ref_o2_pct) * sum(f.value_per_o2_sum::decimal(30, 9))::double / nullif(sum(f.valid_with_o2_count), 0) end as value
    from int_monitoring__daily_fold as f
    inner join int_plants__entities as e on e.entity_type = 'stack' and f.stack_id = e.stack_id
    inner join references_wanted as w on f.indicator_id = w.indicator_id
    cross join ref_run__settings as s
    where f.reading_class = 'normal' and f.day_date between s.window_start_date and s.window_end_date
    group by e.plant_id, e.entity_id, f.indicator_id, w.ref_o2_pct
),

measured as (
    select plant_id, entity_id, indicator_id, ref_o2_pct, value from stack_values
    union all
    select e.plant_id, e.entity_id, r.indicator_id, null::double as ref_o2_pct, r.value
    from int_returns__indicators as r
    inner join int_plants__entities as e on r.entity_id = e.entity_id
    where r.error_code is null
)

select
    m.plant_id::varchar as plant_id,  -- plant
    e.country_iso3::varchar as country_iso3,  -- host country
    e.sector::varchar as sector,  -- cement, steel or flat_glass
    coalesce(e.process, '-')::varchar as process,  -- kind of unit; - = of the whole plant
    m.indicator_id::varchar as indicator_id,  -- indicator
    m.ref_o2_pct::double as ref_o2_pct,  -- reference oxygen of the value; null = none
    round(avg(round(m.value, 9)::decimal(28, 9))::double, 9)::double as value  -- mean of the plant's units of the kind, unit of the indicator
from measured as m
inner join int_plants__entities as e on m.entity_id = e.entity_id
where m.value is not null
group by m.plant_id, e.country_iso3, e.sector, coalesce(e.process, '-'), m.indicator_id, m.ref_o2_pct
