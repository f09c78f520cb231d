/*
description: >-
  Greenhouse gases of each plant over the window by the best way known, scope 1 and 2 apart, with the evidence, the PCAF data-quality score and the source
  of the factor. An estimate proves no compliance and enters no class. A plant without any way is kept with null and why.
grain: [plant_id, scope]
*/
with plants as (
    select e.plant_id, e.sector, e.route, e.status, k.scope
    from int_plants__entities as e
    cross join (values ('1'), ('2')) as k (scope)
    where e.entity_type = 'plant'
),

ranked as (
    select *, row_number() over (partition by plant_id, scope order by way_no) as choice
    from int_plants__emission_ways
),

-- one product stands for a plant: what its sector counts by, the returned before the assumed
products as (
    select
        m.plant_id,
        m.item,
        sum(m.production_t::decimal(28, 9))::double as production_t,
        case when max(case when m.basis = 'capacity' then 1 else 0 end) = 1 then 'capacity'
            when max(case when m.basis = 'filled_up' then 1 else 0 end) = 1 then 'filled_up' else 'returned' end as basis,
        count(*) = count(m.production_t) as is_whole
    from int_plants__production_months as m
    group by m.plant_id, m.item
),

chosen as (
    select
        p.plant_id, p.item, p.production_t, p.basis,
        row_number() over (partition by p.plant_id order by case when p.basis = 'capacity' then 1 else 0 end, o.preference) as choice
    from products as p
    inner join (values
        ('production_cementitious', 1), ('production_cement', 2), ('production_clinker', 3), ('production_crude_steel', 1), ('production_melted_glass', 1)) as o (item, preference)
        on p.item = o.item
    where p.is_whole
)

select
    p.plant_id::varchar as plant_id,  -- plant
    p.scope::varchar as scope,  -- 1 direct, 2 purchased electricity and heat; never added here
    s.window_start_date::date as period_start_date,  -- first day of the window
    s.window_end_date::date as period_end_date,  -- last day of the window
    c.production_t::double as production_t,  -- tonnes of production_item in the window; null = not known
    c.item::varchar as production_item,  -- the product counted: cementitious, cement, clinker, crude steel or melted glass
    c.basis::varchar as production_basis,  -- returned, filled_up or capacity
    w.emissions_tco2e::double as emissions_tco2e,  -- t CO2e in the window; null = no way to know
    (w.emissions_tco2e / nullif(c.production_t, 0))::double as intensity_t_per_t,  -- t CO2e a tonne of production_item; null without production
    w.way::varchar as way,  -- reported, energy, production or capacity
    w.complete_ratio::double as complete_ratio,  -- days with data over days of the window
    w.evidence_tier::varchar as evidence_tier,  -- measured, reported or estimated
    w.pcaf_option::varchar as pcaf_option,  -- option of the PCAF data-quality table
    w.pcaf_score::integer as pcaf_score,  -- 1 best, 5 weakest
    w.gas_basis::varchar as gas_basis,  -- CO2 or CO2e
    w.factor_source::varchar as factor_source,  -- returns, or the factors with their sources
    (case when w.plant_id is not null then null
        when p.status not in ('operating', 'unknown') then 'NOT_OPERATING'
        when p.route in ('grinding', 'other') or (p.sector in ('steel', 'flat_glass') and p.scope = '2') then 'NO_FACTOR'
        when p.route is null then 'ROUTE_UNKNOWN'
        else 'AMOUNT_UNKNOWN' end)::varchar as gap_code  -- why there is no figure; null = there is one
from plants as p
cross join ref_run__settings as s
left join ranked as w on p.plant_id = w.plant_id and p.scope = w.scope and w.choice = 1
left join chosen as c on p.plant_id = c.plant_id and c.choice = 1
