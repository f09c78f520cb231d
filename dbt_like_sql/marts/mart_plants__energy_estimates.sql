/*
description: >-
  Energy and water of plants that return none of it, estimated from the product and a figure of route, region and kiln type with its source, or the
  reason why there is no estimate. For orientation: no verdict, class or index reads it, so it never proves compliance.
grain: [plant_id, item]
*/
with plants as (
    select p.plant_id, p.plant_name, p.country_iso3, p.sector, p.route, k.item
    from stg_plants__plants as p
    inner join int_plants__entities as e on p.plant_id = e.plant_id and e.entity_type = 'plant'
    cross join (values ('fuel_energy'), ('electricity_used'), ('water_withdrawal'), ('energy_total')) as k (item)
    where k.item <> 'energy_total' or p.sector = 'steel'
),

-- whoever returns one usable period of an item, for the works or a unit of it, is asked for the rest and not estimated
returned as (
    select distinct p.plant_id, k.estimated_item as item
    from int_returns__item_periods as p
    inner join (values
        ('fuel_energy', 'fuel_energy'),
        ('electricity_used', 'electricity_used'),
        ('electricity_purchased', 'electricity_used'),
        ('water_withdrawal', 'water_withdrawal'),
        ('fuel_energy', 'energy_total'),
        ('electricity_used', 'energy_total'),
        ('electricity_purchased', 'energy_total')) as k (item, estimated_item)
        on p.item = k.item
    where p.gap_code is null
),

months as (
    select
        f.plant_id,
        f.item,
        f.product_item,
        f.factor_unit,
        count(*) as month_count,
        count(m.production_t) as known_count,
        max(case when m.basis = 'capacity' then 1 else 0 end) as is_by_capacity,
        sum((m.production_t * f.factor_value)::decimal(28, 6))::double as amount,
        sum(m.production_t::decimal(28, 6))::double as production_t,
        min(f.factor_source) as factor_source,
        max(f.factor_source) as last_factor_source
    from int_plants__energy_factors as f
    left join int_plants__production_months as m on f.plant_id = m.plant_id and f.product_item = m.item and f.period_end_date = m.period_end_date
    group by f.plant_id, f.item, f.product_item, f.factor_unit
),

estimated as (
    select
        p.*,
        m.product_item,
        m.factor_unit,
        m.production_t,
        m.amount,
        m.is_by_capacity,
        m.amount / nullif(m.production_t, 0) as intensity_value,
        case when m.factor_source = m.last_factor_source then m.factor_source else m.factor_source || '; ' || m.last_factor_source end as factor_source,
        case when m.plant_id is null and p.sector = 'cement' and p.route is null and p.item <> 'water_withdrawal' then 'ROUTE_UNKNOWN' when m.plant_id is null then 'NO_FACTOR' when m.known_count < m.month_count then 'AMOUNT_UNKNOWN' end as gap_code
    from plants as p
    left join returned as r on p.plant_id = r.plant_id and p.item = r.item
    left join months as m on p.plant_id = m.plant_id and p.item = m.item
    where r.plant_id is null
)

select
    e.plant_id::varchar as plant_id,  -- plant
    e.plant_name::varchar as plant_name,  -- its name
    e.country_iso3::varchar as country_iso3,  -- host country
    e.sector::varchar as sector,  -- cement, steel or flat_glass
    e.item::varchar as item,  -- fuel_energy, electricity_used, water_withdrawal, and of steel energy_total: nothing usable of it was returned
    coalesce(i.title, case e.item when 'energy_total' then 'Energy, fuel and electricity together' else e.item end)::varchar as item_title,  -- its name
    s.window_start_date::date as period_start_date,  -- first day of the window
    s.window_end_date::date as period_end_date,  -- last day of the window
    (case when e.gap_code is null then round(e.amount * case e.item when 'fuel_energy' then 0.000001 when 'energy_total' then 0.001 else 1 end, 6) end)::double as amount,  -- in amount_unit; null = no estimate
    (case when e.gap_code is null then case when e.item in ('fuel_energy', 'energy_total') then 'TJ' else 'kWh' end end)::varchar as amount_unit,  -- unit of amount
    (case when e.gap_code is null then round(e.intensity_value, 6) end)::double as intensity_value,  -- a tonne of product_item
    (case when e.gap_code is null then e.factor_unit end)::varchar as intensity_unit,  -- unit of intensity_value
    (case when e.gap_code is null then e.production_t end)::double as production_t,  -- tonnes of product_item in the window
    e.product_item::varchar as product_item,  -- product it is counted by
    'estimated'::varchar as evidence_tier,  -- always an estimate
    (case when e.gap_code is null then case e.is_by_capacity when 1 then '3b' else '2b' end end)::varchar as pcaf_option,  -- as for emissions: 2b from production, 3b from capacity
    (case when e.gap_code is null then case e.is_by_capacity when 1 then 5 else 3 end end)::integer as pcaf_score,  -- 1 best, 5 weakest
    (case when e.gap_code is null then e.factor_source end)::varchar as factor_source,  -- figure with its source
    e.gap_code::varchar as gap_code  -- NO_FACTOR (no figure with a source for this route), ROUTE_UNKNOWN or AMOUNT_UNKNOWN (neither production nor capacity); null = there is an estimate
from estimated as e
cross join ref_run__settings as s
left join ref_rules__return_items as i on e.item = i.item
