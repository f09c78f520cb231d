/*
description: >-
  Who stands behind a loan in alignment figures: the borrower by id, else by name, and the plants its loans lead to.
grain: [portfolio_id, loan_id, plant_id]
*/
select
    a.portfolio_id::varchar as portfolio_id,  -- portfolio
    a.loan_id::varchar as loan_id,  -- loan
    a.plant_id::varchar as plant_id,  -- plant
    p.sector::varchar as sector,  -- sector of the plant
    coalesce(e.counterparty_id, 'name: ' || e.counterparty_name)::varchar as company_id,  -- borrower's id, else its name
    e.counterparty_name::varchar as company_name,  -- borrower as sent
    a.exposure_usd::double as exposure_usd  -- US dollars; null = not known
from int_loans__attribution as a
inner join int_loans__exposure as e on a.portfolio_id = e.portfolio_id and a.loan_id = e.loan_id
inner join stg_plants__plants as p on a.plant_id = p.plant_id
where e.exposure_state = 'ok'
