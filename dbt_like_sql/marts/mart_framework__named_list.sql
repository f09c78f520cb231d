/*
description: >-
  Signal for the list of clients managed by name and for disbursement, per loan (view named_list of rules/frameworks): the worst line that is true of a plant
  behind the loan. A signal for a person to decide on.
grain: [framework_id, portfolio_id, loan_id]
*/
with true_lines as (
    select distinct l.framework_id, l.line_id, l.line_no, l.title, l.state, l.state_rank, l.edition, l.evidence, a.portfolio_id, a.loan_id, a.plant_id
    from int_frameworks__lines as l
    inner join ref_rules__framework_words as w on l.framework_id = w.framework_id and l.line_id = w.line_id and w.part = 'when'
    inner join int_plants__facts as f on w.word = f.fact
    inner join int_loans__attribution as a on f.plant_id = a.plant_id
    where l.view = 'named_list'
),

worst as (
    select *, min(state_rank) over (partition by framework_id, portfolio_id, loan_id) as worst_rank
    from true_lines
),

signals as (
    select
        framework_id,
        portfolio_id,
        loan_id,
        min(edition) as edition,
        min(evidence) as evidence,
        min(state) as state,
        string_agg(distinct title, '; ' order by title) as reasons,
        string_agg(distinct plant_id, ', ' order by plant_id) as plant_ids
    from worst
    where state_rank = worst_rank
    group by framework_id, portfolio_id, loan_id
)

select
    g.framework_id::varchar as framework_id,  -- framework
    g.portfolio_id::varchar as portfolio_id,  -- portfolio
    g.loan_id::varchar as loan_id,  -- loan
    g.edition::varchar as edition,  -- edition in force
    g.evidence::varchar as evidence,  -- evidence for the mapping
    l.counterparty_name::varchar as counterparty_name,  -- borrower
    l.exposure_usd::decimal(20, 2) as exposure_usd,  -- US dollars
    l.undrawn_usd::decimal(20, 2) as undrawn_usd,  -- US dollars that a hold would keep back; null = not reported
    g.state::varchar as esg_risk_class,  -- hold, named, watch or clear
    (g.state in ('hold', 'named'))::boolean as is_on_named_list,  -- belongs on the list
    (g.state = 'hold')::boolean as has_disbursement_hold,  -- undrawn money should wait
    g.reasons::varchar as reasons,  -- lines that give the class
    g.plant_ids::varchar as plant_ids  -- plants they are about
from signals as g
inner join mart_portfolio__loans as l on g.portfolio_id = l.portfolio_id and g.loan_id = l.loan_id
where l.exposure_state <> 'closed'
