/*
description: >-
  Loans as the bank reported them: one row per loan, portfolio and reporting date, amounts in the loan's own currency.
grain: [portfolio_id, loan_id, reporting_date]
*/
select
    nullif(trim(portfolio_id), '')::varchar as portfolio_id,  -- portfolio the loan is held in
    nullif(trim(loan_id), '')::varchar as loan_id,  -- id given by the bank
    reporting_date::date as reporting_date,  -- day the amounts are true for
    coalesce(fx_date, reporting_date)::date as fx_date,  -- day whose exchange rate applies
    nullif(trim(counterparty_id), '')::varchar as counterparty_id,  -- borrower id; null when the book has none
    nullif(trim(counterparty_name), '')::varchar as counterparty_name,  -- borrower name as sent
    lower(nullif(trim(facility_type), ''))::varchar as facility_type,  -- term_loan, revolving, project_finance …
    upper(nullif(trim(currency_code), ''))::varchar as currency_code,  -- ISO 4217
    outstanding_amount::decimal(20,2) as outstanding_amount,  -- bank's own share drawn, loan currency; null = not reported
    undrawn_amount::decimal(20,2) as undrawn_amount,  -- bank's own share not drawn, loan currency
    commitment_amount::decimal(20,2) as commitment_amount,  -- bank's own share committed, only where the book knows nothing else
    facility_amount::decimal(20,2) as facility_amount,  -- whole facility of all lenders
    participation_ratio::double as participation_ratio,  -- bank's share of the facility, 0-1
    origination_date::date as origination_date,  -- first signing
    maturity_date::date as maturity_date,  -- final maturity
    lower(nullif(trim(sector), ''))::varchar as sector,  -- cement, steel, flat_glass or other; null = not reported
    upper(nullif(trim(country_iso3), ''))::varchar as country_iso3,  -- country of the financed activity
    coalesce(lower(nullif(trim(status), '')), 'active')::varchar as status,  -- active, repaid, written_off or pipeline
    nullif(trim(project_name), '')::varchar as project_name,  -- project or purpose as sent
    latitude::double as latitude,  -- degrees, of what is financed; null = not reported
    longitude::double as longitude,  -- degrees
    nullif(trim(lender_name), '')::varchar as lender_name,  -- lender as sent
    upper(nullif(trim(lei), ''))::varchar as lei,  -- legal entity identifier of the borrower
    upper(nullif(trim(ep_category), ''))::varchar as ep_category,  -- category under the Equator Principles: A, B or C; null = not reported
    project_equity_amount::decimal(20,2) as project_equity_amount,  -- equity of the financed project, loan currency; project finance only
    project_debt_amount::decimal(20,2) as project_debt_amount,  -- debt of the financed project, loan currency; project finance only
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file as a person counts it
from raw_bank__loans
