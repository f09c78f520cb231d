/*
description: >-
  What a value in a unit is multiplied by to be in the unit of a stack indicator; a unit that does not fit an indicator has no row.
  ppm become mg/Nm3 by molar mass over 22.414 L/mol; a concentration at duct conditions still needs temperature and pressure.
grain: [indicator_id, unit]
*/
with pairs as (
    select
        i.indicator_id,
        u.unit,
        i.quantity as indicator_quantity,
        u.quantity as unit_quantity,
        i.molar_mass_g_per_mol,
        u.factor / nullif(c.factor, 0) as unit_factor
    from ref_rules__indicators as i
    inner join ref_rules__units as c on i.unit = c.unit
    cross join ref_rules__units as u
),

factors as (
    select
        indicator_id,
        unit,
        case
            when unit_quantity = indicator_quantity then unit_factor
            when indicator_quantity <> 'mass_concentration' then null
            when unit_quantity = 'volume_concentration' then unit_factor * molar_mass_g_per_mol / 22.414
            when unit_quantity = 'actual_mass_concentration' then unit_factor
        end as factor,
        unit_quantity = 'actual_mass_concentration' and indicator_quantity = 'mass_concentration' as is_actual
    from pairs
)

select
    indicator_id::varchar as indicator_id,  -- indicator
    unit::varchar as unit,  -- unit as sent
    factor::double as factor,  -- unit of the indicator per unit sent
    is_actual::boolean as is_actual  -- true: stated at duct conditions
from factors
where factor is not null
