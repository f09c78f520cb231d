/*
description: >-
  Plants behind each portfolio with their class and the portfolio's exposure to them, each plant once however many loans lead there.
grain: [portfolio_id, plant_id]
*/
select
    a.portfolio_id::varchar as portfolio_id,  -- portfolio
    a.plant_id::varchar as plant_id,  -- plant
    p.plant_name::varchar as plant_name,  -- name as sent
    p.country_iso3::varchar as country_iso3,  -- host country
    p.sector::varchar as sector,  -- sector of the plant
    c.plant_class::varchar as plant_class,  -- green, transition, not_green or unknown
    c.class_reason::varchar as class_reason,  -- what decides it or keeps it open
    count(*)::bigint as loan_count,  -- loans that lead there
    sum(a.exposure_usd)::double as exposure_usd  -- US dollars
from int_loans__attribution as a
inner join stg_plants__plants as p on a.plant_id = p.plant_id
inner join int_plants__class as c on a.plant_id = c.plant_id
group by a.portfolio_id, a.plant_id, p.plant_name, p.country_iso3, p.sector, c.plant_class, c.class_reason
