/*
description: >-
  Loans of each portfolio whose exposure is not assessed, wholly or in part: no amount, no plant, or a plant whose class is unknown.
grain: [portfolio_id, loan_id, gap]
*/
with gaps as (
    select portfolio_id, loan_id, borrower_id, counterparty_name, sector, country_iso3, null::double as exposure_usd, 'error' as gap, reason_code, null as reason
    from mart_portfolio__loans
    where exposure_state = 'error'
    union all
    select portfolio_id, loan_id, borrower_id, counterparty_name, sector, country_iso3, unmatched_usd as exposure_usd, 'unmatched' as gap,
        coalesce(reason_code, 'SPLIT_INCOMPLETE') as reason_code, unmatched_reason as reason
    from mart_portfolio__loans
    where is_in_scope and unmatched_usd > 0.005
    union all
    select l.portfolio_id, l.loan_id, l.borrower_id, l.counterparty_name, l.sector, l.country_iso3, l.unknown_usd as exposure_usd, 'class_unknown' as gap,
        min(c.class_reason) as reason_code, min(p.plant_name) as reason
    from mart_portfolio__loans as l
    inner join int_loans__attribution as a on l.portfolio_id = a.portfolio_id and l.loan_id = a.loan_id
    inner join int_plants__class as c on a.plant_id = c.plant_id and c.plant_class = 'unknown'
    inner join stg_plants__plants as p on a.plant_id = p.plant_id
    where l.is_in_scope and l.unknown_usd > 0.005
    group by l.portfolio_id, l.loan_id, l.borrower_id, l.counterparty_name, l.sector, l.country_iso3, l.unknown_usd
)

select
    g.portfolio_id::varchar as portfolio_id,  -- portfolio
    g.loan_id::varchar as loan_id,  -- loan
    g.gap::varchar as gap,  -- error, unmatched or class_unknown
    g.borrower_id::varchar as borrower_id,  -- borrower
    g.counterparty_name::varchar as counterparty_name,  -- borrower as sent
    g.sector::varchar as sector,  -- sector
    g.country_iso3::varchar as country_iso3,  -- country of the activity
    g.exposure_usd::double as exposure_usd,  -- US dollars not assessed; null = not known
    g.reason_code::varchar as reason_code,  -- see rules/reason_codes.yaml
    g.reason::varchar as reason,  -- in words, or the plant concerned
    c.what_to_do::varchar as what_to_do  -- what a person can do about it (rules/reason_codes.yaml)
from gaps as g
left join ref_rules__reason_codes as c on g.reason_code = c.reason_code
