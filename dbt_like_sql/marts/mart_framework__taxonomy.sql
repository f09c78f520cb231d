/*
description: >-
  Whether the metric of a taxonomy's screening criteria is met, per plant and product (view taxonomy of rules/frameworks). The worst verdict of the product's rule
  decides; not judged, no data or an error is unknown, never met. A sector without an activity is NOT_APPLICABLE, never failed.
grain: [framework_id, plant_id, line_id]
*/
with listed as (
    select l.framework_id, l.line_id, l.line_no, l.title, l.state, l.edition, l.evidence, p.plant_id, p.plant_name, p.country_iso3, p.sector
    from int_frameworks__lines as l
    inner join ref_rules__framework_words as w on l.framework_id = w.framework_id and l.line_id = w.line_id and w.part = 'sectors'
    inner join stg_plants__plants as p on w.word = p.sector and p.status not in ('retired', 'cancelled')
    where l.view = 'taxonomy'
),

judged as (
    select
        w.framework_id,
        w.line_id,
        v.plant_id,
        v.rule_id,
        v.measured_value,
        v.limit_value,
        v.unit,
        v.state,
        v.reason_code,
        v.headroom_ratio,
        v.period_end_date,
        row_number() over (
            partition by w.framework_id, w.line_id, v.plant_id
            order by case v.state when 'FAIL' then 1 when 'ERROR' then 2 when 'NO_DATA' then 3 when 'INDETERMINATE' then 4 else 5 end,
                v.headroom_ratio nulls last, v.entity_id, v.rule_id
        ) as choice
    from ref_rules__framework_words as w
    inner join int_plants__verdicts as v on w.word = v.rule_id
    where w.part = 'rules' and v.state <> 'NOT_APPLICABLE'
)

select
    l.framework_id::varchar as framework_id,  -- framework
    l.plant_id::varchar as plant_id,  -- plant
    l.line_id::varchar as line_id,  -- activity and product
    l.edition::varchar as edition,  -- edition in force
    l.evidence::varchar as evidence,  -- evidence for the mapping
    l.title::varchar as activity,  -- in words
    l.plant_name::varchar as plant_name,  -- name as sent
    l.country_iso3::varchar as country_iso3,  -- host country
    l.sector::varchar as sector,  -- cement, steel or flat_glass
    j.rule_id::varchar as rule_id,  -- rule that holds the metric; null = none applies
    j.measured_value::double as measured_value,  -- in unit; null = not known
    j.limit_value::double as limit_value,  -- of the criteria, in unit
    j.unit::varchar as unit,  -- unit of both
    j.period_end_date::date as period_end_date,  -- last day judged
    (case when l.state = 'not_applicable' or j.rule_id is null then 'NOT_APPLICABLE' else j.state end)::varchar as state,  -- PASS, FAIL, NO_DATA, INDETERMINATE, ERROR or NOT_APPLICABLE
    (case when l.state = 'not_applicable' or j.rule_id is null then null when j.state = 'PASS' then true when j.state = 'FAIL' then false end)::boolean as taxonomy_metric_met,  -- null = not known or not applicable
    j.reason_code::varchar as reason_code,  -- why; null = not applicable
    (case when l.state = 'not_applicable' then l.title when j.rule_id is null then 'the plant does not make this product' end)::varchar as not_applicable_reason  -- null = applicable
from listed as l
left join judged as j on l.framework_id = j.framework_id and l.line_id = j.line_id and l.plant_id = j.plant_id and j.choice = 1
