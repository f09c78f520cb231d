/*
description: >-
  Exposure of each loan in its own and in the reporting currency (US dollars). Outstanding counts; where a book knows only commitments they count and say so.
  A missing rate or amount is an error of that loan, never 1.0 and never zero. What is drawn and what is committed stand side by side.
grain: [portfolio_id, loan_id]
*/
with newest as (
    select l.*, (l.facility_amount * l.participation_ratio)::decimal(20, 2) as participation_amount,
        row_number() over (partition by l.portfolio_id, l.loan_id order by l.reporting_date desc, l.source_file_id, l.source_row_number) as newness
    from stg_bank__loans as l
    cross join ref_run__settings as s
    where (s.portfolio_id is null or l.portfolio_id = s.portfolio_id) and l.reporting_date <= s.as_of_date
),

amounts as (
    select
        *,
        case when outstanding_amount is not null then outstanding_amount else coalesce(commitment_amount, participation_amount) end as exposure_amount,
        case when outstanding_amount is not null then 'outstanding' when commitment_amount is not null or participation_amount is not null then 'commitment' end as exposure_basis,
        case when undrawn_amount is not null and outstanding_amount is not null then outstanding_amount + undrawn_amount when commitment_amount is not null then commitment_amount
            when outstanding_amount is not null then outstanding_amount else participation_amount end as committed_amount,
        case when undrawn_amount is not null and outstanding_amount is not null then 'drawn_and_undrawn' when commitment_amount is not null then 'stated'
            when outstanding_amount is not null then 'drawn_only' when participation_amount is not null then 'participation' end as commitment_basis
    from newest
    where newness = 1
),

converted as (
    select
        a.*,
        r.units_per_usd as fx_rate,
        r.rate_date as fx_rate_date,
        r.rate_source as fx_rate_source,
        r.rate_age_days as fx_rate_age_days,
        case
            when a.status in ('repaid', 'written_off') then 'LOAN_CLOSED'
            when a.exposure_amount is null then 'AMOUNT_MISSING'
            when a.exposure_amount < 0 then 'AMOUNT_NEGATIVE'
            when r.units_per_usd is null then 'FX_RATE_MISSING'
        end as reason_code
    from amounts as a
    left join int_money__rates as r on a.currency_code = r.currency_code and a.fx_date = r.on_date
)

select
    portfolio_id::varchar as portfolio_id,  -- portfolio
    loan_id::varchar as loan_id,  -- loan
    reporting_date::date as reporting_date,  -- day the amounts are true for
    counterparty_id::varchar as counterparty_id,  -- borrower; null = no id
    counterparty_name::varchar as counterparty_name,  -- borrower as sent
    lender_name::varchar as lender_name,  -- lender as sent
    sector::varchar as sector,  -- as reported; null = not reported
    country_iso3::varchar as country_iso3,  -- country of the activity
    status::varchar as status,  -- active, repaid, written_off or pipeline
    facility_type::varchar as facility_type,  -- term_loan, revolving, project_finance …; null = not reported
    ep_category::varchar as ep_category,  -- A, B or C of the Equator Principles; null = not reported
    origination_date::date as origination_date,  -- first signing
    maturity_date::date as maturity_date,  -- final maturity
    currency_code::varchar as currency_code,  -- loan currency
    project_equity_amount::decimal(20, 2) as project_equity_amount,  -- loan currency; project finance only
    project_debt_amount::decimal(20, 2) as project_debt_amount,  -- loan currency; project finance only
    exposure_amount::decimal(20, 2) as exposure_amount,  -- loan currency; null = not known
    exposure_basis::varchar as exposure_basis,  -- outstanding or commitment; null = no amount
    (case when exposure_amount >= 0 then exposure_amount / fx_rate end)::decimal(20, 2) as exposure_usd,  -- US dollars; null = not convertible, or below zero
    (undrawn_amount / fx_rate)::decimal(20, 2) as undrawn_usd,  -- US dollars, never added to the exposure
    committed_amount::decimal(20, 2) as commitment_amount,  -- loan currency, own share: drawn and undrawn; null = not known
    commitment_basis::varchar as commitment_basis,  -- drawn_and_undrawn, stated, drawn_only (undrawn part not reported) or participation (own share of the facility)
    (committed_amount / fx_rate)::decimal(20, 2) as commitment_usd,  -- US dollars; beside the exposure, never added to it
    fx_rate::double as fx_rate,  -- local currency for one US dollar
    fx_rate_date::date as fx_rate_date,  -- day, or last day of the month or year of the rate
    fx_rate_source::varchar as fx_rate_source,  -- who published it
    fx_rate_age_days::integer as fx_rate_age_days,  -- days from the rate to the day it is used for
    (case when reason_code = 'LOAN_CLOSED' then 'closed' when reason_code is not null then 'error' else 'ok' end)::varchar as exposure_state,  -- ok, error or closed
    reason_code::varchar as reason_code,  -- null = ok
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file
from converted
