/*
description: >-
  Host countries of each portfolio with the same split and the same four figures as the headline (F1). The country is that of the activity as the loan
  tape has it, else of the only country of the plants behind the loan, else unknown ('-').
grain: [portfolio_id, country_iso3]
*/
with reached as (
    select a.portfolio_id, a.loan_id, min(p.country_iso3) as country_iso3, count(distinct p.country_iso3) as country_count
    from int_loans__attribution as a
    inner join stg_plants__plants as p on a.plant_id = p.plant_id
    group by a.portfolio_id, a.loan_id
),

placed as (
    select
        l.portfolio_id,
        l.loan_id,
        coalesce(l.country_iso3, case when r.country_count = 1 then r.country_iso3 end, '-') as country_iso3,
        l.exposure_usd,
        l.green_usd,
        l.transition_usd,
        l.not_green_usd,
        l.unknown_usd,
        l.unmatched_usd
    from mart_portfolio__loans as l
    left join reached as r on l.portfolio_id = r.portfolio_id and l.loan_id = r.loan_id
    where l.is_in_scope
),

financed as (
    select p.portfolio_id, p.country_iso3, count(distinct a.plant_id) as plant_count
    from placed as p
    inner join int_loans__attribution as a on p.portfolio_id = a.portfolio_id and p.loan_id = a.loan_id
    group by p.portfolio_id, p.country_iso3
),

sums as (
    select
        portfolio_id,
        country_iso3,
        count(*) as loan_count,
        sum(exposure_usd) as exposure_usd,
        sum(green_usd::decimal(20, 2))::double as green_usd,
        sum(transition_usd::decimal(20, 2))::double as transition_usd,
        sum(not_green_usd::decimal(20, 2))::double as not_green_usd,
        sum(unknown_usd::decimal(20, 2))::double as unknown_usd,
        sum(unmatched_usd::decimal(20, 2))::double as unmatched_usd
    from placed
    group by portfolio_id, country_iso3
)

select
    s.portfolio_id::varchar as portfolio_id,  -- portfolio
    s.country_iso3::varchar as country_iso3,  -- host country; - = not known
    s.loan_count::bigint as loan_count,  -- loans that count in the headline
    coalesce(f.plant_count, 0)::bigint as plant_count,  -- plants behind them, each once
    round(s.exposure_usd, 2)::double as exposure_usd,  -- scope, US dollars
    round(s.green_usd, 2)::double as green_usd,  -- behind green plants, US dollars
    round(s.transition_usd, 2)::double as transition_usd,  -- behind transition plants, US dollars
    round(s.not_green_usd, 2)::double as not_green_usd,  -- behind plants that are not green, US dollars
    round(s.unknown_usd, 2)::double as unknown_usd,  -- matched, class unknown, US dollars
    round(s.unmatched_usd, 2)::double as unmatched_usd,  -- no plant known, US dollars
    (s.green_usd / nullif(s.green_usd + s.transition_usd + s.not_green_usd, 0))::double as assessed_rate_ratio,  -- green over assessed; null = not assessable
    ((s.green_usd + s.transition_usd + s.not_green_usd) / nullif(s.exposure_usd, 0))::double as coverage_ratio,  -- assessed over scope
    (s.green_usd / nullif(s.exposure_usd, 0))::double as lower_ratio,  -- green share if every unknown failed
    ((s.green_usd + s.unknown_usd + s.unmatched_usd) / nullif(s.exposure_usd, 0))::double as upper_ratio  -- green share if every unknown passed
from sums as s
left join financed as f on s.portfolio_id = f.portfolio_id and s.country_iso3 = f.country_iso3
