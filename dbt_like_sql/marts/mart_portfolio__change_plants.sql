/*
description: >-
  Which plants a driver moved: the share of each plant in the driver's part of the change of the assessed rate (all sectors), by the same mean over all orders.
  A rate G/A splits exactly over plants as (g1 - g0)(1/A0 + 1/A1)/2 - (a1 - a0)(G0 + G1)/(2 A0 A1), g and a being the plant's green and assessed amounts.
  Plants that nothing moved are left out.
grain: [portfolio_id, driver, plant_id]
*/
with changed as (
    select driver, bit
    from raw_change__drivers
    where is_changed
),

counted as (
    select count(*) as driver_count
    from changed
),

coalitions as (
    select distinct coalition_no
    from raw_change__plants
),

sizes as (
    select v.coalition_no, count(case when floor(v.coalition_no / nullif(c.bit, 0))::bigint % 2 = 1 then 1 end) as member_count
    from coalitions as v
    cross join changed as c
    group by v.coalition_no
),

amounts as (
    select k.coalition_no, p.portfolio_id, p.plant_id, coalesce(a.green_usd, 0) as green_usd, coalesce(a.assessed_usd, 0) as assessed_usd,
        coalesce(t.green_usd, 0) as total_green_usd, coalesce(t.assessed_usd, 0) as total_assessed_usd
    from (select distinct portfolio_id, plant_id from raw_change__plants where plant_id <> '*') as p
    cross join coalitions as k
    left join raw_change__plants as a on k.coalition_no = a.coalition_no and p.portfolio_id = a.portfolio_id and p.plant_id = a.plant_id
    left join raw_change__plants as t on k.coalition_no = t.coalition_no and p.portfolio_id = t.portfolio_id and t.plant_id = '*'
),

added as (
    select
        c.driver,
        w.portfolio_id,
        w.plant_id,
        factorial(s.member_count::integer)::double * factorial((k.driver_count - s.member_count - 1)::integer)::double
            / nullif(factorial(k.driver_count::integer)::double, 0)
        * ((t.green_usd - w.green_usd) * (1 / nullif(w.total_assessed_usd, 0) + 1 / nullif(t.total_assessed_usd, 0)) / 2
            - (t.assessed_usd - w.assessed_usd) * (w.total_green_usd + t.total_green_usd) / nullif(2 * w.total_assessed_usd * t.total_assessed_usd, 0)) as added_ratio
    from changed as c
    cross join counted as k
    inner join sizes as s on floor(s.coalition_no / nullif(c.bit, 0))::bigint % 2 = 0
    inner join amounts as w on s.coalition_no = w.coalition_no
    inner join amounts as t on s.coalition_no + c.bit = t.coalition_no and w.portfolio_id = t.portfolio_id and w.plant_id = t.plant_id
),

effects as (
    select driver, portfolio_id, plant_id, count(*) as step_count, count(added_ratio) as known_count,
        sum(added_ratio::decimal(38, 18))::double as shapley_ratio
    from added
    group by driver, portfolio_id, plant_id
),

-- verdicts that differ, those that bind first; a plant's first three say what happened there
told as (
    select
        s.plant_id,
        coalesce(i.title, r.title, s.rule_id) || case when s.tier <> '-' then ' (tier ' || s.tier || ')' else '' end || ': ' || coalesce(s.state_before, 'not judged')
            || ' to ' || coalesce(s.state_after, 'not judged') as words,
        case when g.is_binding then 1 else 2 end as standing_no,
        case when 'FAIL' in (s.state_before, s.state_after) then 1 else 2 end as failure_no,
        s.rule_id,
        s.tier
    from raw_change__states as s
    left join ref_rules__rules as r on s.rule_id = r.rule_id
    left join ref_rules__indicators as i on r.indicator_id = i.indicator_id
    left join int_plants__rule_standing as g on s.plant_id = g.plant_id and s.rule_id = g.rule_id and s.tier = g.tier
),

states as (
    select plant_id, words, row_number() over (partition by plant_id order by min(standing_no), min(failure_no), min(rule_id), min(tier), words) as place
    from told
    group by plant_id, words
),

verdicts as (
    select plant_id, string_agg(words, '; ' order by place) as words
    from states
    where place <= 3
    group by plant_id
),

-- a plant's parts in all drivers together, and the plant that moved its portfolio most
summed as (
    select portfolio_id, plant_id, sum(case when known_count = step_count then shapley_ratio::decimal(38, 18) end)::double as plant_ratio
    from effects
    group by portfolio_id, plant_id
),

together as (
    select *, row_number() over (partition by portfolio_id order by coalesce(abs(plant_ratio), 0) desc, plant_id) as plant_place
    from summed
),

-- what the plant was in the earlier run, of the assessed part
earlier as (
    select portfolio_id, plant_id, case when assessed_usd > 0 and green_usd > 0 then 'green' when assessed_usd > 0 then 'not_green' else 'unknown' end as plant_class
    from raw_change__plants
    where coalition_no = 0 and plant_id <> '*'
)

select
    e.portfolio_id::varchar as portfolio_id,  -- portfolio
    e.driver::varchar as driver,  -- what changed
    e.plant_id::varchar as plant_id,  -- plant
    coalesce(p.plant_name, e.plant_id)::varchar as plant_name,  -- name as sent; the id where this run no longer has the plant
    b.plant_class::varchar as class_before,  -- class in the earlier run: green, not_green (assessed and not green), unknown; null = not behind the portfolio then
    c.plant_class::varchar as plant_class,  -- class in this run; null = no longer received
    (case when e.known_count = e.step_count then 100 * e.shapley_ratio end)::double as shapley_points,  -- percentage points of the assessed rate; null = a step between has nothing assessed
    (100 * g.plant_ratio)::double as plant_points,  -- of all drivers that have points, together; null = none has
    g.plant_place::integer as plant_place,  -- 1 = the plant whose plant_points are largest, up or down, in the portfolio
    v.words::varchar as verdict_changes  -- verdicts that changed since the earlier run, by whatever driver; null = none
from effects as e
inner join together as g on e.portfolio_id = g.portfolio_id and e.plant_id = g.plant_id
left join stg_plants__plants as p on e.plant_id = p.plant_id
left join int_plants__class as c on e.plant_id = c.plant_id
left join verdicts as v on e.plant_id = v.plant_id
left join earlier as b on e.portfolio_id = b.portfolio_id and e.plant_id = b.plant_id
where e.shapley_ratio is null or abs(e.shapley_ratio) > 1e-12
