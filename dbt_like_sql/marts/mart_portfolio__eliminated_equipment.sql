/*
description: >-
  Units behind each portfolio that an equipment catalogue eliminates or restricts, with the exposure to their plant.
grain: [portfolio_id, plant_id, unit_id, rule_id]
*/
select
    b.portfolio_id::varchar as portfolio_id,  -- portfolio
    b.plant_id::varchar as plant_id,  -- plant
    v.unit_id::varchar as unit_id,  -- process unit
    v.rule_id::varchar as rule_id,  -- prohibition
    min(b.plant_name)::varchar as plant_name,  -- name as sent
    min(b.country_iso3)::varchar as country_iso3,  -- host country
    min(u.process)::varchar as process,  -- kind of unit
    min(u.technology)::varchar as technology,  -- technology; null = unknown
    min(u.size_value)::double as size_value,  -- size in size_unit
    min(u.size_unit)::varchar as size_unit,  -- unit of the size
    min(r.prohibition_class)::varchar as prohibition_class,  -- eliminated or restricted
    min(r.title)::varchar as title,  -- title of the rule
    min(r.instrument_title)::varchar as instrument_title,  -- instrument
    min(r.clause)::varchar as clause,  -- clause
    min(r.evidence)::varchar as evidence,  -- printed_text, secondary or unverified
    min(v.state)::varchar as state,  -- FAIL
    min(b.exposure_usd)::double as exposure_usd  -- portfolio's exposure to the plant, US dollars (the same for each row of a plant: never add rows)
from mart_portfolio__plants as b
inner join int_plants__verdicts as v on b.plant_id = v.plant_id and v.kind = 'prohibition' and v.state = 'FAIL'
inner join ref_rules__rules as r on v.rule_id = r.rule_id
inner join stg_plants__process_units as u on v.unit_id = u.unit_id
group by b.portfolio_id, b.plant_id, v.unit_id, v.rule_id
