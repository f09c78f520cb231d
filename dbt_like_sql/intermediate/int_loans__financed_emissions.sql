/*
description: >-
  Financed emissions of each loan and plant by scope: financed part of the plant times its emissions of the window (F3). Scopes, removals and credits are kept
  apart and never added here. The PCAF option and score are those of the evidence for the emissions; assumptions of ours cost points in data_quality_score only.
grain: [portfolio_id, loan_id, plant_id, scope]
*/
select
    f.portfolio_id::varchar as portfolio_id,  -- portfolio
    f.loan_id::varchar as loan_id,  -- loan
    f.plant_id::varchar as plant_id,  -- plant
    m.scope::varchar as scope,  -- 1, 2 or another kind that the emissions are kept apart by
    f.sector::varchar as sector,  -- sector of the plant
    f.financed_ratio::double as financed_ratio,  -- part of the plant financed by what is drawn
    m.emissions_tco2e::double as emissions_tco2e,  -- t CO2e of the plant in the window; null = not known
    round(f.financed_ratio * m.emissions_tco2e, 9)::double as financed_tco2e,  -- t CO2e; null = not known
    round(f.commitment_ratio * m.emissions_tco2e, 9)::double as commitment_tco2e,  -- the same for what is committed; beside it, never added
    m.pcaf_option::varchar as pcaf_option,  -- 1a, 1b, 2a, 2b …; by the evidence for the emissions
    m.pcaf_score::double as pcaf_score,  -- 1 best, 5 weakest, by that option
    least(m.pcaf_score + f.quality_penalty, 5)::double as data_quality_score,  -- with the points that a split or share without a statement costs (rules/policy/attribution.yaml)
    m.factor_source::varchar as factor_source,  -- where an emission factor comes from
    m.period_end_date::date as emissions_end_date,  -- last day of the year of the emissions
    e.reporting_date::date as exposure_date,  -- day of the exposure
    (extract(year from m.period_end_date) <> extract(year from e.reporting_date))::boolean as has_other_year,  -- emissions and exposure are of different years
    (case when f.reason_code is not null then f.reason_code when m.emissions_tco2e is null then 'EMISSIONS_MISSING' end)::varchar as reason_code  -- why there is no figure, or what is doubtful; null = fine
from int_loans__financed_shares as f
inner join int_plants__emissions as m on f.plant_id = m.plant_id
inner join int_loans__exposure as e on f.portfolio_id = e.portfolio_id and f.loan_id = e.loan_id
