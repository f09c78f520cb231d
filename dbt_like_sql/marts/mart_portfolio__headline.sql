/*
description: >-
  Headline of each portfolio and sector: green share of what was assessed, coverage, and the range if every unknown failed or passed.
  assessed = green / (green + transition + not green); coverage = assessed / scope; lower = green / scope; upper = (green + unknown + unmatched) / scope (F1).
  A loan over several sectors counts in each with its part (mart_portfolio__loan_sectors): amounts of the sectors add up to those of all, numbers of loans need not.
grain: [portfolio_id, sector]
*/
with split as (
    select portfolio_id, sector, loan_id, is_in_scope, exposure_state, exposure_basis, exposure_usd, undrawn_usd, green_usd, transition_usd, not_green_usd, unknown_usd, unmatched_usd
    from mart_portfolio__loan_sectors
    union all
    select portfolio_id, 'all' as sector, loan_id, is_in_scope, exposure_state, exposure_basis, exposure_usd, undrawn_usd, green_usd, transition_usd, not_green_usd, unknown_usd, unmatched_usd
    from mart_portfolio__loans
),

sums as (
    select
        portfolio_id,
        sector,
        count(*) as loan_count,
        count(case when is_in_scope then 1 end) as scope_loan_count,
        count(case when exposure_state = 'error' then 1 end) as error_loan_count,
        count(case when exposure_state = 'closed' then 1 end) as closed_loan_count,
        coalesce(sum(case when is_in_scope then exposure_usd end), 0) as exposure_usd,
        sum(case when is_in_scope then green_usd::decimal(20, 2) else 0 end)::double as green_usd,
        sum(case when is_in_scope then transition_usd::decimal(20, 2) else 0 end)::double as transition_usd,
        sum(case when is_in_scope then not_green_usd::decimal(20, 2) else 0 end)::double as not_green_usd,
        sum(case when is_in_scope then unknown_usd::decimal(20, 2) else 0 end)::double as unknown_usd,
        sum(case when is_in_scope then unmatched_usd::decimal(20, 2) else 0 end)::double as unmatched_usd,
        coalesce(sum(case when exposure_state = 'ok' and not is_in_scope then exposure_usd end), 0) as out_of_scope_usd,
        coalesce(sum(case when is_in_scope then undrawn_usd end), 0) as undrawn_usd,
        count(case when is_in_scope and exposure_basis = 'commitment' then 1 end) as commitment_count,
        count(case when is_in_scope and exposure_basis = 'outstanding' then 1 end) as outstanding_count
    from split
    group by portfolio_id, sector
),

plants as (
    select a.portfolio_id, a.sector, count(distinct a.plant_id) as plant_count
    from int_loans__attribution as a
    group by a.portfolio_id, a.sector
    union all
    select a.portfolio_id, 'all' as sector, count(distinct a.plant_id) as plant_count
    from int_loans__attribution as a
    group by a.portfolio_id
)

select
    s.portfolio_id::varchar as portfolio_id,  -- portfolio
    s.sector::varchar as sector,  -- cement, steel, flat_glass, other, unknown; all = the whole portfolio
    s.loan_count::bigint as loan_count,  -- loans in the book; of a sector those with a part in it
    s.scope_loan_count::bigint as scope_loan_count,  -- loans that count in the headline
    s.error_loan_count::bigint as error_loan_count,  -- loans whose exposure could not be computed
    s.closed_loan_count::bigint as closed_loan_count,  -- repaid or written off
    coalesce(p.plant_count, 0)::bigint as plant_count,  -- plants behind the loans, each once
    round(s.exposure_usd, 2)::double as exposure_usd,  -- scope, US dollars
    round(s.green_usd, 2)::double as green_usd,  -- behind green plants
    round(s.transition_usd, 2)::double as transition_usd,  -- behind transition plants
    round(s.not_green_usd, 2)::double as not_green_usd,  -- behind plants that are not green
    round(s.unknown_usd, 2)::double as unknown_usd,  -- matched, class unknown
    round(s.unmatched_usd, 2)::double as unmatched_usd,  -- no plant known
    (s.green_usd / nullif(s.green_usd + s.transition_usd + s.not_green_usd, 0))::double as assessed_rate_ratio,  -- green over assessed; null = not assessable
    ((s.green_usd + s.transition_usd + s.not_green_usd) / nullif(s.exposure_usd, 0))::double as coverage_ratio,  -- assessed over scope
    (s.green_usd / nullif(s.exposure_usd, 0))::double as lower_ratio,  -- green share if every unknown failed
    ((s.green_usd + s.unknown_usd + s.unmatched_usd) / nullif(s.exposure_usd, 0))::double as upper_ratio,  -- green share if every unknown passed
    round(s.out_of_scope_usd, 2)::double as out_of_scope_usd,  -- other sectors, outside the headline
    round(s.undrawn_usd, 2)::double as undrawn_usd,  -- undrawn commitments of the scope, never added
    (case when s.commitment_count > 0 and s.outstanding_count > 0 then 'mixed' when s.commitment_count > 0 then 'commitment'
        when s.outstanding_count > 0 then 'outstanding' end)::varchar as exposure_basis  -- what the exposure is made of; null = none in scope
from sums as s
left join plants as p on s.portfolio_id = p.portfolio_id and s.sector = p.sector
