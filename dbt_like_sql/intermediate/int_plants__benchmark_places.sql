/*
description: >-
  Every plant in the groups it is compared in: the plants of its sector with a value of the same indicator for the same kind of unit. Groups do not overlap
  for one figure, so that no difference of two means is a plant. A company is the ultimate parent, else the owner, by name before id.
grain: [plant_id, process, indicator_id, ref_o2_pct]
grain_nullable: [ref_o2_pct]
*/
with companies as (
    select
        plant_id,
        coalesce(
            nullif(replace(replace(replace(lower(coalesce(parent_name, parent_id, owner_name, owner_id)), ' ', ''), '.', ''), ',', ''), ''), '-'
        ) as company
    from stg_plants__plants
),

compared as (
    select v.*, c.company, case when i.direction = 'min' then -v.value else v.value end as burden
    from int_plants__indicator_values as v
    inner join companies as c on v.plant_id = c.plant_id
    inner join ref_rules__indicators as i on v.indicator_id = i.indicator_id
    where v.sector is not null
),

-- equal values share a place, so that a place depends on nothing but values
placed as (
    select
        *,
        rank() over (partition by sector, process, indicator_id, ref_o2_pct order by burden) as place_no,
        row_number() over (partition by sector, process, indicator_id, ref_o2_pct order by burden, plant_id) as row_no,
        count(*) over (partition by sector, process, indicator_id, ref_o2_pct) as plant_count
    from compared
)

select
    plant_id::varchar as plant_id,  -- plant
    sector::varchar as sector,  -- cement, steel or flat_glass
    process::varchar as process,  -- kind of unit; - = of whole plants
    indicator_id::varchar as indicator_id,  -- indicator
    ref_o2_pct::double as ref_o2_pct,  -- reference oxygen; null = none
    company::varchar as company,  -- who it belongs to, without blanks, dots and commas; - = not known
    value::double as value,  -- value of the plant, unit of the indicator
    place_no::bigint as place_no,  -- 1 = best; equal values share a place
    (case when row_no <= floor(plant_count / 2.0) then 'better' else 'weaker' end)::varchar as half  -- half of the group
from placed
