/*
description: >-
  What meters sent that are read like stacks: items of the returns that are energy or a volume, by meter and local day, in the item's unit. Blank and
  negative readings, those below detection and those in a unit that does not fit are left out and shorten the day.
grain: [stack_id, item, day_date]
materialized: chunk
*/
with items as (
    select i.item, c.quantity, c.factor
    from ref_rules__return_items as i
    inner join ref_rules__units as c on i.unit = c.unit
    where c.quantity in ('energy', 'volume', 'gas_volume')
),

-- few series are metered: the name alone is read of all others
metered as (
    select r.stack_id, r.indicator, r.period_start_at, r.utc_offset_minutes, r.interval_minutes, r.value, r.unit, r.is_below_detection
    from stg_monitoring__stack_readings as r
    where r.indicator in (select item from items)
),

sent as (
    select
        r.stack_id,
        i.item,
        (epoch_us(r.period_start_at) + r.utc_offset_minutes::bigint * 60000000) // 86400000000 as day_no,
        r.interval_minutes,
        (r.value * u.factor / nullif(i.factor, 0))::decimal(28, 9) as amount
    from metered as r
    inner join items as i on r.indicator = i.item
    inner join ref_rules__units as u on r.unit = u.unit and i.quantity = u.quantity
    where r.value >= 0 and not coalesce(r.is_below_detection, false)
)

select
    stack_id::varchar as stack_id,  -- meter, received as an emission point
    item::varchar as item,  -- item of the returns
    (date '1970-01-01' + day_no::integer)::date as day_date,  -- local calendar day
    sum(amount)::decimal(38, 9) as amount,  -- in the unit of the item
    sum(interval_minutes)::bigint as covered_minutes,  -- minutes of the day that were metered
    count(*)::bigint as reading_count  -- readings
from sent
group by stack_id, item, day_no
