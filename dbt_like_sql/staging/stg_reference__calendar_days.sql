/*
description: >-
  Days on which a business calendar differs from Monday to Friday.
grain: [calendar_code, day_date]
*/
with ranked as (
    select
        *,
        row_number() over (partition by upper(trim(calendar_code)), day_date order by is_business_day, source_file_id, source_row_number) as row_rank
    from raw_reference__calendar_days
)

select
    upper(nullif(trim(calendar_code), ''))::varchar as calendar_code,  -- calendar
    day_date::date as day_date,  -- day
    is_business_day::boolean as is_business_day,  -- banks are open; a day sent twice with different answers is closed
    nullif(trim(day_name), '')::varchar as day_name,  -- name of the day
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file as a person counts it
from ranked
where row_rank = 1
