/*
description: >-
  Links from a loan to a plant that a person stated: one row per loan and plant.
grain: [portfolio_id, loan_id, plant_id]
*/
select
    coalesce(nullif(trim(portfolio_id), ''), '*')::varchar as portfolio_id,  -- portfolio; * = every portfolio with that loan id
    nullif(trim(loan_id), '')::varchar as loan_id,  -- loan
    nullif(trim(plant_id), '')::varchar as plant_id,  -- plant
    allocation_ratio::double as allocation_ratio,  -- part of the loan that finances this plant, 0-1; null = not stated
    nullif(trim(decided_by), '')::varchar as decided_by,  -- who stated it
    decided_on::date as decided_on,  -- when
    nullif(trim(reason), '')::varchar as reason,  -- why
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file as a person counts it
from raw_bank__loan_plant_links
