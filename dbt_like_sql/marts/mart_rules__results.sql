/*
description: >-
  Each rule on one line: how many verdicts it gave in each state. This is the row that Great Expectations documents.
grain: [rule_id]
*/
with counts as (
    select
        rule_id,
        count(case when state = 'PASS' then 1 end) as pass_count,
        count(case when state = 'FAIL' then 1 end) as fail_count,
        count(case when state = 'INDETERMINATE' then 1 end) as indeterminate_count,
        count(case when state = 'NO_DATA' then 1 end) as no_data_count,
        count(case when state = 'NOT_APPLICABLE' then 1 end) as not_applicable_count,
        count(case when state = 'ERROR' then 1 end) as error_count,
        min(headroom_ratio) as worst_headroom_ratio
    from int_plants__verdicts
    group by rule_id
)

select
    r.rule_id::varchar as rule_id,  -- rule
    r.instrument_id::varchar as instrument_id,  -- instrument
    r.instrument_title::varchar as instrument_title,  -- its title
    r.title::varchar as title,  -- title of the rule
    r.kind::varchar as kind,  -- limit, prohibition or requirement
    r.status::varchar as status,  -- active or draft (never judged)
    r.layer::varchar as layer,  -- layer of the instrument
    r.family::varchar as family,  -- air, energy …
    r.evidence::varchar as evidence,  -- printed_text, secondary or unverified
    r.severity::varchar as severity,  -- error, warning or info
    (coalesce(c.pass_count, 0) + coalesce(c.fail_count, 0))::bigint as assessed_count,  -- verdicts PASS or FAIL
    coalesce(c.pass_count, 0)::bigint as pass_count,  -- PASS
    coalesce(c.fail_count, 0)::bigint as fail_count,  -- FAIL
    coalesce(c.indeterminate_count, 0)::bigint as indeterminate_count,  -- INDETERMINATE
    coalesce(c.no_data_count, 0)::bigint as no_data_count,  -- NO_DATA
    coalesce(c.not_applicable_count, 0)::bigint as not_applicable_count,  -- NOT_APPLICABLE
    coalesce(c.error_count, 0)::bigint as error_count,  -- ERROR
    c.worst_headroom_ratio::double as worst_headroom_ratio  -- smallest headroom; null = no number
from ref_rules__rules as r
left join counts as c on r.rule_id = c.rule_id
where r.kind in ('limit', 'prohibition', 'requirement')
