/*
description: >-
  The green share of each portfolio and sector in every weighting, each named (F2), with coverage and the range if every unknown failed or passed (F1). Weights in
  tonnes of product have no row for the whole portfolio: tonnes of two sectors never add.
grain: [portfolio_id, sector, weighting]
*/
with of_sectors as (
    select portfolio_id, sector, weighting, unit, weight_value, unweighted_usd, green_score
    from mart_portfolio__contributions
    union all
    select portfolio_id, 'all' as sector, weighting, unit, weight_value, unweighted_usd, green_score
    from mart_portfolio__contributions
    where adds_across_sectors
),

sums as (
    select
        portfolio_id,
        sector,
        weighting,
        min(unit) as unit,
        sum(weight_value::decimal(28, 6))::double as weight_sum,
        coalesce(sum(case when green_score = 1 then weight_value::decimal(28, 6) end), 0)::double as green_sum,
        coalesce(sum(case when green_score is not null then weight_value::decimal(28, 6) end), 0)::double as known_sum,
        sum(unweighted_usd::decimal(28, 6))::double as unweighted_usd
    from of_sectors
    group by portfolio_id, sector, weighting
)

select
    portfolio_id::varchar as portfolio_id,  -- portfolio
    sector::varchar as sector,  -- cement, steel, flat_glass; all = the whole portfolio
    weighting::varchar as weighting,  -- outstanding, commitment, attributed_capacity, production, financed_emissions, wats, tets, mots, eots, ecots, aots or rots
    unit::varchar as unit,  -- unit of the weights
    weight_sum::double as weight_sum,  -- all weights together; null = none known
    (green_sum / nullif(known_sum, 0))::double as assessed_rate_ratio,  -- green over assessed; null = not assessable
    (known_sum / nullif(weight_sum, 0))::double as coverage_ratio,  -- assessed over all
    (green_sum / nullif(weight_sum, 0))::double as lower_ratio,  -- green share if every unknown failed
    ((green_sum + weight_sum - known_sum) / nullif(weight_sum, 0))::double as upper_ratio,  -- green share if every unknown passed
    unweighted_usd::double as unweighted_usd  -- exposure whose weight is not known, US dollars: outside this row, never green
from sums
