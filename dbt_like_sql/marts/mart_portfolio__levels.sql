/*
description: >-
  Exposure and plants of each portfolio by sector and index level interval.
grain: [portfolio_id, sector, index_level_worst, index_level_best]
*/
select
    a.portfolio_id::varchar as portfolio_id,  -- portfolio
    a.sector::varchar as sector,  -- sector of the plant
    coalesce(c.index_level_worst, 'no index')::varchar as index_level_worst,  -- level if every unknown failed
    coalesce(c.index_level_best, 'no index')::varchar as index_level_best,  -- level if every unknown passed
    count(distinct a.plant_id)::bigint as plant_count,  -- plants, each once
    sum(a.exposure_usd)::double as exposure_usd  -- US dollars
from int_loans__attribution as a
inner join int_plants__class as c on a.plant_id = c.plant_id
group by a.portfolio_id, a.sector, coalesce(c.index_level_worst, 'no index'), coalesce(c.index_level_best, 'no index')
