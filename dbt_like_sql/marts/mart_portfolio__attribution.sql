/*
description: >-
  Every loan and plant with the way it is attributed: owned share, value and its date, currency and rate, attribution factor as it comes and as it counts,
  financed part and capacity. What is drawn and what is committed stand side by side.
grain: [portfolio_id, loan_id, plant_id]
*/
select
    s.portfolio_id::varchar as portfolio_id,  -- portfolio
    s.loan_id::varchar as loan_id,  -- loan
    s.plant_id::varchar as plant_id,  -- plant
    p.plant_name::varchar as plant_name,  -- its name
    s.sector::varchar as sector,  -- sector of the plant
    e.counterparty_name::varchar as counterparty_name,  -- borrower as sent
    s.company_id::varchar as company_id,  -- company whose holdings lead to the plant
    a.match_method::varchar as match_method,  -- link, decision, owner, lei, national_id, name or parent
    a.allocation_method::varchar as allocation_method,  -- stated, single, capacity, equal or sectors
    a.allocation_ratio::double as allocation_ratio,  -- part of the loan
    a.exposure_usd::double as exposure_usd,  -- exposure behind the plant, US dollars
    a.commitment_usd::double as commitment_usd,  -- drawn and undrawn; beside the exposure, never added
    s.ownership_ratio::double as ownership_ratio,  -- owned share of the plant
    a.has_unknown_share::boolean as has_unknown_share,  -- a share on the way is unknown
    a.has_circle::boolean as has_circle,  -- the way passes through a circle of companies
    a.has_owner_change::boolean as has_owner_change,  -- an owner changed within the window; the owners of the day of the run count
    f.value_level::varchar as value_level,  -- project, company or parent
    f.value_basis::varchar as value_basis,  -- evic, equity_and_debt or total_assets
    f.value_usd::double as value_usd,  -- denominator, US dollars
    f.value_date::date as value_date,  -- balance-sheet day
    f.value_fx_rate::double as value_fx_rate,  -- rate it was converted with
    f.has_other_year::boolean as has_other_year,  -- accounts and exposure are of different years
    f.uncapped_factor::double as uncapped_factor,  -- outstanding over value as it comes
    f.attribution_factor::double as attribution_factor,  -- as it counts, 0-1
    f.commitment_factor::double as commitment_factor,  -- the same for what is committed
    s.financed_ratio::double as financed_ratio,  -- part of the plant that the loan finances
    s.commitment_ratio::double as commitment_ratio,  -- the same for what is committed
    round(s.financed_ratio * p.capacity_t_per_year, 6)::double as financed_capacity_t_per_year,  -- attributed capacity; adds up within a sector only
    round(s.commitment_ratio * p.capacity_t_per_year, 6)::double as commitment_capacity_t_per_year,  -- the same for what is committed
    (s.is_capped or s.is_plant_capped)::boolean as is_capped,  -- the loans together would count for more than the value or the plant
    f.is_equity_negative::boolean as is_equity_negative,  -- equity below zero was counted as nothing
    s.quality_penalty::double as quality_penalty,  -- points of data quality that assumptions cost
    s.reason_code::varchar as reason_code  -- what is missing or doubtful; null = fine
from int_loans__financed_shares as s
inner join int_loans__attribution as a on s.portfolio_id = a.portfolio_id and s.loan_id = a.loan_id and s.plant_id = a.plant_id
inner join int_loans__attribution_factors as f on s.portfolio_id = f.portfolio_id and s.loan_id = f.loan_id
inner join int_loans__exposure as e on s.portfolio_id = e.portfolio_id and s.loan_id = e.loan_id
inner join stg_plants__plants as p on s.plant_id = p.plant_id
