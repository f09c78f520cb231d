/*
description: >-
  Periodic returns: one row per plant, unit, item and period.
grain: [plant_id, unit_id, item, period_start_date, period_end_date]
*/
select
    nullif(trim(plant_id), '')::varchar as plant_id,  -- plant
    coalesce(nullif(trim(unit_id), ''), '*')::varchar as unit_id,  -- process unit; * = whole plant
    period_start_date::date as period_start_date,  -- first day
    period_end_date::date as period_end_date,  -- last day
    lower(nullif(trim(item), ''))::varchar as item,  -- what is returned, see rules/indicators/return_items.yaml
    value::double as value,  -- as sent; null = blank
    nullif(trim(unit), '')::varchar as unit,  -- unit as sent
    coalesce(lower(nullif(trim(evidence_tier), '')), 'reported')::varchar as evidence_tier,  -- measured, reported or estimated
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file as a person counts it
from raw_monitoring__periodic_returns
