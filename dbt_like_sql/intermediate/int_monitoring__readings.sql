/*
description: >-
  Stack readings brought to the unit of their indicator and to dry gas at 273.15 K and 101.325 kPa, one row per stack, indicator and reading.
  A reading that cannot be brought there keeps the name of the missing input; oxygen is corrected later, per rule.
grain: [stack_id, indicator_id, period_start_at]
*/
with named as (
    select
        r.*,
        n.indicator_id,
        i.molar_mass_g_per_mol,
        i.plausible_max,
        i.quantity as indicator_quantity,
        c.factor as indicator_factor,
        u.quantity as unit_quantity,
        u.factor as unit_factor,
        f.common_code,
        case when e.time_label = 'hour_ending' then r.measured_at - interval 1 hour else r.measured_at end as period_start_at
    from stg_monitoring__stack_readings as r
    inner join stg_plants__emission_points as e on r.stack_id = e.stack_id
    inner join ref_rules__indicator_names as n on r.indicator = n.sent_name
    inner join ref_rules__indicators as i on n.indicator_id = i.indicator_id
    left join ref_rules__units as u on r.unit = u.unit
    left join ref_rules__units as c on i.unit = c.unit
    left join ref_monitoring__flags as f on r.flag = f.sent_flag
),

-- repeats of a reading: the last line received counts, the others are seen by the quality rules
numbered as (
    select
        *,
        row_number() over (
            partition by stack_id, indicator_id, period_start_at order by source_file_id desc, source_row_number desc
        ) as repeat_number
    from named
),

normal as (
    select
        *,
        case
            when unit_quantity = indicator_quantity then value * unit_factor / nullif(indicator_factor, 0)
            when indicator_quantity <> 'mass_concentration' then null
            when unit_quantity = 'volume_concentration' then value * unit_factor * molar_mass_g_per_mol / 22.414
            when unit_quantity = 'actual_mass_concentration'
                then value * unit_factor * (273.15 + temperature_c) / 273.15 * 101.325 / nullif(pressure_kpa, 0)
        end as value_normal
    from numbered
    where repeat_number = 1
),

checked as (
    select
        *,
        case gas_basis when 'dry' then value_normal when 'wet' then value_normal / nullif(1 - moisture_pct / 100, 0) end as value_dry,
        case
            when unit_quantity is null then 'UNIT_UNKNOWN'
            when unit_quantity <> indicator_quantity
                and (indicator_quantity <> 'mass_concentration' or unit_quantity not in ('volume_concentration', 'actual_mass_concentration')) then 'UNIT_UNKNOWN'
            when unit_quantity = 'volume_concentration' and molar_mass_g_per_mol is null then 'UNIT_UNKNOWN'
            when unit_quantity = 'actual_mass_concentration' and temperature_c is null then 'TEMPERATURE_MISSING'
            when unit_quantity = 'actual_mass_concentration' and pressure_kpa is null then 'PRESSURE_MISSING'
            when gas_basis is null then 'GAS_BASIS_MISSING'
            when gas_basis = 'wet' and (moisture_pct is null or moisture_pct >= 100) then 'MOISTURE_MISSING'
        end as error_code
    from normal
),

stated as (
    select
        *,
        case
            when common_code = 'stopped' then 'stopped'
            when value is null then 'missing'
            when flag is not null and common_code is null then 'invalid'
            when common_code in ('maintenance', 'calibration') then common_code
            when common_code in ('malfunction_analyser', 'over_range', 'invalid', 'substituted') then 'invalid'
            when value < 0 then 'invalid'
            when error_code is not null then 'error'
            when value_dry > plausible_max then 'invalid'
            when common_code in ('startup', 'shutdown', 'malfunction') then common_code
            else 'normal'
        end as reading_class
    from checked
)

select
    stack_id::varchar as stack_id,  -- stack
    indicator_id::varchar as indicator_id,  -- indicator
    period_start_at::timestamp as period_start_at,  -- local time the reading begins
    (case when reading_class in ('normal', 'startup', 'shutdown', 'malfunction') then value_dry end)::double as value_dry_mg_per_nm3,  -- unit of the indicator (mg/Nm3; ng TEQ/Nm3 for dioxins), dry, before oxygen correction; null = not usable
    o2_pct::double as o2_pct,  -- oxygen as sent, vol % dry; null = not sent
    (case when o2_pct > 19.0 then 19.0 else o2_pct end)::double as o2_capped_pct,  -- oxygen used for correction: near ambient air it is capped at 19 %
    (o2_pct > 19.0)::boolean as is_o2_capped,  -- true where the cap was used
    reading_class::varchar as reading_class,  -- normal, startup, shutdown, malfunction, maintenance, calibration, stopped, invalid, missing or error
    (case when reading_class = 'error' then error_code
        when reading_class = 'invalid' and value < 0 then 'NEGATIVE_VALUE'
        when reading_class = 'invalid' and flag is not null and common_code is null then 'FLAG_UNKNOWN'
        when reading_class = 'invalid' and value_dry > plausible_max then 'IMPLAUSIBLE_VALUE'
        when reading_class = 'invalid' then 'FLAGGED_INVALID' end)::varchar as class_code,  -- why it is an error or not valid
    value::double as sent_value,  -- as sent
    unit::varchar as sent_unit,  -- as sent
    flag::varchar as sent_flag,  -- as sent
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file
from stated
