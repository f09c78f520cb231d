/*
description: >-
  Stack readings that count, one row per stack, indicator and interval: text trimmed, the interval named by its start in UTC.
  The store has settled which of several deliveries counts; of one indicator sent under two names the value known last does.
grain: [stack_id, indicator, period_start_at]
materialized: view
*/
with sent as (
    select
        e.plant_id,
        nullif(trim(r.stack_id), '') as stack_id,
        lower(nullif(trim(r.indicator), '')) as indicator,
        r.period_start_at,
        r.utc_offset_minutes,
        r.interval_minutes,
        r.value,
        r.is_below_detection,
        nullif(trim(r.unit), '') as unit,
        lower(nullif(trim(r.gas_basis), '')) as gas_basis,
        r.o2_pct,
        r.moisture_pct,
        r.temperature_c,
        r.pressure_kpa,
        upper(nullif(trim(r.flag), '')) as flag,
        lower(nullif(trim(r.flag_scheme), '')) as flag_scheme,
        r.known_at,
        r.source_file_id,
        r.source_row_number
    from raw_monitoring__stack_readings as r
    left join stg_plants__emission_points as e on nullif(trim(r.stack_id), '') = e.stack_id
),

numbered as (
    select
        s.*,
        row_number() over (
            partition by s.stack_id, coalesce(n.indicator_id, s.indicator), s.period_start_at order by s.known_at desc, s.source_file_id desc, s.source_row_number desc
        ) as repeat_number
    from sent as s
    left join ref_rules__indicator_names as n on s.indicator = n.sent_name
)

select
    plant_id::varchar as plant_id,  -- plant of the stack; null = the stack was not received
    stack_id::varchar as stack_id,  -- stack
    indicator::varchar as indicator,  -- indicator name as sent, lower case
    period_start_at::timestamp as period_start_at,  -- start of the interval, UTC where the zone of the stack is known
    utc_offset_minutes::smallint as utc_offset_minutes,  -- local civil time of the stack = period_start_at + this
    interval_minutes::smallint as interval_minutes,  -- length of the interval
    value::double as value,  -- as sent; null = blank
    is_below_detection::boolean as is_below_detection,  -- true = sent as "below this value"
    unit::varchar as unit,  -- unit as sent
    gas_basis::varchar as gas_basis,  -- dry or wet; null = not said
    o2_pct::double as o2_pct,  -- oxygen, vol % dry
    moisture_pct::double as moisture_pct,  -- water vapour, vol %
    temperature_c::double as temperature_c,  -- gas temperature, °C
    pressure_kpa::double as pressure_kpa,  -- gas pressure, kPa absolute
    flag::varchar as flag,  -- operator flag as sent, upper case
    flag_scheme::varchar as flag_scheme,  -- scheme of the flag; null = not declared
    known_at::timestamp as known_at,  -- when this value became known, UTC
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number,  -- row in that file as a person counts it
    (period_start_at + to_minutes(utc_offset_minutes))::date as local_date,  -- local calendar day
    null::smallint as lane_no  -- class of the hour where the store could tell it as it came: 0 to 3 a plain one, 100 to 103 one that is wet or at duct conditions with what brings it to dry gas at reference conditions, 4 to 10 one that does not count; null = told by int_monitoring__readings
from numbered
where repeat_number = 1
