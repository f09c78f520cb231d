/*
description: >-
  Every pair of loan and plant that was matched, proposed, accepted or rejected, with the fingerprint that a decision on it must carry, and decisions whose loan or
  plant is not there any more. Copy a row's ids and fingerprint into `match_decisions` to decide on it.
grain: [portfolio_id, loan_id, plant_id]
*/
with pairs as (
    select m.portfolio_id, m.loan_id, m.plant_id, m.match_method, m.match_score, m.match_reason, m.is_match, m.fingerprint, m.decision_state, m.decided_by, m.decided_on
    from raw_matching__links as m
),

newest_loans as (
    select portfolio_id, loan_id, max(reporting_date) as reporting_date
    from stg_bank__loans
    group by portfolio_id, loan_id
),

orphans as (
    select d.portfolio_id, d.loan_id, d.plant_id, d.decided_by, d.decided_on, d.decision, d.reason
    from stg_bank__match_decisions as d
    left join pairs as p on d.loan_id = p.loan_id and d.plant_id = p.plant_id and (d.portfolio_id = p.portfolio_id or d.portfolio_id = '*')
    where p.loan_id is null
),

every_row as (
    select
        portfolio_id, loan_id, plant_id, match_method, match_score, match_reason, fingerprint, decided_by, decided_on,
        case when decision_state is not null then decision_state when is_match then 'matched' else 'candidate' end as review_state
    from pairs
    union all
    select
        portfolio_id, loan_id, plant_id, 'decision' as match_method, null::double as match_score,
        decision || ' by ' || decided_by || ': ' || reason as match_reason, null::varchar as fingerprint, decided_by, decided_on, 'not_used' as review_state
    from orphans
)

select
    r.portfolio_id::varchar as portfolio_id,  -- portfolio; '*' = a decision for every portfolio that met no pair
    r.loan_id::varchar as loan_id,  -- loan
    e.project_name::varchar as project_name,  -- project or purpose as sent
    e.counterparty_name::varchar as counterparty_name,  -- borrower as sent
    e.country_iso3::varchar as country_iso3,  -- country of the activity
    r.plant_id::varchar as plant_id,  -- plant
    p.plant_name::varchar as plant_name,  -- its name; null = not in the register
    p.owner_name::varchar as owner_name,  -- its owner
    r.review_state::varchar as review_state,  -- matched, candidate, accepted, rejected, reopened or not_used (no such pair in this run)
    r.match_method::varchar as match_method,  -- link, decision, owner, lei, national_id or name
    r.match_score::double as match_score,  -- 0-1
    r.match_reason::varchar as match_reason,  -- in words
    r.decided_by::varchar as decided_by,  -- who decided; null = nobody yet
    r.decided_on::date as decided_on,  -- when
    r.fingerprint::varchar as fingerprint  -- of the names and the register's entry, for match_decisions
from every_row as r
left join newest_loans as n on r.portfolio_id = n.portfolio_id and r.loan_id = n.loan_id
left join stg_bank__loans as e on n.portfolio_id = e.portfolio_id and n.loan_id = e.loan_id and n.reporting_date = e.reporting_date
left join stg_plants__plants as p on r.plant_id = p.plant_id
