/*
description: >-
  Production and intensity of every plant known, by year: each plant once, financed or not. Delivered figures of a year go before those of the run's own window,
  which count for the year in which it ends and are estimated unless production was returned and emissions measured or reported.
grain: [plant_id, year]
*/
with own_window as (
    select
        plant_id,
        extract(year from period_end_date)::bigint as year,
        production_t,
        intensity_t_per_t,
        case when production_basis = 'returned' and evidence_tier in ('measured', 'reported') then 'reported' else 'estimated' end as evidence_tier,
        2 as preference
    from int_plants__emissions
    where scope = '1' and production_t is not null and intensity_t_per_t is not null
),

every_figure as (
    select plant_id, year, production_t, intensity_t_per_t, evidence_tier, 1 as preference
    from stg_monitoring__plant_years
    union all
    select plant_id, year, production_t, intensity_t_per_t, evidence_tier, preference
    from own_window
),

ranked as (
    select *, row_number() over (partition by plant_id, year order by preference) as choice
    from every_figure
)

select
    y.plant_id::varchar as plant_id,  -- plant
    p.sector::varchar as sector,  -- sector
    y.year::bigint as year,  -- calendar year
    p.country_iso3::varchar as country_code,  -- host country
    y.production_t::double as production_t,  -- tonnes of the sector's product
    y.intensity_t_per_t::double as intensity_t_per_t,  -- t CO2 per t of it
    y.evidence_tier::varchar as evidence_tier,  -- reported, planned or estimated
    (y.evidence_tier = 'estimated')::boolean as is_estimate  -- production or intensity is estimated
from ranked as y
inner join stg_plants__plants as p on y.plant_id = p.plant_id
where y.choice = 1
