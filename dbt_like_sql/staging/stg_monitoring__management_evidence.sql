/*
description: >-
  Management evidence: one row per plant and item and start of validity.
grain: [plant_id, item, valid_from_date]
*/
select
    nullif(trim(plant_id), '')::varchar as plant_id,  -- plant
    lower(nullif(trim(item), ''))::varchar as item,  -- kind of evidence
    lower(trim(status))::varchar as status,  -- yes, no or unknown
    nullif(trim(document_reference), '')::varchar as document_reference,  -- document the status rests on
    coalesce(valid_from_date, date '1900-01-01')::date as valid_from_date,  -- first day of validity; 1900-01-01 = not stated
    valid_to_date::date as valid_to_date,  -- last day of validity; null = open
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file as a person counts it
from raw_monitoring__management_evidence
