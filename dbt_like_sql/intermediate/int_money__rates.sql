/*
description: >-
  The exchange rate of each currency and day that an amount needs: the newest daily rate young enough, else the mean of the month, else that of the year
  (rules/policy/fx.yaml). No row: no rate is young enough, and what needs it is an error, never converted at 1.
grain: [currency_code, on_date]
*/
with needed as (
    select currency_code, fx_date as on_date
    from stg_bank__loans
    union
    select accounts_currency_code as currency_code, accounts_date as on_date
    from stg_bank__counterparties
    where accounts_currency_code is not null and accounts_date is not null
),

policy as (
    select
        max(case when key = 'max_age_days_day' then value::integer end) as day_age,
        max(case when key = 'max_age_days_month' then value::integer end) as month_age,
        max(case when key = 'year_rate' then value end) as year_rate
    from ref_rules__policy
    where policy_id = 'fx'
),

rates as (
    select
        n.currency_code,
        n.on_date,
        f.units_per_usd,
        f.rate_date,
        f.frequency,
        f.rate_source,
        row_number() over (
            partition by n.currency_code, n.on_date
            order by case f.frequency when 'day' then 1 when 'month' then 2 else 3 end, f.rate_date desc
        ) as choice
    from needed as n
    cross join policy as p
    inner join stg_reference__fx_rates as f
        on n.currency_code = f.currency_code
            and (
                (f.frequency = 'day' and f.rate_date <= n.on_date and n.on_date - f.rate_date <= p.day_age)
                or (f.frequency = 'month' and f.rate_date <= n.on_date + interval 31 day and n.on_date - f.rate_date <= p.month_age)
                or (f.frequency = 'year' and extract(year from f.rate_date) = extract(year from n.on_date))
                or (f.frequency = 'year' and p.year_rate = 'latest_year' and f.rate_date <= n.on_date)
            )
    where f.units_per_usd > 0 and n.currency_code <> 'USD'
),

chosen as (
    select currency_code, on_date, units_per_usd, rate_date, frequency, rate_source
    from rates
    where choice = 1
    union all
    select currency_code, on_date, 1.0 as units_per_usd, on_date as rate_date, 'day' as frequency, 'reporting currency' as rate_source
    from needed
    where currency_code = 'USD'
)

select
    currency_code::varchar as currency_code,  -- ISO 4217
    on_date::date as on_date,  -- day whose rate is asked for
    units_per_usd::double as units_per_usd,  -- local currency for one US dollar
    rate_date::date as rate_date,  -- day, or last day of the month or year, of the rate used
    frequency::varchar as frequency,  -- day, month or year
    rate_source::varchar as rate_source,  -- who published it
    (on_date - rate_date)::integer as rate_age_days  -- days between the rate and the day asked for; above 0 over weekends and holidays
from chosen
