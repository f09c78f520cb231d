/*
description: >-
  Financed emissions and data-quality score of each portfolio over the published runs, one row per day of a run; the last run of a day counts.
grain: [as_of_date, portfolio_id, sector, scope]
*/
with all_runs as (
    select h.as_of_date, h.portfolio_id, h.sector, h.scope, h.financed_tco2e, h.coverage_ratio, h.pcaf_score, h.data_quality_score, false as is_this_run
    from ref_history__pcaf as h
    union all
    select s.as_of_date, p.portfolio_id, p.sector, p.scope, p.financed_tco2e, p.coverage_ratio, p.pcaf_score, p.data_quality_score, true as is_this_run
    from mart_portfolio__pcaf as p
    cross join ref_run__settings as s
)

select
    as_of_date::date as as_of_date,  -- day of the run
    portfolio_id::varchar as portfolio_id,  -- portfolio
    sector::varchar as sector,  -- cement, steel, flat_glass; all = the three together
    scope::varchar as scope,  -- 1, 2 or another kind kept apart
    financed_tco2e::double as financed_tco2e,  -- t CO2e of what is drawn
    coverage_ratio::double as coverage_ratio,  -- exposure with a figure over all
    pcaf_score::double as pcaf_score,  -- 1 best, 5 weakest
    data_quality_score::double as data_quality_score,  -- with the points that assumptions of ours cost
    (pcaf_score - lag(pcaf_score) over (partition by portfolio_id, sector, scope order by as_of_date))::double as pcaf_score_change,  -- since the run before; negative = better; null = first run
    is_this_run::boolean as is_this_run  -- the run that this table stands in
from all_runs
