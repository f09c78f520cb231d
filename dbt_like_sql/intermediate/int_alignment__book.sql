/*
description: >-
  What each loan puts behind each sector: its exposure attributed to plants of the sector.
grain: [portfolio_id, loan_id, sector]
*/
select
    portfolio_id::varchar as portfolio_id,  -- portfolio
    loan_id::varchar as loan_id,  -- loan
    company_id::varchar as company_id,  -- borrower
    sector::varchar as sector,  -- sector
    sum(exposure_usd::decimal(28, 6))::double as weight_amount  -- US dollars; null = not known
from int_alignment__borrowers
group by portfolio_id, loan_id, company_id, sector
