/*
description: >-
  Exposure to each company of a book by sector, and its weight in the whole book, all sectors together.
grain: [portfolio_id, company_id, sector]
*/
with summed as (
    select portfolio_id, company_id, sector, sum(weight_amount::decimal(28, 6))::double as exposure_amount
    from int_alignment__book
    where weight_amount is not null
    group by portfolio_id, company_id, sector
)

select
    portfolio_id::varchar as portfolio_id,  -- portfolio
    company_id::varchar as company_id,  -- company
    sector::varchar as sector,  -- sector
    exposure_amount::double as exposure_amount,  -- in the book's currency
    (exposure_amount / nullif(sum(exposure_amount::decimal(28, 6)) over (partition by portfolio_id), 0))::double as exposure_weight_ratio  -- part of the book
from summed
