/*
description: >-
  The loans of each portfolio with exposure, match and the class of what they finance.
grain: [portfolio_id, loan_id]
*/
with matched as (
    select
        a.portfolio_id,
        a.loan_id,
        count(*) as plant_count,
        min(a.match_method) as match_method,
        min(a.match_score) as match_score,
        min(a.match_reason) as match_reason,
        min(a.sector) as plant_sector,
        bool_or(a.has_circle) as has_circle,
        bool_or(a.has_unknown_share) as has_unknown_share,
        bool_or(a.has_owner_change) as has_owner_change,
        sum(case when c.plant_class = 'green' then a.exposure_usd else 0 end) as green_usd,
        sum(case when c.plant_class = 'transition' then a.exposure_usd else 0 end) as transition_usd,
        sum(case when c.plant_class = 'not_green' then a.exposure_usd else 0 end) as not_green_usd,
        sum(case when c.plant_class = 'unknown' then a.exposure_usd else 0 end) as unknown_usd
    from int_loans__attribution as a
    inner join int_plants__class as c on a.plant_id = c.plant_id
    group by a.portfolio_id, a.loan_id
),

refused as (
    select portfolio_id, loan_id, min(case when is_of_parent then 1 else 0 end) = 1 as is_of_parent
    from int_loans__refused_plants
    group by portfolio_id, loan_id
),

reasons as (
    select portfolio_id, loan_id, min(reason_code) as reason_code, min(reason) as reason, min(best_candidate) as best_candidate
    from raw_matching__unmatched
    group by portfolio_id, loan_id
)

select
    e.portfolio_id::varchar as portfolio_id,  -- portfolio
    e.loan_id::varchar as loan_id,  -- loan
    coalesce(e.counterparty_id, 'name: ' || coalesce(e.counterparty_name, '-'))::varchar as borrower_id,  -- borrower; 'name: …' where the bank sent no id
    e.counterparty_name::varchar as counterparty_name,  -- borrower as sent
    e.lender_name::varchar as lender_name,  -- lender as sent
    (case when e.sector in ('cement', 'steel', 'flat_glass') then e.sector else coalesce(m.plant_sector, e.sector, 'unknown') end)::varchar as sector,  -- sector of the loan, else the first of its plants' sectors; its part in each stands in mart_portfolio__loan_sectors
    e.country_iso3::varchar as country_iso3,  -- country of the activity
    e.status::varchar as status,  -- active, repaid, written_off or pipeline
    e.currency_code::varchar as currency_code,  -- loan currency
    e.exposure_amount::decimal(20, 2) as exposure_amount,  -- loan currency
    e.exposure_basis::varchar as exposure_basis,  -- outstanding or commitment
    e.exposure_usd::decimal(20, 2) as exposure_usd,  -- US dollars
    e.undrawn_usd::decimal(20, 2) as undrawn_usd,  -- US dollars
    e.commitment_usd::decimal(20, 2) as commitment_usd,  -- drawn and undrawn, US dollars; beside the exposure, never added to it
    e.fx_rate::double as fx_rate,  -- local currency for one US dollar
    e.fx_rate_date::date as fx_rate_date,  -- date of the rate
    e.fx_rate_source::varchar as fx_rate_source,  -- who published it
    e.exposure_state::varchar as exposure_state,  -- ok, error or closed
    (case when e.reason_code is not null then e.reason_code when m.loan_id is null and f.loan_id is not null then 'OWNERSHIP_SHARES_OVER_WHOLE'
        when m.loan_id is null then coalesce(r.reason_code, 'NO_MATCH') end)::varchar as reason_code,  -- why it has no exposure or no plant; null = fine
    r.reason::varchar as unmatched_reason,  -- in words
    r.best_candidate::varchar as best_candidate,  -- nearest plant below the cut-off
    (case when f.loan_id is not null and (m.loan_id is null or not f.is_of_parent) then 'shares_over_whole' when m.has_circle then 'circle' when m.has_unknown_share then 'share_unknown'
        when m.has_owner_change then 'owner_changed' when m.loan_id is not null then 'known' end)::varchar as ownership_state,  -- worst thing known of the way from borrower to plants; null = no plant
    coalesce(m.plant_count, 0)::bigint as plant_count,  -- plants it finances
    m.match_method::varchar as match_method,  -- link, decision, owner, lei, national_id, name or parent
    m.match_score::double as match_score,  -- 1 = certain
    m.match_reason::varchar as match_reason,  -- in words
    (e.exposure_state = 'ok' and coalesce(case when e.sector in ('cement', 'steel', 'flat_glass') then e.sector end, m.plant_sector, '-') in ('cement', 'steel', 'flat_glass'))::boolean as is_in_scope,  -- counts in the headline
    round(coalesce(m.green_usd, 0)::decimal(20, 6), 2)::double as green_usd,  -- exposure behind green plants
    round(coalesce(m.transition_usd, 0)::decimal(20, 6), 2)::double as transition_usd,  -- behind transition plants
    round(coalesce(m.not_green_usd, 0)::decimal(20, 6), 2)::double as not_green_usd,  -- behind plants that are not green
    round(coalesce(m.unknown_usd, 0)::decimal(20, 6), 2)::double as unknown_usd,  -- behind plants whose class is unknown
    round(case when e.exposure_state = 'closed' then 0 else coalesce(e.exposure_usd, 0) end - round(coalesce(m.green_usd, 0), 2) - round(coalesce(m.transition_usd, 0), 2)
        - round(coalesce(m.not_green_usd, 0), 2) - round(coalesce(m.unknown_usd, 0), 2), 2)::double as unmatched_usd  -- behind no known plant
from int_loans__exposure as e
left join matched as m on e.portfolio_id = m.portfolio_id and e.loan_id = m.loan_id
left join refused as f on e.portfolio_id = f.portfolio_id and e.loan_id = f.loan_id
left join reasons as r on e.portfolio_id = r.portfolio_id and e.loan_id = r.loan_id
