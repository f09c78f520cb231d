/*
description: >-
  Attribution factor of each loan after PCAF: outstanding over the value of what is financed. Project finance: equity and debt of the project, where the loan
  states them; else the value of the borrower (int_counterparties__accounts); else that of the nearest owner with accounts. All loans on one value together never
  count for more than the whole of it: where they are worth more, or the value is not above zero, they share it (is_capped). Drawn and committed apart.
grain: [portfolio_id, loan_id]
*/
with companies as (
    select portfolio_id, loan_id, min(company_id) as company_id
    from int_loans__attribution
    group by portfolio_id, loan_id
),

loans as (
    select
        e.portfolio_id,
        e.loan_id,
        e.reporting_date,
        coalesce(c.company_id, e.counterparty_id) as company_id,
        case when e.exposure_basis = 'outstanding' then e.exposure_usd end as drawn_usd,
        e.commitment_usd,
        e.exposure_state,
        e.reason_code,
        case when e.facility_type = 'project_finance' then ((greatest(e.project_equity_amount, 0) + e.project_debt_amount) / e.fx_rate)::decimal(20, 2) end as project_value_usd,
        e.fx_rate as project_fx_rate,
        e.fx_rate_date as project_fx_rate_date
    from int_loans__exposure as e
    left join companies as c on e.portfolio_id = c.portfolio_id and e.loan_id = c.loan_id
),

-- companies whose own accounts give no value: the nearest owner that has one
without_value as (
    select distinct l.company_id
    from loans as l
    left join int_counterparties__accounts as a on l.company_id = a.counterparty_id
    where l.company_id is not null and a.value_usd is null
),

of_parents as (
    select w.company_id, u.owner_id, row_number() over (partition by w.company_id order by u.depth, u.share_ratio desc, u.owner_id) as choice
    from without_value as w
    inner join int_ownership__chains as u on w.company_id = u.reached_id and not u.has_refused_share
    inner join int_counterparties__accounts as a on u.owner_id = a.counterparty_id
    where a.value_usd is not null
),

valued as (
    select
        l.*,
        case when l.project_value_usd is not null then 'project' when p.owner_id is not null then 'parent' when a.counterparty_id is not null then 'company' end as value_level,
        case when l.project_value_usd is not null then 'loan:' || l.portfolio_id || '/' || l.loan_id else coalesce(p.owner_id, a.counterparty_id) end as value_holder_id,
        case when l.project_value_usd is not null then 'equity_and_debt' else coalesce(b.value_basis, a.value_basis) end as value_basis,
        case when l.project_value_usd is not null then l.project_value_usd else coalesce(b.value_usd, a.value_usd) end as value_usd,
        case when l.project_value_usd is not null then l.reporting_date else coalesce(b.accounts_date, a.accounts_date) end as value_date,
        case when l.project_value_usd is not null then l.project_fx_rate else coalesce(b.fx_rate, a.fx_rate) end as value_fx_rate,
        case when l.project_value_usd is not null then l.project_fx_rate_date else coalesce(b.fx_rate_date, a.fx_rate_date) end as value_fx_rate_date,
        case when l.project_value_usd is not null then false else coalesce(b.is_equity_negative, a.is_equity_negative, false) end as is_equity_negative,
        a.reason_code as accounts_reason_code
    from loans as l
    left join int_counterparties__accounts as a on l.company_id = a.counterparty_id
    left join of_parents as p on l.company_id = p.company_id and p.choice = 1
    left join int_counterparties__accounts as b on p.owner_id = b.counterparty_id
),

held as (
    select
        *,
        sum(case when exposure_state = 'ok' and value_usd is not null then drawn_usd else 0 end) over (partition by value_holder_id) as holder_drawn_usd,
        sum(case when exposure_state = 'ok' and value_usd is not null then commitment_usd else 0 end) over (partition by value_holder_id) as holder_commitment_usd
    from valued
)

select
    portfolio_id::varchar as portfolio_id,  -- portfolio
    loan_id::varchar as loan_id,  -- loan
    company_id::varchar as company_id,  -- company whose plants the loan finances; null = borrower without an id
    value_level::varchar as value_level,  -- project, company or parent; null = no value known
    value_holder_id::varchar as value_holder_id,  -- whose value it is
    value_basis::varchar as value_basis,  -- evic, equity_and_debt or total_assets
    value_usd::decimal(20, 2) as value_usd,  -- denominator, US dollars
    value_date::date as value_date,  -- balance-sheet day
    value_fx_rate::double as value_fx_rate,  -- rate it was converted with
    value_fx_rate_date::date as value_fx_rate_date,  -- date of that rate
    (extract(year from value_date) <> extract(year from reporting_date))::boolean as has_other_year,  -- the accounts are of another year than the exposure
    drawn_usd::decimal(20, 2) as drawn_usd,  -- outstanding, US dollars; null where the book knows commitments only
    commitment_usd::decimal(20, 2) as commitment_usd,  -- drawn and undrawn, US dollars
    (case when exposure_state = 'ok' and value_usd is not null then drawn_usd::double / nullif(value_usd::double, 0) end)::double as uncapped_factor,  -- outstanding over value as it comes
    (case when exposure_state = 'ok' and value_usd is not null then coalesce(drawn_usd::double / nullif(greatest(value_usd, holder_drawn_usd)::double, 0), case when drawn_usd = 0 then 0 end) end)::double as attribution_factor,  -- 0-1; null = not known
    (case when exposure_state = 'ok' and value_usd is not null then coalesce(commitment_usd::double / nullif(greatest(value_usd, holder_commitment_usd)::double, 0), case when commitment_usd = 0 then 0 end) end)::double as commitment_factor,  -- the same for what is committed; beside it, never added
    (exposure_state = 'ok' and coalesce(holder_drawn_usd > value_usd, false))::boolean as is_capped,  -- all loans on this value are worth more than it
    is_equity_negative::boolean as is_equity_negative,  -- equity below zero was counted as nothing
    (case
        when exposure_state <> 'ok' then reason_code
        when value_usd is null then coalesce(accounts_reason_code, 'ACCOUNTS_MISSING')
        when value_usd <= 0 then 'VALUE_NOT_POSITIVE'
        when drawn_usd is null then 'ONLY_COMMITMENT_KNOWN' end)::varchar as reason_code  -- why the factor is missing or taken as the whole; null = fine
from held
