/*
description: >-
  Financed emissions and data quality of each portfolio and sector by scope. The score is weighted with outstanding over the loans that have a figure (F5);
  coverage is told beside it. Scopes are never added, and neither are drawn and committed.
grain: [portfolio_id, sector, scope]
*/
with rows_of_sectors as (
    select portfolio_id, sector, scope, exposure_usd, financed_tco2e, commitment_tco2e, pcaf_option, pcaf_score, data_quality_score, figure_state, has_other_year
    from mart_portfolio__financed_emissions
    union all
    select portfolio_id, 'all' as sector, scope, exposure_usd, financed_tco2e, commitment_tco2e, pcaf_option, pcaf_score, data_quality_score, figure_state, has_other_year
    from mart_portfolio__financed_emissions
),

sums as (
    select
        portfolio_id,
        sector,
        scope,
        count(*) as loan_count,
        count(financed_tco2e) as figure_count,
        sum(financed_tco2e::decimal(28, 9))::double as financed_tco2e,
        sum(commitment_tco2e::decimal(28, 9))::double as commitment_tco2e,
        sum(exposure_usd::decimal(20, 2))::double as exposure_usd,
        coalesce(sum(case when financed_tco2e is not null then exposure_usd::decimal(20, 2) end), 0)::double as figure_usd,
        coalesce(sum(case when figure_state = 'part' then exposure_usd::decimal(20, 2) end), 0)::double as part_usd,
        coalesce(sum(case when pcaf_option in ('1a', '1b') then exposure_usd::decimal(20, 2) end), 0)::double as reported_usd,
        sum(case when financed_tco2e is not null then (exposure_usd * pcaf_score)::decimal(28, 6) end)::double as score_sum,
        sum(case when financed_tco2e is not null then (exposure_usd * data_quality_score)::decimal(28, 6) end)::double as quality_sum,
        count(case when has_other_year then 1 end) as other_year_count
    from rows_of_sectors
    group by portfolio_id, sector, scope
)

select
    portfolio_id::varchar as portfolio_id,  -- portfolio
    sector::varchar as sector,  -- cement, steel, flat_glass; all = the three together
    scope::varchar as scope,  -- 1, 2 or another kind kept apart; never added
    loan_count::bigint as loan_count,  -- loans in scope of the headline
    figure_count::bigint as figure_count,  -- loans with a figure
    financed_tco2e::double as financed_tco2e,  -- t CO2e of what is drawn; null = no figure
    commitment_tco2e::double as commitment_tco2e,  -- t CO2e of what is committed; beside it, never added
    exposure_usd::double as exposure_usd,  -- US dollars
    (figure_usd / nullif(exposure_usd, 0))::double as coverage_ratio,  -- exposure with a figure over all
    (part_usd / nullif(exposure_usd, 0))::double as part_ratio,  -- exposure of loans of which only some plants have a figure
    (reported_usd / nullif(figure_usd, 0))::double as reported_ratio,  -- exposure with reported emissions (1a, 1b) over that with a figure
    (score_sum / nullif(figure_usd, 0))::double as pcaf_score,  -- weighted with outstanding, 1 best, 5 weakest; null = no figure
    (quality_sum / nullif(figure_usd, 0))::double as data_quality_score,  -- with the points that assumptions of ours cost
    (financed_tco2e / nullif(figure_usd / 1000000, 0))::double as financed_tco2e_per_musd,  -- t CO2e a million US dollars outstanding
    other_year_count::bigint as other_year_count  -- loans whose emissions and exposure are of different years
from sums
