/*
description: >-
  Readings that used to come and no longer do: stacks and meters of running units whose last reading lies more days before the as-of day than the policy
  feeds allows (7 where it is silent). Only days count on which the unit was in service; a feed that went on after the as-of day is none of them.
grain: [stack_id, indicator_id]
*/
with heard as (
    select stack_id, indicator_id, min(day_date) as first_date, max(day_date) as last_date
    from int_monitoring__daily_fold
    group by stack_id, indicator_id
    union all
    select stack_id, item as indicator_id, min(day_date) as first_date, max(day_date) as last_date
    from int_monitoring__metered_energy
    group by stack_id, item
),

idle as (
    select h.stack_id, h.indicator_id, count(*) as day_count
    from heard as h
    cross join ref_run__settings as s
    inner join int_monitoring__irregular_days as d on h.stack_id = d.stack_id and d.day_date > h.last_date and d.day_date <= s.as_of_date
    where not d.is_in_service
    group by h.stack_id, h.indicator_id
),

policy as (
    select coalesce(max(value), '7')::integer as silent_days
    from ref_rules__policy
    where policy_id = 'feeds' and key = 'silent_days'
),

silent as (
    select h.stack_id, h.indicator_id, h.first_date, h.last_date, s.as_of_date - h.last_date - coalesce(i.day_count, 0) as day_count
    from heard as h
    cross join ref_run__settings as s
    left join idle as i on h.stack_id = i.stack_id and h.indicator_id = i.indicator_id
),

titles as (
    select indicator_id, min(title) as title
    from (
        select indicator_id, title from ref_rules__indicators
        union all
        select item as indicator_id, title from ref_rules__return_items
    ) as named
    group by indicator_id
)

select
    f.stack_id::varchar as stack_id,  -- stack or meter
    f.indicator_id::varchar as indicator_id,  -- indicator, or item of the returns that a meter sent
    t.title::varchar as indicator_title,  -- its title
    e.plant_id::varchar as plant_id,  -- plant of the stack
    p.plant_name::varchar as plant_name,  -- its name
    coalesce(p.owner_name, p.parent_name)::varchar as ask_name,  -- whom to ask: the owner of the plant; null = not reported
    f.first_date::date as first_date,  -- first local day with a reading
    f.last_date::date as last_date,  -- last local day with a reading
    f.day_count::integer as silent_day_count,  -- days since then on which the unit was in service
    p.exposure_usd::double as exposure_usd  -- behind the plant, US dollars over all portfolios; null = no loan leads to it
from silent as f
cross join policy as y
inner join int_plants__entities as e on f.stack_id = e.stack_id and e.entity_type = 'stack' and e.status in ('operating', 'unknown')
inner join (
    select m.plant_id, m.plant_name, m.owner_name, m.exposure_usd, s.parent_name
    from mart_plants__scorecard as m
    inner join stg_plants__plants as s on m.plant_id = s.plant_id
) as p on e.plant_id = p.plant_id
left join titles as t on f.indicator_id = t.indicator_id
where f.day_count > y.silent_days
