/*
description: >-
  Carbon lock-in behind each loan: committed emissions of the units it finances, and its financed part before and after the final maturity of the loan. What comes
  after maturity is no longer the bank's, and is emitted all the same.
grain: [portfolio_id, loan_id, plant_id, unit_id]
*/
with years as (
    select
        f.portfolio_id,
        f.loan_id,
        f.plant_id,
        l.unit_id,
        e.counterparty_name,
        f.sector,
        e.maturity_date,
        f.financed_ratio,
        l.process,
        l.decision_date,
        l.decision_basis,
        l.evidence,
        l.emissions_tco2e_per_year,
        l.remaining_years,
        l.committed_tco2e,
        l.committed_life_tco2e,
        coalesce(l.reason_code, f.reason_code, case when e.maturity_date is null then 'MATURITY_MISSING' end) as reason_code,
        case when e.maturity_date is null then null
            when e.maturity_date <= s.as_of_date then 0.0
            else least(
                date_diff('year', s.as_of_date, e.maturity_date)
                + (e.maturity_date - (s.as_of_date + date_diff('year', s.as_of_date, e.maturity_date) * interval 1 year)::date) / 365.25, l.remaining_years
            ) end as before_years  -- years counted as in int_plants__lock_in
    from int_loans__financed_shares as f
    inner join int_loans__exposure as e on f.portfolio_id = e.portfolio_id and f.loan_id = e.loan_id and e.exposure_state = 'ok'
    inner join int_plants__lock_in as l on f.plant_id = l.plant_id
    cross join ref_run__settings as s
)

select
    y.portfolio_id::varchar as portfolio_id,  -- portfolio
    y.loan_id::varchar as loan_id,  -- loan
    y.plant_id::varchar as plant_id,  -- plant
    y.unit_id::varchar as unit_id,  -- main unit; - = the plant has none on record
    p.plant_name::varchar as plant_name,  -- name of the plant
    y.counterparty_name::varchar as counterparty_name,  -- borrower as sent
    y.sector::varchar as sector,  -- sector of the plant
    y.process::varchar as process,  -- kiln, blast furnace, …
    y.maturity_date::date as maturity_date,  -- final maturity of the loan
    y.decision_date::date as decision_date,  -- next decision about the unit
    y.decision_basis::varchar as decision_basis,  -- retirement, campaign, campaign_assumed, life, beyond_life or unknown
    y.evidence::varchar as evidence,  -- evidence for the number of years
    y.emissions_tco2e_per_year::double as emissions_tco2e_per_year,  -- of the whole unit
    y.remaining_years::double as remaining_years,  -- to the next decision
    y.committed_tco2e::double as committed_tco2e,  -- of the whole unit to the next decision
    y.committed_life_tco2e::double as committed_life_tco2e,  -- of the whole unit to the end of its assumed life
    y.financed_ratio::double as financed_ratio,  -- part that the loan finances
    round(y.financed_ratio * y.emissions_tco2e_per_year * y.before_years, 3)::double as before_maturity_tco2e,  -- financed part until the loan matures
    round(y.financed_ratio * y.emissions_tco2e_per_year * (y.remaining_years - y.before_years), 3)::double as after_maturity_tco2e,  -- the same part after the loan has matured
    y.reason_code::varchar as reason_code  -- what is missing or doubtful; null = fine
from years as y
inner join stg_plants__plants as p on y.plant_id = p.plant_id
