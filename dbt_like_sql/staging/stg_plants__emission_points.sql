/*
description: >-
  Stacks: one row per emission point.
grain: [stack_id]
*/
select
    nullif(trim(stack_id), '')::varchar as stack_id,  -- id given by the operator
    nullif(trim(plant_id), '')::varchar as plant_id,  -- plant
    nullif(trim(unit_id), '')::varchar as unit_id,  -- process unit that the stack serves; null = unknown
    nullif(trim(stack_name), '')::varchar as stack_name,  -- name as sent
    nullif(trim(time_zone), '')::varchar as time_zone,  -- IANA name or UTC offset of the readings
    coalesce(lower(nullif(trim(time_label), '')), 'hour_beginning')::varchar as time_label,  -- hour_beginning or hour_ending
    has_cems::boolean as has_cems,  -- continuous monitor installed
    uncertainty_pct::double as uncertainty_pct,  -- expanded uncertainty of a measurement, % (certificate of the analyser); null = not sent
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file as a person counts it
from raw_plants__emission_points
