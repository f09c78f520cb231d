/*
description: >-
  Financed emissions of each loan by scope with PCAF option and score (docs/method_portfolio.md).
grain: [portfolio_id, loan_id, scope]
*/
select
    p.portfolio_id::varchar as portfolio_id,  -- portfolio
    p.loan_id::varchar as loan_id,  -- loan
    p.scope::varchar as scope,  -- 1, 2 or another kind kept apart; never added
    l.counterparty_name::varchar as counterparty_name,  -- borrower as sent
    l.sector::varchar as sector,  -- sector of the loan, else the first of its plants' sectors; mart_portfolio__pcaf divides it
    l.exposure_usd::double as exposure_usd,  -- US dollars
    f.attribution_factor::double as attribution_factor,  -- outstanding over value, 0-1
    f.commitment_factor::double as commitment_factor,  -- the same for what is committed
    p.financed_tco2e::double as financed_tco2e,  -- t CO2e; null = not known
    p.commitment_tco2e::double as commitment_tco2e,  -- the same for what is committed; beside it, never added
    p.pcaf_option::varchar as pcaf_option,  -- option that the evidence allows
    p.pcaf_score::double as pcaf_score,  -- 1 best, 5 weakest
    p.data_quality_score::double as data_quality_score,  -- with the points that assumptions of ours cost
    p.figure_state::varchar as figure_state,  -- whole, part or none
    p.reason_code::varchar as reason_code,  -- what is missing or doubtful
    p.emissions_end_date::date as emissions_end_date,  -- last day of the year of the emissions
    p.has_other_year::boolean as has_other_year  -- emissions and exposure are of different years
from int_loans__pcaf as p
inner join mart_portfolio__loans as l on p.portfolio_id = l.portfolio_id and p.loan_id = l.loan_id
inner join int_loans__attribution_factors as f on p.portfolio_id = f.portfolio_id and p.loan_id = f.loan_id
where l.is_in_scope
