/*
description: >-
  Exposure of each portfolio to a country and sector beside what the country has and needs: its newest year with a known balance, not after the day of the run.
grain: [portfolio_id, country_iso3, sector]
*/
with exposures as (
    select
        a.portfolio_id,
        coalesce(p.country_iso3, '-') as country_iso3,
        a.sector,
        count(distinct a.plant_id) as plant_count,
        count(distinct a.loan_id) as loan_count,
        sum(a.exposure_usd) as exposure_usd
    from int_loans__attribution as a
    inner join stg_plants__plants as p on a.plant_id = p.plant_id
    group by a.portfolio_id, coalesce(p.country_iso3, '-'), a.sector
),

flagged as (
    select
        portfolio_id,
        country_iso3,
        sector,
        sum(exposure_usd) as new_capacity_usd,
        sum(case when has_overcapacity_flag then exposure_usd else 0 end) as flagged_usd
    from mart_portfolio__overcapacity
    group by portfolio_id, country_iso3, sector
),

needs as (
    select c.*, row_number() over (partition by c.country_iso3, c.sector order by case when c.need_state = 'unknown' then 2 else 1 end, c.year desc) as choice
    from mart_country__capacity as c
    cross join ref_run__settings as s
    where c.year <= extract(year from s.as_of_date)
)

select
    e.portfolio_id::varchar as portfolio_id,  -- portfolio
    e.country_iso3::varchar as country_iso3,  -- host country; - = not known
    e.sector::varchar as sector,  -- cement, steel or flat_glass
    e.plant_count::bigint as plant_count,  -- plants behind the portfolio there
    e.loan_count::bigint as loan_count,  -- loans that lead there
    e.exposure_usd::decimal(20, 6) as exposure_usd,  -- US dollars
    coalesce(f.new_capacity_usd, 0)::decimal(20, 6) as new_capacity_usd,  -- of it behind new capacity
    coalesce(f.flagged_usd, 0)::decimal(20, 6) as flagged_usd,  -- of that where the need is met or capacity is in excess
    n.year::integer as need_year,  -- year of the country's figures; null = none known
    coalesce(n.need_state, 'unknown')::varchar as need_state,  -- excess, need_met, shortfall or unknown
    n.capacity_t_per_year::double as capacity_t_per_year,  -- of the country, tonnes a year
    n.production_t::double as production_t,  -- of the country, tonnes
    n.consumption_t::double as consumption_t,  -- of the country, tonnes
    n.utilisation_ratio::double as utilisation_ratio,  -- production over capacity
    n.consumption_kg_per_head::double as consumption_kg_per_head,  -- kg a person and year
    n.excess_t::double as excess_t,  -- tonnes; negative = shortfall
    n.excess_basis::varchar as excess_basis,  -- capacity - consumption or capacity - production
    n.has_estimate::boolean as has_estimate  -- a figure is an estimate
from exposures as e
left join flagged as f on e.portfolio_id = f.portfolio_id and e.country_iso3 = f.country_iso3 and e.sector = f.sector
left join needs as n on e.country_iso3 = n.country_iso3 and e.sector = n.sector and n.choice = 1
