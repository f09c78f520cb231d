/*
description: >-
  Last accounts of each company in US dollars at the rate of the balance-sheet day, whatever currency and year they are in, and the value that emissions are
  attributed by: enterprise value including cash of a listed company, else equity and debt, else total assets (PCAF, business loans).
grain: [counterparty_id]
*/
with converted as (
    select
        c.*,
        r.units_per_usd,
        r.rate_date,
        r.rate_source,
        -- below zero, equity counts as nothing: all of the company is then financed by its debt
        greatest(c.total_equity_amount, 0) + c.total_debt_amount as equity_and_debt_amount
    from stg_bank__counterparties as c
    left join int_money__rates as r on c.accounts_currency_code = r.currency_code and c.accounts_date = r.on_date
)

select
    counterparty_id::varchar as counterparty_id,  -- company
    accounts_date::date as accounts_date,  -- balance-sheet day; null = not reported
    accounts_currency_code::varchar as accounts_currency_code,  -- currency of the accounts
    units_per_usd::double as fx_rate,  -- accounts currency for one US dollar on the balance-sheet day
    rate_date::date as fx_rate_date,  -- date of that rate
    rate_source::varchar as fx_rate_source,  -- who published it
    (case when evic_amount is not null then 'evic' when equity_and_debt_amount is not null then 'equity_and_debt' when total_assets_amount is not null then 'total_assets' end)::varchar as value_basis,  -- what the value is made of; null = nothing reported
    (coalesce(evic_amount, equity_and_debt_amount, total_assets_amount) / units_per_usd)::decimal(20, 2) as value_usd,  -- denominator of the attribution factor; null = not known
    coalesce(evic_amount is null and total_equity_amount < 0, false)::boolean as is_equity_negative,  -- equity below zero, counted as nothing
    (market_cap_amount / units_per_usd)::decimal(20, 2) as market_cap_usd,  -- market value of the shares
    (enterprise_value_amount / units_per_usd)::decimal(20, 2) as enterprise_value_usd,  -- cash deducted
    (coalesce(enterprise_value_amount + cash_amount, evic_amount) / units_per_usd)::decimal(20, 2) as enterprise_value_and_cash_usd,  -- cash kept in
    (total_assets_amount / units_per_usd)::decimal(20, 2) as total_assets_usd,  -- balance-sheet total
    (revenue_amount / units_per_usd)::decimal(20, 2) as revenue_usd,  -- revenue of the year
    (case when coalesce(evic_amount, equity_and_debt_amount, total_assets_amount) is null then 'ACCOUNTS_MISSING' when units_per_usd is null then 'ACCOUNTS_RATE_MISSING' end)::varchar as reason_code  -- why there is no value; null = there is one
from converted
