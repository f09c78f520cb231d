/*
description: >-
  Greenhouse gases of each plant over the window, scope 1 and 2 apart: amount, intensity with the product it is counted by, evidence, PCAF score, factor source.
grain: [plant_id, scope]
*/
select
    e.plant_id::varchar as plant_id,  -- plant
    p.plant_name::varchar as plant_name,  -- its name
    p.country_iso3::varchar as country_iso3,  -- host country
    p.sector::varchar as sector,  -- cement, steel or flat_glass
    p.route::varchar as route,  -- declared route
    e.scope::varchar as scope,  -- 1 direct, 2 purchased electricity and heat
    e.period_start_date::date as period_start_date,  -- first day of the window
    e.period_end_date::date as period_end_date,  -- last day of the window
    e.emissions_tco2e::double as emissions_tco2e,  -- t CO2e in the window; null = no way to know
    e.production_t::double as production_t,  -- tonnes of production_item
    e.production_item::varchar as production_item,  -- product counted
    e.production_basis::varchar as production_basis,  -- returned, filled_up (mean of the returned days) or capacity
    e.intensity_t_per_t::double as intensity_t_per_t,  -- t CO2e a tonne of production_item
    e.way::varchar as way,  -- reported, energy (energy and process), production (a factor) or capacity (a factor)
    e.complete_ratio::double as complete_ratio,  -- days with data over days of the window; null = an estimate from amounts
    e.evidence_tier::varchar as evidence_tier,  -- measured, reported or estimated
    e.pcaf_option::varchar as pcaf_option,  -- option of the PCAF data-quality table
    e.pcaf_score::integer as pcaf_score,  -- 1 best, 5 weakest
    e.gas_basis::varchar as gas_basis,  -- CO2 or CO2e as the returns name it
    e.factor_source::varchar as factor_source,  -- returns, or the factors with their sources
    e.gap_code::varchar as gap_code  -- why there is no figure; null = there is one
from int_plants__emissions as e
inner join stg_plants__plants as p on e.plant_id = p.plant_id
