/*
description: >-
  Plants that a loan leads to over refused holdings: more than 100.01 % is held in the plant itself, or in a company on the way from the borrower, or from its
  owner of more than half, to the plant. Whichever way leads there (link, holding, name), that part of the loan stays without a plant.
grain: [portfolio_id, loan_id, plant_id]
*/
with named as (
    select e.portfolio_id, e.loan_id, k.plant_id
    from int_loans__exposure as e
    inner join stg_bank__loan_plant_links as k on e.loan_id = k.loan_id and (k.portfolio_id = e.portfolio_id or k.portfolio_id = '*')
    union
    select portfolio_id, loan_id, plant_id
    from raw_matching__links
    where is_match
),

ways as (
    select n.portfolio_id, n.loan_id, n.plant_id, 0 as is_of_parent
    from named as n
    inner join int_ownership__holdings as h on n.plant_id = h.owned_id
    where h.is_refused
    union all
    select e.portfolio_id, e.loan_id, c.reached_id as plant_id, 0 as is_of_parent
    from int_loans__exposure as e
    inner join int_ownership__chains as c on e.counterparty_id = c.owner_id
    where c.has_refused_share
    union all
    select e.portfolio_id, e.loan_id, c.reached_id as plant_id, 1 as is_of_parent
    from int_loans__exposure as e
    inner join int_ownership__chains as u on e.counterparty_id = u.reached_id and u.share_ratio > 0.5
    inner join int_ownership__chains as c on u.owner_id = c.owner_id
    where u.has_refused_share or c.has_refused_share
)

select
    w.portfolio_id::varchar as portfolio_id,  -- portfolio
    w.loan_id::varchar as loan_id,  -- loan
    w.plant_id::varchar as plant_id,  -- plant
    (min(w.is_of_parent) = 1)::boolean as is_of_parent  -- only by way of the borrower's owner: counts where the borrower leads to no plant itself
from ways as w
inner join stg_plants__plants as p on w.plant_id = p.plant_id
group by w.portfolio_id, w.loan_id, w.plant_id
