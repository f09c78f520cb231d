/*
description: >-
  Financed emissions of the plants behind each loan by sector of the plants and scope, with what a score weighted by exposure is made of (F5). Loans without a
  plant, and sectors in which a loan has none, have no row.
grain: [portfolio_id, loan_id, sector, scope]
*/
select
    m.portfolio_id::varchar as portfolio_id,  -- portfolio
    m.loan_id::varchar as loan_id,  -- loan
    a.sector::varchar as sector,  -- sector of the plants
    m.scope::varchar as scope,  -- 1, 2 or another kind kept apart
    count(*)::bigint as plant_count,  -- plants behind the loan
    count(m.financed_tco2e)::bigint as figure_count,  -- those with a figure
    sum(m.financed_tco2e::decimal(28, 9))::decimal(28, 9) as financed_tco2e,  -- t CO2e; null = no figure
    sum(m.commitment_tco2e::decimal(28, 9))::decimal(28, 9) as commitment_tco2e,  -- the same for what is committed
    max(case when m.financed_tco2e is not null then m.pcaf_option end)::varchar as worst_option,  -- weakest option among the figures
    sum(case when m.financed_tco2e is not null then a.exposure_usd end)::decimal(28, 6) as figure_plant_usd,  -- exposure behind the plants with a figure, US dollars
    sum(case when m.financed_tco2e is not null then (a.exposure_usd * m.pcaf_score)::decimal(28, 6) end)::decimal(28, 6) as score_usd,  -- exposure x score of those
    sum(case when m.financed_tco2e is not null then (a.exposure_usd * m.data_quality_score)::decimal(28, 6) end)::decimal(28, 6) as quality_usd,  -- exposure x score with the points of assumptions
    max(case when m.financed_tco2e is not null then m.pcaf_score end)::double as worst_score,  -- of those, whatever the exposure
    max(case when m.financed_tco2e is not null then m.data_quality_score end)::double as worst_quality,  -- the same with the points of assumptions
    min(m.reason_code)::varchar as reason_code,  -- what is missing or doubtful
    max(m.emissions_end_date)::date as emissions_end_date,  -- last day of the year of the emissions
    bool_or(m.has_other_year)::boolean as has_other_year  -- emissions and exposure are of different years
from int_loans__financed_emissions as m
inner join int_loans__attribution as a on m.portfolio_id = a.portfolio_id and m.loan_id = a.loan_id and m.plant_id = a.plant_id
group by m.portfolio_id, m.loan_id, a.sector, m.scope
