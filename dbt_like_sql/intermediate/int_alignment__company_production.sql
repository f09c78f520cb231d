/*
description: >-
  Production and intensity of the plants of each borrower, by year: each of its plants once, however many loans lead there.
grain: [company_id, plant_id, year]
*/
with plants as (
    select distinct company_id, plant_id
    from int_alignment__borrowers
)

select
    c.company_id::varchar as company_id,  -- borrower
    '-'::varchar as group_id,  -- nothing is kept apart
    m.plant_id::varchar as plant_id,  -- plant
    m.sector::varchar as sector,  -- sector
    m.year::bigint as year,  -- calendar year
    m.country_code::varchar as country_code,  -- host country
    m.production_t::double as production_t,  -- tonnes of the sector's product
    m.intensity_t_per_t::double as intensity_t_per_t,  -- t CO2 per t of it
    m.is_estimate::boolean as is_estimate  -- production or intensity is estimated
from plants as c
inner join int_alignment__market_production as m on c.plant_id = m.plant_id
