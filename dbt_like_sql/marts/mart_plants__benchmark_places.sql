/*
description: >-
  The place of each plant among its own kind, for that plant only: its value beside the figures of mart_plants__benchmark. A place is given where these are.
grain: [plant_id, process, indicator_id, ref_o2_pct]
grain_nullable: [ref_o2_pct]
*/
select
    p.plant_id::varchar as plant_id,  -- plant
    p.process::varchar as process,  -- kind of unit; - = of the whole plant
    p.indicator_id::varchar as indicator_id,  -- indicator
    p.ref_o2_pct::double as ref_o2_pct,  -- reference oxygen; null = none
    b.indicator_title::varchar as indicator_title,  -- in words
    b.unit::varchar as unit,  -- unit of the figures
    b.direction::varchar as direction,  -- max: less is better; min: more is better
    p.value::double as value,  -- value of this plant
    b.is_shown::boolean as is_shown,  -- false: too few plants or companies to compare with
    (case when b.is_shown then p.place_no end)::bigint as place_no,  -- 1 = best; null = withheld
    b.plant_count::bigint as plant_count,  -- plants compared; null = withheld
    b.mean_value::double as mean_value,  -- mean of them
    b.better_mean::double as better_mean,  -- mean of the better half
    b.weaker_mean::double as weaker_mean  -- mean of the weaker half
from int_plants__benchmark_places as p
inner join mart_plants__benchmark as b
    on p.sector = b.sector and p.process = b.process and p.indicator_id = b.indicator_id and coalesce(p.ref_o2_pct, -1) = coalesce(b.ref_o2_pct, -1)
