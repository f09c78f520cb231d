"""The population of an audit sample and what its working paper shows of each verdict."""

from __future__ import annotations

#: The population: every verdict that passes or fails. `judged_by`: value = the value against the limit · share = periods within the limit
#: against the share wanted · equipment = process, technology and size of the unit against the one scope of the prohibition · document =
#: status and days of the one document · none = more decides than a cell can compute again: `no_formula` says what, so that people look.
ITEMS_SQL = """
with exposure as (
    select plant_id, sum(exposure_usd::decimal(20, 6))::double as exposure_usd
    from int_loans__attribution
    group by plant_id
), tests as (
    select threshold_id, count(*) as test_count
    from ref_rules__tests
    group by threshold_id
), scopes as (
    select rule_id, count(*) as scope_count, min(process) as scope_process, min(technology) as scope_technology,
        min(size_from) as scope_size_from, min(case when size_from_inclusive then 'yes' else 'no' end) as scope_from_inclusive,
        min(size_to) as scope_size_to, min(case when size_to_inclusive then 'yes' else 'no' end) as scope_to_inclusive,
        count(coalesce(route, country_iso3, region_code, city_code, region_class, fuel, commissioned_from_date::varchar,
            commissioned_before_date::varchar, nullif(is_new_only, false)::varchar, nullif(is_existing_only, false)::varchar
        )) as other_count
    from ref_rules__scopes
    group by rule_id
), documents as (
    select plant_id, item, count(*) as document_count, min(status) as document_status,
        nullif(min(valid_from_date), date '1900-01-01') as document_from_date, -- null = not stated
        min(valid_to_date) as document_to_date
    from stg_monitoring__management_evidence
    group by plant_id, item
), files as (
    select file_id, file_name
    from stg_landing__file_names
)
select v.threshold_id, v.rule_id, coalesce(r.title, v.rule_id) as title, coalesce(t.clause, r.clause) as clause, v.rule_version, v.evidence,
    v.tier, v.kind, v.family, v.layer, v.severity, v.plant_id, p.country_iso3, v.sector, v.entity_id,
    v.period_start_date, v.period_end_date, v.measured_value, v.operator, v.limit_value, v.unit, v.within_ratio, t.pass_share_ratio,
    v.capture_ratio, v.state, v.reason_code, v.reason_detail, v.headroom_ratio, s.finding_id,
    coalesce(e.exposure_usd, 0) as exposure_usd, f.file_name as source_file_name, v.source_row_number,
    u.process as unit_process, u.technology as unit_technology, u.size_value as unit_size,
    c.scope_process, c.scope_technology, c.scope_size_from, c.scope_from_inclusive, c.scope_size_to, c.scope_to_inclusive,
    d.document_status, d.document_from_date, d.document_to_date,
    case
        when v.kind = 'prohibition' and v.reason_code not in ('EQUIPMENT_PROHIBITED', 'EQUIPMENT_NOT_LISTED') then v.reason_code
        when v.kind = 'prohibition' and c.scope_count > 1 then c.scope_count || ' alternative scopes of the rule decide'
        when v.kind = 'prohibition' and c.other_count > 0 then 'place, date or fuel decide beside technology and size'
        when v.kind = 'requirement' and v.reason_code not in ('REQUIREMENT_MET', 'REQUIREMENT_NOT_MET', 'EVIDENCE_EXPIRED')
            then v.reason_code
        when v.kind = 'requirement' and d.document_count > 1 then d.document_count || ' documents decide together'
        when v.kind <> 'limit' then null
        when coalesce(x.test_count, 1) > 1 then x.test_count || ' tests of the rule decide together'
        when coalesce(t.decision_rule, 'simple') <> 'simple' then 'the uncertainty of measurement decides beside the value'
        when v.reason_code not in ('WITHIN_LIMIT', 'LIMIT_EXCEEDED') then v.reason_code
        when t.pass_test = 'share_of_periods' and v.within_ratio is not null then null
        when v.measured_value is null or v.limit_value is null then 'there is no number'
    end as no_formula,
    case when no_formula is not null then 'none' when v.kind = 'prohibition' then 'equipment' when v.kind = 'requirement' then 'document'
        when t.pass_test = 'share_of_periods' and v.within_ratio is not null then 'share' else 'value' end as judged_by
from int_plants__verdicts as v
left join ref_rules__thresholds as t on v.threshold_id = t.threshold_id
left join ref_rules__rules as r on v.rule_id = r.rule_id
left join stg_plants__plants as p on v.plant_id = p.plant_id
left join exposure as e on v.plant_id = e.plant_id
left join tests as x on v.threshold_id = x.threshold_id
left join files as f on v.source_file_id = f.file_id
left join int_plants__entities as u on v.entity_id = u.entity_id and v.kind = 'prohibition'
left join scopes as c on v.rule_id = c.rule_id and v.kind = 'prohibition'
left join documents as d on v.plant_id = d.plant_id and v.kind = 'requirement' and v.indicator_id = d.item
left join int_findings__subjects as s
    on v.rule_id = s.rule_id and coalesce(v.tier, '-') = s.tier and v.entity_id = s.entity_id
        and coalesce(v.indicator_id, '-') = s.indicator_id and coalesce(t.averaging, '-') = s.averaging
where v.state in ('PASS', 'FAIL')
order by v.threshold_id, v.entity_id, v.period_end_date
"""
