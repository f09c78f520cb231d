/*
description: >-
  Equipment behind each loan that must or may end before the loan does: eliminated by a catalogue, retired by its owner, at the end of its campaign or assumed
  life before final maturity. One row per loan, unit and reason, with the years between.
grain: [portfolio_id, loan_id, plant_id, unit_id, reason]
*/
with eliminated as (
    select v.plant_id, v.unit_id, min(greatest(t.valid_from_date, date '1900-01-01')) as end_date
    from int_plants__verdicts as v
    inner join ref_rules__rules as r on v.rule_id = r.rule_id and r.prohibition_class = 'eliminated'
    inner join ref_rules__thresholds as t on v.threshold_id = t.threshold_id
    where v.kind = 'prohibition' and v.state = 'FAIL' and v.unit_id is not null
    group by v.plant_id, v.unit_id
),

ends as (
    select plant_id, unit_id, 'eliminated' as reason, end_date
    from eliminated
    union all
    select plant_id, unit_id, case decision_basis when 'retirement' then 'retires' when 'life' then 'life_ends' else 'campaign_ends' end as reason, decision_date as end_date
    from int_plants__lock_in
    where decision_date is not null
    union all
    select plant_id, unit_id, 'beyond_life' as reason, life_end_date as end_date
    from int_plants__lock_in
    where decision_basis = 'beyond_life'
)

select
    a.portfolio_id::varchar as portfolio_id,  -- portfolio
    a.loan_id::varchar as loan_id,  -- loan
    a.plant_id::varchar as plant_id,  -- plant
    x.unit_id::varchar as unit_id,  -- unit; - = the plant has none on record
    x.reason::varchar as reason,  -- eliminated, retires, campaign_ends, life_ends or beyond_life
    p.plant_name::varchar as plant_name,  -- name of the plant
    e.counterparty_name::varchar as counterparty_name,  -- borrower as sent
    x.end_date::date as end_date,  -- day from which the catalogue wants it gone, or its campaign or life ends
    e.maturity_date::date as maturity_date,  -- final maturity of the loan
    (date_diff('month', x.end_date, e.maturity_date) / 12.0)::double as years_before_maturity,  -- how long before the loan does
    a.exposure_usd::double as exposure_usd  -- exposure behind the plant, US dollars (the same for each row of a loan and plant: never add rows)
from int_loans__attribution as a
inner join int_loans__exposure as e on a.portfolio_id = e.portfolio_id and a.loan_id = e.loan_id and e.exposure_state = 'ok'
inner join stg_plants__plants as p on a.plant_id = p.plant_id
inner join ends as x on a.plant_id = x.plant_id
where x.end_date < e.maturity_date
