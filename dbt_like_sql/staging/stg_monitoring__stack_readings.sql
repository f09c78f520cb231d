/*
description: >-
  Stack readings as sent: one row per received line (repeats are dealt with in int_monitoring__readings).
grain: [source_file_id, source_row_number]
*/
select
    nullif(trim(stack_id), '')::varchar as stack_id,  -- stack
    lower(nullif(trim(indicator), ''))::varchar as indicator,  -- indicator name as sent, lower case
    measured_at::timestamp as measured_at,  -- local time as sent
    value::double as value,  -- as sent; null = blank
    nullif(trim(unit), '')::varchar as unit,  -- unit as sent
    lower(nullif(trim(gas_basis), ''))::varchar as gas_basis,  -- dry or wet; null = not said
    o2_pct::double as o2_pct,  -- oxygen, vol % dry
    moisture_pct::double as moisture_pct,  -- water vapour, vol %
    temperature_c::double as temperature_c,  -- gas temperature, °C
    pressure_kpa::double as pressure_kpa,  -- gas pressure, kPa absolute
    upper(nullif(trim(flag), ''))::varchar as flag,  -- operator flag as sent, upper case
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file as a person counts it
from raw_monitoring__stack_readings
