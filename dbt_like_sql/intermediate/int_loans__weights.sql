/*
description: >-
  What each loan and plant weighs in every weighting (docs/method_portfolio.md): exposure and commitment, attributed capacity, production, financed emissions, and
  the seven of the os-climate temperature-score tool (wats, tets, mots, eots, ecots, aots, rots). Emissions are scope 1 and, where known, 2 and 3. tets and
  production count a company's plant once however many loans lead there, and a plant once however many companies. Null = the weight is not known.
grain: [portfolio_id, loan_id, plant_id]
*/
with emissions as (
    select
        plant_id,
        sum(case when scope in ('1', '2', '3') then emissions_tco2e::decimal(28, 9) end)::double as emissions_tco2e,
        count(case when scope = '1' then emissions_tco2e end) > 0 as is_known,
        max(production_t) as production_t
    from int_plants__emissions
    group by plant_id
),

loans as (
    select
        s.portfolio_id,
        s.loan_id,
        s.plant_id,
        s.sector,
        coalesce(e.counterparty_id, 'name: ' || e.counterparty_name) as borrower_id,
        e.counterparty_name as borrower_name,
        a.exposure_usd,
        a.commitment_usd,
        s.ownership_ratio,
        s.financed_ratio,
        p.capacity_t_per_year,
        case when m.is_known then m.emissions_tco2e end as emissions_tco2e,
        m.production_t,
        f.drawn_usd::double as drawn_usd,
        c.market_cap_usd,
        c.enterprise_value_usd,
        c.enterprise_value_and_cash_usd,
        c.total_assets_usd,
        c.revenue_usd
    from int_loans__financed_shares as s
    inner join int_loans__attribution as a on s.portfolio_id = a.portfolio_id and s.loan_id = a.loan_id and s.plant_id = a.plant_id
    inner join int_loans__exposure as e on s.portfolio_id = e.portfolio_id and s.loan_id = e.loan_id
    inner join int_loans__attribution_factors as f on s.portfolio_id = f.portfolio_id and s.loan_id = f.loan_id
    inner join stg_plants__plants as p on s.plant_id = p.plant_id
    left join emissions as m on s.plant_id = m.plant_id
    left join int_counterparties__accounts as c on s.company_id = c.counterparty_id
    where e.exposure_state = 'ok'
),

-- the part of a plant that the companies of a portfolio own, each company once
owners as (
    select portfolio_id, plant_id, borrower_id, max(ownership_ratio) as ownership_ratio, sum(exposure_usd) as exposure_usd, count(*) as loan_count
    from loans
    group by portfolio_id, plant_id, borrower_id
),

shared as (
    select *, ownership_ratio / greatest(sum(ownership_ratio::decimal(18, 12)) over (partition by portfolio_id, plant_id)::double, 1) as owned_once_ratio
    from owners
),

parts as (
    select
        l.*,
        o.owned_once_ratio * case when o.exposure_usd > 0 then l.exposure_usd::double / nullif(o.exposure_usd::double, 0) else 1.0 / nullif(o.loan_count, 0) end as owned_once_ratio
    from loans as l
    inner join shared as o on l.portfolio_id = o.portfolio_id and l.plant_id = o.plant_id and l.borrower_id = o.borrower_id
)

select
    portfolio_id::varchar as portfolio_id,  -- portfolio
    loan_id::varchar as loan_id,  -- loan
    plant_id::varchar as plant_id,  -- plant
    sector::varchar as sector,  -- sector of the plant
    borrower_id::varchar as borrower_id,  -- counterparty id, else its name
    borrower_name::varchar as borrower_name,  -- as sent
    exposure_usd::double as outstanding,  -- exposure behind the plant, US dollars
    commitment_usd::double as commitment,  -- drawn and undrawn, US dollars
    round(financed_ratio * capacity_t_per_year, 6)::double as attributed_capacity,  -- owned share x attribution factor x capacity, t a year
    round(owned_once_ratio * production_t, 6)::double as production,  -- owned share x production of the window, t
    round(financed_ratio * emissions_tco2e, 6)::double as financed_emissions,  -- owned share x attribution factor x emissions, t CO2e
    exposure_usd::double as wats,  -- outstanding, US dollars
    round(owned_once_ratio * emissions_tco2e, 6)::double as tets,  -- the company's emissions, t CO2e
    round(drawn_usd / nullif(case when market_cap_usd > 0 then market_cap_usd::double end, 0) * ownership_ratio * emissions_tco2e, 6)::double as mots,  -- outstanding over market value x emissions
    round(drawn_usd / nullif(case when enterprise_value_usd > 0 then enterprise_value_usd::double end, 0) * ownership_ratio * emissions_tco2e, 6)::double as eots,  -- outstanding over enterprise value x emissions
    round(drawn_usd / nullif(case when enterprise_value_and_cash_usd > 0 then enterprise_value_and_cash_usd::double end, 0) * ownership_ratio * emissions_tco2e, 6)::double as ecots,  -- outstanding over enterprise value and cash x emissions
    round(drawn_usd / nullif(case when total_assets_usd > 0 then total_assets_usd::double end, 0) * ownership_ratio * emissions_tco2e, 6)::double as aots,  -- outstanding over total assets x emissions
    round(drawn_usd / nullif(case when revenue_usd > 0 then revenue_usd::double end, 0) * ownership_ratio * emissions_tco2e, 6)::double as rots  -- outstanding over revenue x emissions
from parts
