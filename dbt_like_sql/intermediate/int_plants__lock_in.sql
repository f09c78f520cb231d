/*
description: >-
  Committed emissions of each main unit (F8): capacity x utilisation x intensity x years to the next decision. The decision is the end of the campaign where the
  unit has campaigns (relining, rebuild), else the end of its life, or a stated retirement; years to the end of life stand beside it. Years are whole from a day to
  the same day of another year, and the days beyond or short of it are 365.25ths. Campaigns and lives are
  those of rules/factors/asset_lifetimes.yaml, stated by age where nothing better is known. Scope 1 of the window, divided over the units by capacity.
grain: [plant_id, unit_id]
*/
with factors as (
    select split_part(factor_id, '__', 2) as name, factor_value, evidence, instrument_title
    from ref_rules__factors
    where factor_table = 'asset_lifetimes' and status = 'active'
),

main_units as (
    select
        p.plant_id,
        p.sector,
        u.unit_id,
        u.process,
        coalesce(u.capacity_t_per_year, 0) as unit_capacity,
        u.capacity_t_per_year is null as has_no_capacity,
        coalesce(u.commissioning_date, p.commissioning_date) as commissioning_date,
        u.last_overhaul_date,
        u.retirement_date
    from stg_plants__plants as p
    inner join stg_plants__process_units as u on p.plant_id = u.plant_id
    cross join ref_run__settings as s
    where u.status not in ('retired', 'cancelled') and (u.retirement_date is null or u.retirement_date > s.as_of_date)
        and u.process = case
            when p.sector = 'cement' and p.route = 'grinding' then 'cement_mill'
            when p.sector = 'cement' then 'clinker_kiln'
            when p.sector = 'steel' and p.route = 'bf_bof' then 'blast_furnace'
            when p.sector = 'steel' and p.route = 'dri_eaf' then 'dri_furnace'
            when p.sector = 'steel' and p.route = 'eaf' then 'eaf'
            when p.sector = 'flat_glass' then 'float_line' end
),

units as (
    select plant_id, sector, unit_id, process, unit_capacity, has_no_capacity, commissioning_date, last_overhaul_date, retirement_date
    from main_units
    union all
    select p.plant_id, p.sector, '-' as unit_id, null as process, 0 as unit_capacity, true as has_no_capacity, p.commissioning_date, null::date as last_overhaul_date, null::date as retirement_date
    from stg_plants__plants as p
    left join main_units as m on p.plant_id = m.plant_id
    where m.plant_id is null and p.status not in ('retired', 'cancelled')
),

shared as (
    select
        *,
        case when bool_or(has_no_capacity) over (partition by plant_id) then 1.0 / nullif(count(*) over (partition by plant_id), 0)
            else unit_capacity / nullif(sum(unit_capacity::decimal(28, 6)) over (partition by plant_id)::double, 0) end as unit_ratio
    from units
),

dated as (
    select
        u.*,
        s.as_of_date,
        l.factor_value as life_years,
        c.factor_value as campaign_years,
        coalesce(c.evidence, l.evidence) as evidence,
        coalesce(c.instrument_title, l.instrument_title) as instrument_title,
        coalesce(u.last_overhaul_date, u.commissioning_date) as campaign_start_date,
        (u.commissioning_date + (l.factor_value * 12)::integer * interval 1 month)::date as life_end_date,
        date_diff('year', coalesce(u.last_overhaul_date, u.commissioning_date), s.as_of_date) as calendar_years_run
    from shared as u
    cross join ref_run__settings as s
    left join factors as l on l.name = coalesce(u.process, u.sector) || '_life'
    left join factors as c on c.name = coalesce(u.process, u.sector) || '_campaign'
),

passed as (
    select
        *,
        (calendar_years_run + (as_of_date - (campaign_start_date + calendar_years_run * interval 1 year)::date) / 365.25) / nullif(campaign_years, 0) as campaigns_passed
    from dated
),

decided as (
    select
        *,
        (campaign_start_date + ((floor(greatest(campaigns_passed, 0)) + 1) * campaign_years * 12)::integer * interval 1 month)::date as campaign_end_date
    from passed
),

chosen as (
    select
        *,
        case
            when retirement_date is not null then retirement_date
            when campaign_end_date is not null then campaign_end_date
            when life_end_date > as_of_date then life_end_date
        end as decision_date,
        case
            when retirement_date is not null then 'retirement'
            when campaign_end_date is not null and campaigns_passed >= 1 then 'campaign_assumed'
            when campaign_end_date is not null then 'campaign'
            when life_end_date > as_of_date then 'life'
            when life_end_date is not null then 'beyond_life'
            else 'unknown'
        end as decision_basis
    from decided
),

ahead as (
    select *, date_diff('year', as_of_date, decision_date) as calendar_years, case when life_end_date > as_of_date then date_diff('year', as_of_date, life_end_date) end as calendar_life_years
    from chosen
),

counted as (
    select
        *,
        calendar_years + (decision_date - (as_of_date + calendar_years * interval 1 year)::date) / 365.25 as remaining_years,
        calendar_life_years + (life_end_date - (as_of_date + calendar_life_years * interval 1 year)::date) / 365.25 as remaining_life_years
    from ahead
),

emissions as (
    select plant_id, max(emissions_tco2e) as emissions_tco2e, max(production_t) as production_t, max(intensity_t_per_t) as intensity_t_per_t, max(pcaf_score) as pcaf_score
    from int_plants__emissions
    where scope = '1'
    group by plant_id
)

select
    c.plant_id::varchar as plant_id,  -- plant
    c.unit_id::varchar as unit_id,  -- main unit; - = the plant has none on record
    c.sector::varchar as sector,  -- sector of the plant
    c.process::varchar as process,  -- kiln, blast furnace, …; null = not known
    c.commissioning_date::date as commissioning_date,  -- of the unit, else of the plant
    c.last_overhaul_date::date as last_overhaul_date,  -- last relining or rebuild; null = none known
    c.decision_date::date as decision_date,  -- next decision about the unit; null = not known, or its assumed life has ended
    c.decision_basis::varchar as decision_basis,  -- retirement, campaign, campaign_assumed (a relining in between is assumed), life, beyond_life or unknown
    c.life_end_date::date as life_end_date,  -- commissioning and the assumed life
    c.evidence::varchar as evidence,  -- evidence for the number of years
    c.instrument_title::varchar as instrument_title,  -- where the number of years comes from
    round(p.capacity_t_per_year * c.unit_ratio, 6)::double as capacity_t_per_year,  -- the unit's part of the plant's capacity
    (m.production_t / nullif(p.capacity_t_per_year, 0))::double as utilisation_ratio,  -- production of the window over capacity
    m.intensity_t_per_t::double as intensity_t_per_t,  -- scope 1, t CO2e a tonne
    round(m.emissions_tco2e * c.unit_ratio, 6)::double as emissions_tco2e_per_year,  -- capacity x utilisation x intensity
    c.remaining_years::double as remaining_years,  -- to the next decision
    c.remaining_life_years::double as remaining_life_years,  -- to the end of the assumed life
    round(m.emissions_tco2e * c.unit_ratio * c.remaining_years, 3)::double as committed_tco2e,  -- to the next decision; null = not known
    round(m.emissions_tco2e * c.unit_ratio * c.remaining_life_years, 3)::double as committed_life_tco2e,  -- to the end of the assumed life, for comparison
    m.pcaf_score::double as pcaf_score,  -- of the emissions
    (case when m.emissions_tco2e is null then 'EMISSIONS_MISSING' when c.decision_date is null and c.decision_basis = 'beyond_life' then 'BEYOND_ASSUMED_LIFE'
        when c.decision_date is null then 'COMMISSIONING_UNKNOWN' end)::varchar as reason_code  -- why there is no figure; null = there is one
from counted as c
inner join stg_plants__plants as p on c.plant_id = p.plant_id
left join emissions as m on c.plant_id = m.plant_id
