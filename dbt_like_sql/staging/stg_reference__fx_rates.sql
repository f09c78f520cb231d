/*
description: >-
  Exchange rates: one row per currency, date and frequency; a repeated rate counts once.
grain: [currency_code, rate_date, frequency]
*/
with ranked as (
    select
        *,
        row_number() over (partition by upper(trim(currency_code)), rate_date, coalesce(lower(trim(frequency)), 'day') order by source_file_id, source_row_number) as row_rank
    from raw_reference__fx_rates
)

select
    upper(nullif(trim(currency_code), ''))::varchar as currency_code,  -- ISO 4217
    rate_date::date as rate_date,  -- day, or last day of the month or year
    units_per_usd::double as units_per_usd,  -- local currency for one US dollar
    coalesce(lower(nullif(trim(frequency), '')), 'day')::varchar as frequency,  -- day, month or year
    nullif(trim(rate_source), '')::varchar as rate_source,  -- who published it
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file as a person counts it
from ranked
where row_rank = 1
