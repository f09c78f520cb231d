/*
description: >-
  Production and intensity of every plant known, by year: each plant once, financed or not.
grain: [plant_id, year]
*/
select
    y.plant_id::varchar as plant_id,  -- plant
    p.sector::varchar as sector,  -- sector
    y.year::bigint as year,  -- calendar year
    p.country_iso3::varchar as country_code,  -- host country
    y.production_t::double as production_t,  -- tonnes of the sector's product
    y.intensity_t_per_t::double as intensity_t_per_t,  -- t CO2 per t of it
    y.evidence_tier::varchar as evidence_tier,  -- reported, planned or estimated
    (y.evidence_tier = 'estimated')::boolean as is_estimate  -- production or intensity is estimated
from stg_monitoring__plant_years as y
inner join stg_plants__plants as p on y.plant_id = p.plant_id
