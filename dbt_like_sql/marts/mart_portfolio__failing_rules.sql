/*
description: >-
  Rules that fail behind each portfolio, with the plants concerned and the exposure to them.
grain: [portfolio_id, rule_id, tier]
*/
select
    b.portfolio_id::varchar as portfolio_id,  -- portfolio
    w.rule_id::varchar as rule_id,  -- rule
    w.tier::varchar as tier,  -- I, II, III; - = none
    min(r.title)::varchar as title,  -- title of the rule
    min(r.instrument_title)::varchar as instrument_title,  -- instrument
    min(r.layer)::varchar as layer,  -- layer of the instrument
    min(r.kind)::varchar as kind,  -- limit, prohibition or requirement
    min(r.evidence)::varchar as evidence,  -- printed_text, secondary or unverified
    min(r.severity)::varchar as severity,  -- error, warning or info
    bool_or(w.is_binding_tier)::boolean as is_binding_tier,  -- false: only a level of the index is missed
    min_by(s.standing, s.standing_no)::varchar as standing,  -- the gravest that it has at one of the plants: binding, elimination, awaiting_verification or comparison
    bool_and(s.is_verified)::boolean as is_verified,  -- evidence at or above the bar: it counts
    count(distinct case when s.standing = 'binding' then b.plant_id end)::bigint as binding_plant_count,  -- plants that fail it where it binds and counts
    count(distinct b.plant_id)::bigint as plant_count,  -- plants that fail it, binding or for comparison
    sum(b.exposure_usd::decimal(20, 6))::double as exposure_usd,  -- portfolio's exposure to them, US dollars
    min(w.worst_headroom_ratio)::double as worst_headroom_ratio,  -- smallest headroom; null = no number
    sum(case when s.standing = 'binding' then b.exposure_usd::decimal(20, 6) end)::double as binding_exposure_usd,  -- exposure to the plants that fail it where it binds and counts; null = none
    min(case when s.standing = 'binding' then w.worst_headroom_ratio end)::double as binding_headroom_ratio  -- smallest headroom of those; null = none
from mart_portfolio__plants as b
inner join int_plants__rule_states as w on b.plant_id = w.plant_id and w.state = 'FAIL'
inner join int_plants__rule_standing as s on w.plant_id = s.plant_id and w.rule_id = s.rule_id and w.tier = s.tier
inner join ref_rules__rules as r on w.rule_id = r.rule_id
group by b.portfolio_id, w.rule_id, w.tier
