/*
description: >-
  Metered amounts of a plant by item and month of the window: the sum over its meters, counted where each of them covered the whole month.
grain: [plant_id, item, period_end_date]
*/
with months as (
    select period_start_date, period_end_date, day_count
    from int_run__periods
    where period_kind = 'month' and is_over
),

lengths as (
    select i.stack_id, m.period_end_date, sum(i.day_hours - 24) as more_hours
    from int_monitoring__irregular_days as i
    inner join months as m on i.day_date between m.period_start_date and m.period_end_date
    group by i.stack_id, m.period_end_date
),

meters as (
    select
        e.plant_id,
        d.stack_id,
        d.item,
        m.period_start_date,
        m.period_end_date,
        m.day_count,
        sum(d.amount) as amount,
        sum(d.covered_minutes) as covered_minutes
    from int_monitoring__metered_energy as d
    inner join stg_plants__emission_points as e on d.stack_id = e.stack_id
    inner join months as m on d.day_date between m.period_start_date and m.period_end_date
    group by e.plant_id, d.stack_id, d.item, m.period_start_date, m.period_end_date, m.day_count
),

covered as (
    select m.*, m.covered_minutes / nullif(60 * (24 * m.day_count + coalesce(l.more_hours, 0)), 0)::double as covered_ratio
    from meters as m
    left join lengths as l on m.stack_id = l.stack_id and m.period_end_date = l.period_end_date
)

select
    plant_id::varchar as plant_id,  -- plant
    item::varchar as item,  -- item of the returns
    period_start_date::date as period_start_date,  -- first day of the month
    period_end_date::date as period_end_date,  -- last day
    sum(amount)::double as amount,  -- metered, in the unit of the item
    count(*)::bigint as meter_count,  -- meters
    round(min(covered_ratio), 9)::double as covered_ratio,  -- share of the month that the worst of them covered
    (min(covered_ratio) >= 0.999)::boolean as is_whole  -- each covered the month but for less than a thousandth
from covered
group by plant_id, item, period_start_date, period_end_date
