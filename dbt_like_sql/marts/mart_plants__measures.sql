/*
description: >-
  What would make each plant green that is not: the fewest measures found, in words, and how far they go. Plants behind a portfolio; in a run without loans,
  such as a self-assessment, all of them.
grain: [plant_id]
*/
with evidence as (
    select required_item, min(title) as title
    from (
        select t.required_item, r.title
        from ref_rules__thresholds as t
        inner join ref_rules__rules as r on t.rule_id = r.rule_id
        where t.required_item is not null
    ) as titles
    group by required_item
),

actions as (
    select
        a.plant_id,
        a.action_kind,
        case a.action_kind when 'bring_to_limit' then 'bring to the limit: ' when 'replace_equipment' then 'replace: ' when 'provide_evidence' then 'put in place: '
            else 'supply: ' end
        || case a.subject_kind when 'indicator' then coalesce(i.title, a.subject_id) when 'evidence' then coalesce(e.title, replace(a.subject_id, '_', ' '))
            else coalesce(replace(u.process, '_', ' ') || ' (' || coalesce(u.unit_name, u.unit_id) || ')', a.subject_id) end as words,
        case a.action_kind when 'replace_equipment' then 1 when 'bring_to_limit' then 2 when 'provide_evidence' then 3 else 4 end as place
    from raw_measures__actions as a
    left join ref_rules__indicators as i on a.subject_id = i.indicator_id
    left join evidence as e on a.subject_id = e.required_item
    left join stg_plants__process_units as u on a.subject_id = 'unit:' || u.unit_id
),

packages as (
    select
        plant_id,
        count(*) as action_count,
        count(case when action_kind = 'supply_figure' then 1 end) as figure_count,
        string_agg(words, '; ' order by place, words) as words
    from actions
    group by plant_id
),

-- rules of the index that nobody has held against the print leave its level open whatever the plant does
awaiting as (
    select plant_id, count(*) as awaiting_count
    from int_plants__index_indicators
    where has_unverified
    group by plant_id
)

select
    m.plant_id::varchar as plant_id,  -- plant
    (case m.reach when 'none' then 'not_reached' else 'green' end)::varchar as class_after,  -- green; not_reached = no measure of the plant makes it green
    (case m.reach when 'level_for_green' then 'the level for green' when 'best_level' then 'every level of the index' end)::varchar as reach,  -- how far the measures go; null = not reached
    coalesce(k.action_count, 0)::bigint as action_count,  -- measures needed together
    coalesce(k.figure_count, 0)::bigint as figure_count,  -- of them figures that are only missing; the plant is green if they meet the limit
    (case when m.reach <> 'none' then k.words when w.awaiting_count > 0 then 'rules behind ' || w.awaiting_count::varchar || ' of its index indicators await verification'
        else 'no index or no rule reaches this plant' end)::varchar as measures  -- in words
from raw_measures__plants as m
left join packages as k on m.plant_id = k.plant_id
left join awaiting as w on m.plant_id = w.plant_id
