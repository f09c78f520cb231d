/*
description: >-
  Emission intensity of each portfolio and sector weighted with exposure and with production, side by side (F7). Where the two differ by more than the policy
  weighting says, the row carries a warning: a small loan to a large plant counts for little in the first and for much in the second.
grain: [portfolio_id, sector, production_item, scope]
*/
with plants as (
    select w.portfolio_id, w.sector, m.production_item, m.scope, w.outstanding, w.production, m.intensity_t_per_t
    from int_loans__weights as w
    inner join int_plants__emissions as m on w.plant_id = m.plant_id
    where m.intensity_t_per_t is not null and m.production_item is not null
),

sums as (
    select
        portfolio_id,
        sector,
        production_item,
        scope,
        sum(outstanding::decimal(20, 6))::double as exposure_usd,
        sum((outstanding * intensity_t_per_t)::decimal(28, 6))::double as exposure_sum,
        sum(production::decimal(28, 6))::double as production_t,
        sum((production * intensity_t_per_t)::decimal(28, 6))::double as production_sum
    from plants
    group by portfolio_id, sector, production_item, scope
),

policy as (
    select max(case when key = 'warning_ratio' then value::double end) as warning_ratio
    from ref_rules__policy
    where policy_id = 'weighting'
),

rates as (
    select
        *,
        exposure_sum / nullif(exposure_usd, 0) as by_exposure,
        production_sum / nullif(production_t, 0) as by_production
    from sums
)

select
    r.portfolio_id::varchar as portfolio_id,  -- portfolio
    r.sector::varchar as sector,  -- sector
    r.production_item::varchar as production_item,  -- product that the tonnes are of; other products are other rows
    r.scope::varchar as scope,  -- 1 or 2, never added
    r.exposure_usd::double as exposure_usd,  -- exposure behind plants with an intensity
    r.production_t::double as production_t,  -- owned share of their production
    r.by_exposure::double as exposure_weighted_t_per_t,  -- t CO2e a tonne
    r.by_production::double as production_weighted_t_per_t,  -- t CO2e a tonne
    (r.by_production / nullif(r.by_exposure, 0))::double as production_over_exposure_ratio,  -- how far the two are apart; 1 = equal
    coalesce(greatest(r.by_production / nullif(r.by_exposure, 0), r.by_exposure / nullif(r.by_production, 0)) - 1 > p.warning_ratio, false)::boolean as has_weighting_warning  -- they differ by more than the policy allows without a word
from rates as r
cross join policy as p
