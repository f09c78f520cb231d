/*
description: >-
  Control totals of the bank's own ledger: one row per portfolio, reporting date and currency.
grain: [portfolio_id, reporting_date, currency_code]
*/
select
    nullif(trim(portfolio_id), '')::varchar as portfolio_id,  -- portfolio
    reporting_date::date as reporting_date,  -- day
    upper(nullif(trim(currency_code), ''))::varchar as currency_code,  -- ISO 4217
    loan_count::bigint as loan_count,  -- loans in the ledger
    outstanding_amount::decimal(20,2) as outstanding_amount,  -- sum in the ledger, loan currency
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file as a person counts it
from raw_bank__control_totals
