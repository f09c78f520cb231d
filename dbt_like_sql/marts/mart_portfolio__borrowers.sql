/*
description: >-
  Borrowers of each portfolio: their loans added up with the same split and the same four figures as the headline (F1), and the findings that bind
  the plants behind them, each once however many loans lead there. Findings of a plant that several borrowers share stand with each of them.
grain: [portfolio_id, borrower_id]
*/
with booked as (
    select
        portfolio_id,
        borrower_id,
        min(counterparty_name) as borrower_name,
        count(*) as loan_count,
        count(case when is_in_scope then 1 end) as scope_loan_count,
        count(case when exposure_state = 'error' then 1 end) as error_loan_count,
        count(case when exposure_state = 'closed' then 1 end) as closed_loan_count,
        coalesce(sum(case when is_in_scope then exposure_usd end), 0) as exposure_usd,
        coalesce(sum(case when is_in_scope then undrawn_usd end), 0) as undrawn_usd,
        coalesce(sum(case when exposure_state = 'ok' and not is_in_scope then exposure_usd end), 0) as out_of_scope_usd,
        sum(case when is_in_scope then green_usd::decimal(20, 2) else 0 end)::double as green_usd,
        sum(case when is_in_scope then transition_usd::decimal(20, 2) else 0 end)::double as transition_usd,
        sum(case when is_in_scope then not_green_usd::decimal(20, 2) else 0 end)::double as not_green_usd,
        sum(case when is_in_scope then unknown_usd::decimal(20, 2) else 0 end)::double as unknown_usd,
        sum(case when is_in_scope then unmatched_usd::decimal(20, 2) else 0 end)::double as unmatched_usd
    from mart_portfolio__loans
    group by portfolio_id, borrower_id
),

financed as (
    select distinct l.portfolio_id, l.borrower_id, a.plant_id
    from mart_portfolio__loans as l
    inner join int_loans__attribution as a on l.portfolio_id = a.portfolio_id and l.loan_id = a.loan_id
),

behind as (
    select
        b.portfolio_id,
        b.borrower_id,
        count(distinct b.plant_id) as plant_count,
        count(f.finding_id) as binding_finding_count,
        count(case when f.state = 'WAIVED' then 1 end) as waived_finding_count,
        count(case when f.escalation_level > 0 then 1 end) as overdue_finding_count,
        min(case when f.state <> 'WAIVED' and not coalesce(f.is_waiting, false) then f.cure_end_date end) as next_cure_end_date
    from financed as b
    left join mart_findings__register as f
        on b.plant_id = f.plant_id and f.standing = 'binding' and f.state not like 'CLOSED%' and f.state <> 'FALSE_POSITIVE'
    group by b.portfolio_id, b.borrower_id
)

select
    b.portfolio_id::varchar as portfolio_id,  -- portfolio
    b.borrower_id::varchar as borrower_id,  -- borrower; 'name: …' where the bank sent no id
    b.borrower_name::varchar as borrower_name,  -- name as sent
    b.loan_count::bigint as loan_count,  -- loans in the book
    b.scope_loan_count::bigint as scope_loan_count,  -- loans that count in the headline
    b.error_loan_count::bigint as error_loan_count,  -- loans whose exposure could not be computed
    b.closed_loan_count::bigint as closed_loan_count,  -- repaid or written off
    coalesce(f.plant_count, 0)::bigint as plant_count,  -- plants behind the loans, each once
    round(b.exposure_usd, 2)::double as exposure_usd,  -- scope, US dollars
    round(b.green_usd, 2)::double as green_usd,  -- behind green plants, US dollars
    round(b.transition_usd, 2)::double as transition_usd,  -- behind transition plants, US dollars
    round(b.not_green_usd, 2)::double as not_green_usd,  -- behind plants that are not green, US dollars
    round(b.unknown_usd, 2)::double as unknown_usd,  -- matched, class unknown, US dollars
    round(b.unmatched_usd, 2)::double as unmatched_usd,  -- no plant known, US dollars
    (b.green_usd / nullif(b.green_usd + b.transition_usd + b.not_green_usd, 0))::double as assessed_rate_ratio,  -- green over assessed; null = not assessable
    ((b.green_usd + b.transition_usd + b.not_green_usd) / nullif(b.exposure_usd, 0))::double as coverage_ratio,  -- assessed over scope
    (b.green_usd / nullif(b.exposure_usd, 0))::double as lower_ratio,  -- green share if every unknown failed
    ((b.green_usd + b.unknown_usd + b.unmatched_usd) / nullif(b.exposure_usd, 0))::double as upper_ratio,  -- green share if every unknown passed
    round(b.out_of_scope_usd, 2)::double as out_of_scope_usd,  -- other sectors, outside the headline, US dollars
    round(b.undrawn_usd, 2)::double as undrawn_usd,  -- undrawn commitments of the scope, US dollars, never added
    coalesce(f.binding_finding_count, 0)::bigint as binding_finding_count,  -- findings that bind the plants behind, not closed, those under waiver included
    coalesce(f.waived_finding_count, 0)::bigint as waived_finding_count,  -- of them under a waiver
    coalesce(f.overdue_finding_count, 0)::bigint as overdue_finding_count,  -- of them past their cure period
    f.next_cure_end_date::date as next_cure_end_date  -- earliest last day of a cure period among those without a waiver and not mended yet, past or to come; null = none
from booked as b
left join behind as f on b.portfolio_id = f.portfolio_id and b.borrower_id = f.borrower_id
