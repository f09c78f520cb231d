/*
description: >-
  What each borrower and plant weighs in each weighting of a sector, and what it adds to the green share: the rows of a portfolio, sector and weighting add up to
  lower_ratio and upper_ratio of mart_portfolio__weightings. Exposure without a plant is a row with the plant '-': unknown in the weightings made of money, without
  a weight (unweighted_usd) in the others.
grain: [portfolio_id, sector, weighting, borrower_id, plant_id]
*/
with committed as (
    select portfolio_id, loan_id, sum(commitment_usd)::double as commitment_usd
    from int_loans__attribution
    group by portfolio_id, loan_id
),

parts as (
    select portfolio_id, sector, borrower_id, borrower_name, plant_id, outstanding, commitment, attributed_capacity, production, financed_emissions, wats, tets, mots, eots, ecots, aots, rots, outstanding as exposure_usd
    from int_loans__weights
    union all
    -- exposure behind no plant: unknown, never green
    select
        l.portfolio_id, l.sector, coalesce(e.counterparty_id, 'name: ' || e.counterparty_name) as borrower_id, e.counterparty_name as borrower_name, '-' as plant_id,
        l.unmatched_usd as outstanding, greatest(coalesce(e.commitment_usd, 0)::double - coalesce(a.commitment_usd, 0), 0) as commitment,
        null::double as attributed_capacity, null::double as production, null::double as financed_emissions, l.unmatched_usd as wats,
        null::double as tets, null::double as mots, null::double as eots, null::double as ecots, null::double as aots, null::double as rots,
        l.unmatched_usd as exposure_usd
    from mart_portfolio__loans as l
    inner join int_loans__exposure as e on l.portfolio_id = e.portfolio_id and l.loan_id = e.loan_id
    left join committed as a on l.portfolio_id = a.portfolio_id and l.loan_id = a.loan_id
    where l.is_in_scope and (l.unmatched_usd > 0 or l.plant_count = 0)
),

summed as (
    select
        portfolio_id,
        sector,
        borrower_id,
        min(borrower_name) as borrower_name,
        plant_id,
        sum(outstanding::decimal(28, 6))::double as outstanding,
        sum(case when outstanding is null then exposure_usd::decimal(20, 6) else 0 end)::double as outstanding_open_usd,
        sum(commitment::decimal(28, 6))::double as commitment,
        sum(case when commitment is null then exposure_usd::decimal(20, 6) else 0 end)::double as commitment_open_usd,
        sum(attributed_capacity::decimal(28, 6))::double as attributed_capacity,
        sum(case when attributed_capacity is null then exposure_usd::decimal(20, 6) else 0 end)::double as attributed_capacity_open_usd,
        sum(production::decimal(28, 6))::double as production,
        sum(case when production is null then exposure_usd::decimal(20, 6) else 0 end)::double as production_open_usd,
        sum(financed_emissions::decimal(28, 6))::double as financed_emissions,
        sum(case when financed_emissions is null then exposure_usd::decimal(20, 6) else 0 end)::double as financed_emissions_open_usd,
        sum(wats::decimal(28, 6))::double as wats,
        sum(case when wats is null then exposure_usd::decimal(20, 6) else 0 end)::double as wats_open_usd,
        sum(tets::decimal(28, 6))::double as tets,
        sum(case when tets is null then exposure_usd::decimal(20, 6) else 0 end)::double as tets_open_usd,
        sum(mots::decimal(28, 6))::double as mots,
        sum(case when mots is null then exposure_usd::decimal(20, 6) else 0 end)::double as mots_open_usd,
        sum(eots::decimal(28, 6))::double as eots,
        sum(case when eots is null then exposure_usd::decimal(20, 6) else 0 end)::double as eots_open_usd,
        sum(ecots::decimal(28, 6))::double as ecots,
        sum(case when ecots is null then exposure_usd::decimal(20, 6) else 0 end)::double as ecots_open_usd,
        sum(aots::decimal(28, 6))::double as aots,
        sum(case when aots is null then exposure_usd::decimal(20, 6) else 0 end)::double as aots_open_usd,
        sum(rots::decimal(28, 6))::double as rots,
        sum(case when rots is null then exposure_usd::decimal(20, 6) else 0 end)::double as rots_open_usd
    from parts
    group by portfolio_id, sector, borrower_id, plant_id
),

totals as (
    select
        portfolio_id,
        sector,
        sum(outstanding::decimal(28, 6))::double as outstanding_sum,
        sum(commitment::decimal(28, 6))::double as commitment_sum,
        sum(attributed_capacity::decimal(28, 6))::double as attributed_capacity_sum,
        sum(production::decimal(28, 6))::double as production_sum,
        sum(financed_emissions::decimal(28, 6))::double as financed_emissions_sum,
        sum(wats::decimal(28, 6))::double as wats_sum,
        sum(tets::decimal(28, 6))::double as tets_sum,
        sum(mots::decimal(28, 6))::double as mots_sum,
        sum(eots::decimal(28, 6))::double as eots_sum,
        sum(ecots::decimal(28, 6))::double as ecots_sum,
        sum(aots::decimal(28, 6))::double as aots_sum,
        sum(rots::decimal(28, 6))::double as rots_sum
    from summed
    group by portfolio_id, sector
),

long as (
    select s.portfolio_id, s.sector, 'outstanding' as weighting, s.borrower_id, s.borrower_name, s.plant_id, 'USD' as unit, true as adds_across_sectors,
        s.outstanding as weight_value, s.outstanding_open_usd as unweighted_usd, t.outstanding_sum as weight_sum
    from summed as s
    inner join totals as t on s.portfolio_id = t.portfolio_id and s.sector = t.sector
    union all
    select s.portfolio_id, s.sector, 'commitment' as weighting, s.borrower_id, s.borrower_name, s.plant_id, 'USD' as unit, true as adds_across_sectors,
        s.commitment as weight_value, s.commitment_open_usd as unweighted_usd, t.commitment_sum as weight_sum
    from summed as s
    inner join totals as t on s.portfolio_id = t.portfolio_id and s.sector = t.sector
    union all
    select s.portfolio_id, s.sector, 'attributed_capacity' as weighting, s.borrower_id, s.borrower_name, s.plant_id, 't/year' as unit, false as adds_across_sectors,
        s.attributed_capacity as weight_value, s.attributed_capacity_open_usd as unweighted_usd, t.attributed_capacity_sum as weight_sum
    from summed as s
    inner join totals as t on s.portfolio_id = t.portfolio_id and s.sector = t.sector
    union all
    select s.portfolio_id, s.sector, 'production' as weighting, s.borrower_id, s.borrower_name, s.plant_id, 't' as unit, false as adds_across_sectors,
        s.production as weight_value, s.production_open_usd as unweighted_usd, t.production_sum as weight_sum
    from summed as s
    inner join totals as t on s.portfolio_id = t.portfolio_id and s.sector = t.sector
    union all
    select s.portfolio_id, s.sector, 'financed_emissions' as weighting, s.borrower_id, s.borrower_name, s.plant_id, 't CO2e' as unit, true as adds_across_sectors,
        s.financed_emissions as weight_value, s.financed_emissions_open_usd as unweighted_usd, t.financed_emissions_sum as weight_sum
    from summed as s
    inner join totals as t on s.portfolio_id = t.portfolio_id and s.sector = t.sector
    union all
    select s.portfolio_id, s.sector, 'wats' as weighting, s.borrower_id, s.borrower_name, s.plant_id, 'USD' as unit, true as adds_across_sectors,
        s.wats as weight_value, s.wats_open_usd as unweighted_usd, t.wats_sum as weight_sum
    from summed as s
    inner join totals as t on s.portfolio_id = t.portfolio_id and s.sector = t.sector
    union all
    select s.portfolio_id, s.sector, 'tets' as weighting, s.borrower_id, s.borrower_name, s.plant_id, 't CO2e' as unit, true as adds_across_sectors,
        s.tets as weight_value, s.tets_open_usd as unweighted_usd, t.tets_sum as weight_sum
    from summed as s
    inner join totals as t on s.portfolio_id = t.portfolio_id and s.sector = t.sector
    union all
    select s.portfolio_id, s.sector, 'mots' as weighting, s.borrower_id, s.borrower_name, s.plant_id, 't CO2e' as unit, true as adds_across_sectors,
        s.mots as weight_value, s.mots_open_usd as unweighted_usd, t.mots_sum as weight_sum
    from summed as s
    inner join totals as t on s.portfolio_id = t.portfolio_id and s.sector = t.sector
    union all
    select s.portfolio_id, s.sector, 'eots' as weighting, s.borrower_id, s.borrower_name, s.plant_id, 't CO2e' as unit, true as adds_across_sectors,
        s.eots as weight_value, s.eots_open_usd as unweighted_usd, t.eots_sum as weight_sum
    from summed as s
    inner join totals as t on s.portfolio_id = t.portfolio_id and s.sector = t.sector
    union all
    select s.portfolio_id, s.sector, 'ecots' as weighting, s.borrower_id, s.borrower_name, s.plant_id, 't CO2e' as unit, true as adds_across_sectors,
        s.ecots as weight_value, s.ecots_open_usd as unweighted_usd, t.ecots_sum as weight_sum
    from summed as s
    inner join totals as t on s.portfolio_id = t.portfolio_id and s.sector = t.sector
    union all
    select s.portfolio_id, s.sector, 'aots' as weighting, s.borrower_id, s.borrower_name, s.plant_id, 't CO2e' as unit, true as adds_across_sectors,
        s.aots as weight_value, s.aots_open_usd as unweighted_usd, t.aots_sum as weight_sum
    from summed as s
    inner join totals as t on s.portfolio_id = t.portfolio_id and s.sector = t.sector
    union all
    select s.portfolio_id, s.sector, 'rots' as weighting, s.borrower_id, s.borrower_name, s.plant_id, 't CO2e' as unit, true as adds_across_sectors,
        s.rots as weight_value, s.rots_open_usd as unweighted_usd, t.rots_sum as weight_sum
    from summed as s
    inner join totals as t on s.portfolio_id = t.portfolio_id and s.sector = t.sector
)

select
    g.portfolio_id::varchar as portfolio_id,  -- portfolio
    g.sector::varchar as sector,  -- sector of the plant, else of the loan
    g.weighting::varchar as weighting,  -- name of the weighting
    g.borrower_id::varchar as borrower_id,  -- counterparty id, else its name
    g.borrower_name::varchar as borrower_name,  -- as sent
    g.plant_id::varchar as plant_id,  -- plant; - = no plant known
    g.unit::varchar as unit,  -- unit of the weight
    g.adds_across_sectors::boolean as adds_across_sectors,  -- false: tonnes of product, which add up within a sector only
    g.weight_value::double as weight_value,  -- what it weighs; null = not known
    g.unweighted_usd::double as unweighted_usd,  -- exposure of its loans whose weight is not known, US dollars
    (g.weight_value / nullif(g.weight_sum, 0))::double as weight_ratio,  -- over all of the sector
    (case when c.plant_class = 'green' then 1.0 when c.plant_class in ('transition', 'not_green') then 0.0 end)::double as green_score,  -- 1 green, 0 not, null = unknown
    (g.weight_value / nullif(g.weight_sum, 0) * case when c.plant_class = 'green' then 1 else 0 end)::double as lower_contribution_ratio,  -- part of lower_ratio
    (g.weight_value / nullif(g.weight_sum, 0) * case when c.plant_class in ('transition', 'not_green') then 0 else 1 end)::double as upper_contribution_ratio  -- part of upper_ratio
from long as g
left join int_plants__class as c on g.plant_id = c.plant_id
