/*
description: >-
  How far each plant is from the pathway moved to the market and from a target of its own, which starts at its intensity in the base year, in the regions it lies in.
  Flat glass is held against a reference path of this project, which is no target.
grain: [plant_id, region, scenario_source, scenario, year]
*/
with placed as (
    select m.plant_id, m.sector, m.year, m.country_code, m.production_t, m.intensity_t_per_t, m.evidence_tier, r.region, r.region_source
    from int_alignment__market_production as m
    inner join int_alignment__regions as r on m.country_code = r.country_code
    where m.production_t > 0 and m.intensity_t_per_t is not null
),

measured as (
    select
        p.plant_id, p.sector, p.region, w.scenario_source, w.scenario, p.year, w.base_year, p.production_t, p.intensity_t_per_t, p.evidence_tier,
        'scenario' as reference_kind,
        w.adjusted_intensity_t_per_t as reference_intensity_t_per_t,
        (b.intensity_t_per_t - w.last_adjusted_intensity_t_per_t) * w.progress_ratio + w.last_adjusted_intensity_t_per_t as target_intensity_t_per_t
    from placed as p
    inner join int_alignment__pathways as w on p.sector = w.sector and p.region = w.region and p.region_source = w.scenario_source and p.year = w.year
    left join int_alignment__market_production as b on p.plant_id = b.plant_id and w.base_year = b.year and b.production_t > 0
    union all
    select
        p.plant_id, p.sector, p.region, p.region_source as scenario_source, 'own_reference' as scenario, p.year, null::bigint as base_year, p.production_t,
        p.intensity_t_per_t, p.evidence_tier, 'own_reference' as reference_kind, r.intensity_t_per_t as reference_intensity_t_per_t,
        null::double as target_intensity_t_per_t
    from placed as p
    inner join int_alignment__reference_path as r on p.sector = r.sector and p.year = r.year
    where p.region_source = 'own' and p.region = 'global'
)

select
    a.plant_id::varchar as plant_id,  -- plant
    p.plant_name::varchar as plant_name,  -- its name
    p.country_iso3::varchar as country_iso3,  -- host country
    a.sector::varchar as sector,  -- sector
    a.region::varchar as region,  -- region of the pathway
    a.scenario_source::varchar as scenario_source,  -- publisher and edition of the scenario; own = of this project
    a.scenario::varchar as scenario,  -- scenario; own_reference = reference path of this project
    a.year::bigint as year,  -- calendar year
    a.reference_kind::varchar as reference_kind,  -- scenario, or own_reference (a comparison, no target)
    a.base_year::bigint as base_year,  -- year in which the pathway equals the market
    a.production_t::double as production_t,  -- tonnes of the sector's product
    a.intensity_t_per_t::double as intensity_t_per_t,  -- t CO2 per t of it
    a.evidence_tier::varchar as evidence_tier,  -- reported, planned or estimated
    a.reference_intensity_t_per_t::double as reference_intensity_t_per_t,  -- t CO2 per t: pathway moved to the market, or own reference
    a.target_intensity_t_per_t::double as target_intensity_t_per_t,  -- t CO2 per t, own start; null = not known in the base year
    ((a.intensity_t_per_t - a.reference_intensity_t_per_t) / nullif(a.reference_intensity_t_per_t, 0))::double as reference_deviation_ratio,  -- positive = above the reference
    ((a.intensity_t_per_t - a.target_intensity_t_per_t) / nullif(a.target_intensity_t_per_t, 0))::double as target_deviation_ratio  -- positive = worse than the target
from measured as a
inner join stg_plants__plants as p on a.plant_id = p.plant_id
