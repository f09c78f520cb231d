/*
description: >-
  Borrowers of each portfolio with the exposure in scope of their loans, by class of the plants behind it.
grain: [portfolio_id, borrower_id]
*/
with plants as (
    select l.portfolio_id, l.borrower_id, count(distinct a.plant_id) as plant_count
    from mart_portfolio__loans as l
    inner join int_loans__attribution as a on l.portfolio_id = a.portfolio_id and l.loan_id = a.loan_id
    group by l.portfolio_id, l.borrower_id
)

select
    l.portfolio_id::varchar as portfolio_id,  -- portfolio
    l.borrower_id::varchar as borrower_id,  -- borrower; 'name: …' where the bank sent no id
    min(l.counterparty_name)::varchar as counterparty_name,  -- as sent; the first in the alphabet where several
    count(*)::bigint as loan_count,  -- loans in the book, closed ones included
    sum(case when l.is_in_scope then 1 else 0 end)::bigint as scope_loan_count,  -- loans that count in the headline
    sum(case when l.exposure_state = 'error' then 1 else 0 end)::bigint as error_loan_count,  -- loans whose amount could not be computed
    coalesce(min(p.plant_count), 0)::bigint as plant_count,  -- plants behind them, each once
    sum(case when l.is_in_scope then l.exposure_usd else 0 end)::double as exposure_usd,  -- US dollars, in scope
    sum(case when l.is_in_scope then l.green_usd::decimal(20, 2) else 0 end)::double as green_usd,  -- behind green plants
    sum(case when l.is_in_scope then l.transition_usd::decimal(20, 2) else 0 end)::double as transition_usd,  -- behind transition plants
    sum(case when l.is_in_scope then l.not_green_usd::decimal(20, 2) else 0 end)::double as not_green_usd,  -- behind plants that are not green
    sum(case when l.is_in_scope then l.unknown_usd::decimal(20, 2) else 0 end)::double as unknown_usd,  -- behind plants whose class is unknown
    sum(case when l.is_in_scope then l.unmatched_usd::decimal(20, 2) else 0 end)::double as unmatched_usd  -- behind no known plant
from mart_portfolio__loans as l
left join plants as p on l.portfolio_id = p.portfolio_id and l.borrower_id = p.borrower_id
group by l.portfolio_id, l.borrower_id
