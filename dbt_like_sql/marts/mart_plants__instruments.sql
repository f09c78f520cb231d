/*
description: >-
  Which regimes each plant meets: for every instrument that judged it, and each level of one that has levels, how many of its rules the plant meets over the
  window, and the answer that follows. A rule that awaits verification can neither be met nor missed for the answer.
grain: [plant_id, instrument_id, tier]
*/
with counts as (
    select
        s.plant_id,
        r.instrument_id,
        s.tier,
        count(*) as rule_count,
        count(case when s.state = 'PASS' then 1 end) as pass_count,
        count(case when s.state = 'FAIL' then 1 end) as fail_count,
        count(case when s.state not in ('PASS', 'FAIL') then 1 end) as unknown_count,
        count(case when not s.is_verified then 1 end) as awaiting_count,
        count(case when s.state = 'FAIL' and s.is_verified then 1 end) as counted_fail_count,
        count(case when s.state = 'PASS' and s.is_verified then 1 end) as counted_pass_count,
        bool_or(s.is_binding) as has_binding_rule
    from int_plants__rule_standing as s
    inner join ref_rules__rules as r on s.rule_id = r.rule_id
    group by s.plant_id, r.instrument_id, s.tier
),

instruments as (
    select instrument_id, max(instrument_title) as instrument_title, max(layer) as layer, max(jurisdiction) as jurisdiction
    from ref_rules__rules
    group by instrument_id
)

select
    c.plant_id::varchar as plant_id,  -- plant
    c.instrument_id::varchar as instrument_id,  -- instrument
    c.tier::varchar as tier,  -- I, II or III; - = without levels
    i.instrument_title::varchar as instrument_title,  -- in words
    i.layer::varchar as layer,  -- layer of the instrument
    i.jurisdiction::varchar as jurisdiction,  -- country, province, EU, IFC or GLOBAL
    c.has_binding_rule::boolean as has_binding_rule,  -- a rule of it, at this level, binds the plant
    c.rule_count::bigint as rule_count,  -- rules that judged the plant
    c.pass_count::bigint as pass_count,  -- met everywhere in every period
    c.fail_count::bigint as fail_count,  -- missed somewhere
    c.unknown_count::bigint as unknown_count,  -- without data, undecided or in error
    c.awaiting_count::bigint as awaiting_count,  -- of all rules, those that await verification
    (case when c.counted_fail_count > 0 then 'FAIL' when c.counted_pass_count = c.rule_count then 'PASS' when c.unknown_count > 0 then 'NO_DATA'
        else 'AWAITING_VERIFICATION' end)::varchar as state  -- PASS meets every rule; FAIL misses a verified one; NO_DATA not known; AWAITING_VERIFICATION all known, a rule is not checked yet
from counts as c
inner join instruments as i on c.instrument_id = i.instrument_id
