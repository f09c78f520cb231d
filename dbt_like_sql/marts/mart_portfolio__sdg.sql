/*
description: >-
  Targets of the Sustainable Development Goals behind each portfolio: how many indicators and rules speak for a target, how the plants stand against
  them, and the exposure behind failures. The mapping is the project's own (rules/factors/sdg_mapping.yaml). Only tiers that bind are counted.
grain: [portfolio_id, sdg_target]
*/
with targets as (
    select rule_id, indicator_id, trim(sdg_target) as sdg_target
    from (select rule_id, indicator_id, unnest(string_split(sdg_targets, ',')) as sdg_target from ref_rules__rules where sdg_targets is not null) as listed
    where trim(sdg_target) <> ''
),

judged as (
    select
        b.portfolio_id,
        t.sdg_target,
        b.plant_id,
        b.exposure_usd,
        t.indicator_id,
        w.rule_id,
        w.state
    from mart_portfolio__plants as b
    inner join int_plants__rule_states as w on b.plant_id = w.plant_id and w.is_binding_tier
    inner join targets as t on w.rule_id = t.rule_id
),

per_plant as (
    select
        portfolio_id,
        sdg_target,
        plant_id,
        max(exposure_usd) as exposure_usd,
        count(case when state = 'PASS' then 1 end) as pass_count,
        count(case when state = 'FAIL' then 1 end) as fail_count,
        count(case when state not in ('PASS', 'FAIL') then 1 end) as unknown_count
    from judged
    group by portfolio_id, sdg_target, plant_id
),

words as (
    select portfolio_id, sdg_target, count(distinct indicator_id) as indicator_count, count(distinct rule_id) as rule_count
    from judged
    group by portfolio_id, sdg_target
)

select
    p.portfolio_id::varchar as portfolio_id,  -- portfolio
    p.sdg_target::varchar as sdg_target,  -- target, such as 3.9
    split_part(p.sdg_target, '.', 1)::integer as sdg_goal,  -- goal it belongs to
    max(w.indicator_count)::bigint as indicator_count,  -- indicators judged
    max(w.rule_count)::bigint as rule_count,  -- rules judged
    sum(p.pass_count)::bigint as pass_count,  -- plants times rules: PASS
    sum(p.fail_count)::bigint as fail_count,  -- FAIL
    sum(p.unknown_count)::bigint as unknown_count,  -- neither
    count(*)::bigint as plant_count,  -- plants judged
    count(case when p.fail_count > 0 then 1 end)::bigint as fail_plant_count,  -- plants that fail at least one rule
    round(sum(case when p.fail_count > 0 then p.exposure_usd else 0 end), 2)::double as fail_exposure_usd,  -- behind them, US dollars
    round(sum(case when p.fail_count = 0 and p.unknown_count > 0 then p.exposure_usd else 0 end), 2)::double as unknown_exposure_usd  -- behind plants that fail none and leave some unknown
from per_plant as p
inner join words as w on p.portfolio_id = w.portfolio_id and p.sdg_target = w.sdg_target
group by p.portfolio_id, p.sdg_target
