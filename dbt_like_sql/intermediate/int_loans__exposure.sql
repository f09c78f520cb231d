/*
description: >-
  Exposure of each loan in its own and in the reporting currency (US dollars). Outstanding counts; where a book knows only commitments they count and say so.
  A missing rate or amount is an error of that loan, never 1.0 and never zero.
grain: [portfolio_id, loan_id]
*/
with newest as (
    select l.*, row_number() over (partition by l.portfolio_id, l.loan_id order by l.reporting_date desc, l.source_file_id, l.source_row_number) as newness
    from stg_bank__loans as l
    cross join ref_run__settings as s
    where (s.portfolio_id is null or l.portfolio_id = s.portfolio_id) and l.reporting_date <= s.as_of_date
),

amounts as (
    select
        *,
        case when outstanding_amount is not null then outstanding_amount else commitment_amount end as exposure_amount,
        case when outstanding_amount is not null then 'outstanding' when commitment_amount is not null then 'commitment' end as exposure_basis
    from newest
    where newness = 1
),

ages as (
    select
        max(case when key = 'max_age_days_day' then value::integer end) as day_age,
        max(case when key = 'max_age_days_month' then value::integer end) as month_age
    from ref_rules__policy
    where policy_id = 'fx'
),

rates as (
    select
        a.portfolio_id,
        a.loan_id,
        f.units_per_usd,
        f.rate_date,
        f.frequency,
        f.rate_source,
        row_number() over (
            partition by a.portfolio_id, a.loan_id
            order by case f.frequency when 'day' then 1 when 'month' then 2 else 3 end, f.rate_date desc
        ) as choice
    from amounts as a
    cross join ages as g
    inner join stg_reference__fx_rates as f
        on a.currency_code = f.currency_code
            and (
                (f.frequency = 'day' and f.rate_date <= a.fx_date and a.fx_date - f.rate_date <= g.day_age)
                or (f.frequency = 'month' and f.rate_date <= a.fx_date + interval 31 day and a.fx_date - f.rate_date <= g.month_age)
                or (f.frequency = 'year' and extract(year from f.rate_date) = extract(year from a.fx_date))
            )
    where f.units_per_usd > 0
),

converted as (
    select
        a.*,
        case when a.currency_code = 'USD' then 1.0 else r.units_per_usd end as fx_rate,
        case when a.currency_code = 'USD' then a.fx_date else r.rate_date end as fx_rate_date,
        case when a.currency_code = 'USD' then 'reporting currency' else r.rate_source end as fx_rate_source
    from amounts as a
    left join rates as r on a.portfolio_id = r.portfolio_id and a.loan_id = r.loan_id and r.choice = 1
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
    maturity_date::date as maturity_date,  -- final maturity
    currency_code::varchar as currency_code,  -- loan currency
    exposure_amount::decimal(20, 2) as exposure_amount,  -- loan currency; null = not known
    exposure_basis::varchar as exposure_basis,  -- outstanding or commitment; null = no amount
    (exposure_amount / fx_rate)::decimal(20, 2) as exposure_usd,  -- US dollars; null = not convertible
    (undrawn_amount / fx_rate)::decimal(20, 2) as undrawn_usd,  -- US dollars, never added to the exposure
    fx_rate::double as fx_rate,  -- local currency for one US dollar
    fx_rate_date::date as fx_rate_date,  -- day, or last day of the month or year of the rate
    fx_rate_source::varchar as fx_rate_source,  -- who published it
    (case when status in ('repaid', 'written_off') then 'closed' when exposure_amount is null or fx_rate is null then 'error' else 'ok' end)::varchar as exposure_state,  -- ok, error or closed
    (case when status in ('repaid', 'written_off') then 'LOAN_CLOSED' when exposure_amount is null then 'AMOUNT_MISSING' when fx_rate is null then 'FX_RATE_MISSING' end)::varchar as reason_code,  -- null = ok
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file
from converted
