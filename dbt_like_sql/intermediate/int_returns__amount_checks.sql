/*
description: >-
  Orders of magnitude of what a place returns over the window: fuel, electricity and direct CO2 held against the product by int_returns__reference_intensities,
  and CO2 of a works against its fuel. Both sides are means a day of the periods that count, so that what is wrong in every period alike is seen. Amounts apart
  by more than unit_slip_ratio are one row that is_apart; which of two accounts errs is not known, so what nothing else bears out is set aside with the other.
  Periods before the window are held apart from those in it.
grain: [entity_id, item, is_in_window]
*/
with policy as (
    select min(case when key = 'unit_slip_ratio' then value end)::double as unit_slip_ratio
    from ref_rules__policy
    where policy_id = 'returns'
),

means as (
    select
        entity_id, plant_id, level, item, is_in_window,
        sum(value::decimal(28, 9))::double / nullif(sum(covered_days), 0) as amount_per_day,
        sum(covered_days) / nullif(count(*), 0) as days_per_period
    from int_returns__place_periods
    where gap_code is null and covered_days > 0
    group by entity_id, plant_id, level, item, is_in_window
),

by_product as (
    select
        m.entity_id, m.plant_id, m.level, m.item, m.is_in_window, m.amount_per_day, r.has_floor, r.is_part,
        sum((b.amount_per_day * r.amount_per_t)::decimal(28, 9))::double as expected_per_day,
        min(r.source) as source
    from means as m
    inner join int_returns__reference_intensities as r on m.entity_id = r.entity_id and m.item = r.item
    inner join means as b on m.entity_id = b.entity_id and r.base_item = b.item and m.is_in_window = b.is_in_window
    where b.amount_per_day > 0
    group by m.entity_id, m.plant_id, m.level, m.item, m.is_in_window, m.amount_per_day, r.has_floor, r.is_part
),

held_by_product as (
    select
        h.*,
        h.amount_per_day > h.expected_per_day * y.unit_slip_ratio
        or (not h.is_part and h.amount_per_day * y.unit_slip_ratio < h.expected_per_day and (h.amount_per_day > 0 or h.has_floor)) as is_apart
    from by_product as h
    cross join policy as y
),

-- fuel of a works that is not biomass or waste, whose CO2 counts as nought or by other factors
biomass_plants as (
    select distinct u.plant_id
    from stg_plants__process_units as u
    inner join ref_energy__fuels as f on u.fuel = f.unit_fuel
    where f.is_biogenic
),

coal as (
    select
        f.factor_value / nullif(u.factor, 0) as t_per_kgce,
        f.instrument_title || ': ' || f.factor_value::varchar || ' t CO2/TJ, as if all were coal' as source,
        row_number() over (order by f.valid_from_date desc nulls last) as place
    from ref_rules__factors as f
    inner join ref_rules__units as u on u.unit = 'TJ'
    where f.factor_id = 'fuel_co2__co2_other_bituminous_coal'
),

by_fuel as (
    select
        c.entity_id, c.plant_id, c.is_in_window, c.amount_per_day as co2_per_day, f.amount_per_day as fuel_per_day, k.t_per_kgce, k.source,
        (f.amount_per_day - coalesce(a.amount_per_day, 0)) * k.t_per_kgce as fuel_co2_per_day,
        c.days_per_period,
        coalesce(not pc.is_apart and c.amount_per_day > 0, false) as is_co2_borne_out,
        coalesce(not pf.is_apart and f.amount_per_day > 0, false) as is_fuel_borne_out
    from means as c
    inner join means as f on c.entity_id = f.entity_id and f.item = 'fuel_energy' and c.is_in_window = f.is_in_window
    inner join coal as k on k.place = 1
    left join means as a on c.entity_id = a.entity_id and a.item = 'fuel_energy_alternative' and c.is_in_window = a.is_in_window
    left join biomass_plants as b on c.plant_id = b.plant_id
    left join held_by_product as pc on c.entity_id = pc.entity_id and pc.item = 'co2_scope1' and c.is_in_window = pc.is_in_window
    left join held_by_product as pf on c.entity_id = pf.entity_id and pf.item = 'fuel_energy' and c.is_in_window = pf.is_in_window
    where c.level = 'plant' and c.item = 'co2_scope1' and b.plant_id is null
        and not coalesce(pc.is_apart, false) and not coalesce(pf.is_apart, false)
),

-- a tonne a period is rounded off where CO2 is returned in whole tonnes
held_by_fuel as (
    select f.*
    from by_fuel as f
    cross join policy as y
    where f.co2_per_day * y.unit_slip_ratio < f.fuel_co2_per_day and f.fuel_co2_per_day * f.days_per_period >= 1
),

apart_from_fuel as (
    select entity_id, plant_id, is_in_window, 'co2_scope1' as item, co2_per_day as amount_per_day, fuel_co2_per_day as expected_per_day, source
    from held_by_fuel
    where not is_co2_borne_out
    union all
    select entity_id, plant_id, is_in_window, 'fuel_energy' as item, fuel_per_day as amount_per_day, co2_per_day / nullif(t_per_kgce, 0) as expected_per_day, source
    from held_by_fuel
    where not is_fuel_borne_out and co2_per_day > 0
)

select
    coalesce(p.entity_id, f.entity_id)::varchar as entity_id,  -- plant:… or unit:…
    coalesce(p.plant_id, f.plant_id)::varchar as plant_id,  -- plant
    coalesce(p.item, f.item)::varchar as item,  -- what is held
    coalesce(p.is_in_window, f.is_in_window)::boolean as is_in_window,  -- false = of periods that began before the window
    (case when f.entity_id is not null then 'fuel' else 'product' end)::varchar as basis,  -- product, or fuel: CO2 and fuel of a works beside each other
    coalesce(f.amount_per_day, p.amount_per_day)::double as amount_per_day,  -- as returned, in the canonical unit of the item a day
    coalesce(f.expected_per_day, p.expected_per_day)::double as expected_per_day,  -- what the other account gives at the figure of the source
    (f.entity_id is not null or coalesce(p.is_apart, false))::boolean as is_apart,  -- further apart than unit_slip_ratio: no period of the item counts
    coalesce(f.source, p.source)::varchar as source  -- figure with its source; the first of several
from held_by_product as p
full outer join apart_from_fuel as f on p.entity_id = f.entity_id and p.item = f.item and p.is_in_window = f.is_in_window
