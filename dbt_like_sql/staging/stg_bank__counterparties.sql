/*
description: >-
  Borrowers and owners with their latest accounts: one row per counterparty; the newest accounts win where a counterparty came twice.
grain: [counterparty_id]
*/
with ranked as (
    select
        *,
        row_number() over (partition by trim(counterparty_id) order by accounts_date desc nulls last, lei desc nulls last, source_file_id, source_row_number) as row_rank
    from raw_bank__counterparties
)

select
    nullif(trim(counterparty_id), '')::varchar as counterparty_id,  -- id given by the bank or register
    nullif(trim(counterparty_name), '')::varchar as counterparty_name,  -- name as sent
    upper(nullif(trim(country_iso3), ''))::varchar as country_iso3,  -- country of registration
    upper(nullif(trim(lei), ''))::varchar as lei,  -- legal entity identifier
    nullif(trim(national_id), '')::varchar as national_id,  -- national company number
    lower(nullif(trim(sector), ''))::varchar as sector,  -- main sector
    total_equity_amount::decimal(20,2) as total_equity_amount,  -- accounts currency
    total_debt_amount::decimal(20,2) as total_debt_amount,  -- accounts currency
    total_assets_amount::decimal(20,2) as total_assets_amount,  -- accounts currency
    evic_amount::decimal(20,2) as evic_amount,  -- enterprise value including cash, accounts currency
    upper(nullif(trim(accounts_currency_code), ''))::varchar as accounts_currency_code,  -- ISO 4217
    accounts_date::date as accounts_date,  -- balance-sheet day
    revenue_amount::decimal(20,2) as revenue_amount,  -- revenue of the year, accounts currency
    market_cap_amount::decimal(20,2) as market_cap_amount,  -- market value of the shares, accounts currency
    enterprise_value_amount::decimal(20,2) as enterprise_value_amount,  -- enterprise value, cash deducted, accounts currency
    cash_amount::decimal(20,2) as cash_amount,  -- cash and equivalents, accounts currency
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file as a person counts it
from ranked
where row_rank = 1
