/*
description: >-
  Who owns whom: one row per owner, owned company or plant, and start of validity; a repeated holding counts once.
grain: [owner_id, owned_id, valid_from_date]
*/
with ranked as (
    select
        *,
        row_number() over (partition by trim(owner_id), trim(owned_id), coalesce(valid_from_date, date '1900-01-01') order by share_ratio desc nulls last, source_file_id, source_row_number) as row_rank
    from raw_bank__ownership
)

select
    nullif(trim(owner_id), '')::varchar as owner_id,  -- counterparty that owns
    nullif(trim(owner_name), '')::varchar as owner_name,  -- name as sent
    nullif(trim(owned_id), '')::varchar as owned_id,  -- counterparty or plant owned
    share_ratio::double as share_ratio,  -- 0-1; null = share unknown
    coalesce(valid_from_date, date '1900-01-01')::date as valid_from_date,  -- first day of the holding; 1900-01-01 = not stated
    valid_to_date::date as valid_to_date,  -- last day; null = still held
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file as a person counts it
from ranked
where row_rank = 1
