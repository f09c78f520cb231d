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

-- four significant digits, as the pages show them
figures as (
    select
        plant_id, action_kind, subject_kind, subject_id,
        ' (' || coalesce(regexp_replace(coalesce(round(measured_value, (3 - floor(log10(nullif(abs(measured_value), 0))))::integer), measured_value)::varchar, '[.]0$', ''), '–')
        || ' → ' || case operator when 'at_most' then 'at most ' when 'below' then 'below ' when 'at_least' then 'at least ' when 'above' then 'above ' else operator || ' ' end
        || regexp_replace(coalesce(round(limit_value, (3 - floor(log10(nullif(abs(limit_value), 0))))::integer), limit_value)::varchar, '[.]0$', '') || coalesce(' ' || unit, '')
        || case when entity_id not like 'plant:%' then ', ' || substr(entity_id, strpos(entity_id, ':') + 1) else '' end
        || case when other_count > 0 then ', +' || other_count::varchar else '' end || ')' as words
    from raw_measures__actions
    where limit_value is not null
),

actions as (
    select
        a.plant_id,
        a.action_kind,
        case a.action_kind when 'bring_to_limit' then 'bring to the limit: ' when 'replace_equipment' then 'replace: ' when 'provide_evidence' then 'put in place: '
            when 'await_check' then 'passes again, checked with the data to ' || a.check_end_date::varchar || ': ' else 'supply: ' end
        || case a.subject_kind when 'indicator' then coalesce(i.title, a.subject_id) when 'evidence' then coalesce(e.title, replace(a.subject_id, '_', ' '))
            else coalesce(replace(u.process, '_', ' ') || ' (' || coalesce(u.unit_name, u.unit_id) || ')', a.subject_id) end
        || coalesce(f.words, '') as words,
        case a.action_kind when 'replace_equipment' then 1 when 'bring_to_limit' then 2 when 'provide_evidence' then 3 when 'supply_figure' then 4 else 5 end as place
    from raw_measures__actions as a
    left join figures as f on a.plant_id = f.plant_id and a.action_kind = f.action_kind and a.subject_kind = f.subject_kind and a.subject_id = f.subject_id
    left join ref_rules__indicators as i on a.subject_id = i.indicator_id
    left join evidence as e on a.subject_id = e.required_item
    left join stg_plants__process_units as u on a.subject_id = 'unit:' || u.unit_id
),

packages as (
    select
        plant_id,
        count(*) as action_count,
        count(case when action_kind = 'supply_figure' then 1 end) as figure_count,
        count(case when action_kind = 'await_check' then 1 end) as check_count,
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
    coalesce(k.check_count, 0)::bigint as check_count,  -- of them values that failed and pass again: nothing is to be done but to wait until the failing period has left the window
    (case when m.reach <> 'none' then k.words when w.awaiting_count > 0 then 'rules behind ' || w.awaiting_count::varchar || ' of its index indicators await verification'
        else 'no index or no rule reaches this plant' end)::varchar as measures  -- in words, each with the value now, the value wanted and the place; +1: another limit is met with it
from raw_measures__plants as m
left join packages as k on m.plant_id = k.plant_id
left join awaiting as w on m.plant_id = w.plant_id
