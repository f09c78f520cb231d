/*
description: >-
  Reviewed pairs of loan and plant: accepted or rejected, by whom, when and why, and what was decided on. Of several decisions on one pair the latest counts;
  two different ones of the same day say `contradictory`.
grain: [portfolio_id, loan_id, plant_id]
*/
with ranked as (
    select
        *,
        coalesce(nullif(trim(portfolio_id), ''), '*') as known_portfolio_id,
        dense_rank() over (partition by coalesce(nullif(trim(portfolio_id), ''), '*'), trim(loan_id), trim(plant_id) order by decided_on desc) as age_rank
    from raw_bank__match_decisions
)

select
    known_portfolio_id::varchar as portfolio_id,  -- portfolio; '*' = every portfolio with this loan id
    trim(loan_id)::varchar as loan_id,  -- loan
    trim(plant_id)::varchar as plant_id,  -- plant
    (case when min(decision) = max(decision) then min(decision) else 'contradictory' end)::varchar as decision,  -- accepted, rejected or contradictory
    min(decided_by)::varchar as decided_by,  -- who
    max(decided_on)::date as decided_on,  -- when
    min(reason)::varchar as reason,  -- why
    min(trim(fingerprint))::varchar as fingerprint,  -- of the names and facts that were decided on
    min(source_file_id)::varchar as source_file_id,  -- sha256 of the received file
    min(source_row_number)::bigint as source_row_number  -- row in that file
from ranked
where age_rank = 1
group by known_portfolio_id, trim(loan_id), trim(plant_id)
