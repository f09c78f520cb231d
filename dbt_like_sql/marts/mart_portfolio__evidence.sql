/*
description: >-
  What the verdicts behind each portfolio rest on: rules, verdicts, plants and exposure by the evidence of the rule.
grain: [portfolio_id, evidence]
*/
with plants as (
    select distinct b.portfolio_id, r.evidence, b.plant_id, b.exposure_usd
    from mart_portfolio__plants as b
    inner join int_plants__rule_states as w on b.plant_id = w.plant_id
    inner join ref_rules__rules as r on w.rule_id = r.rule_id
),

exposures as (
    select portfolio_id, evidence, count(*) as plant_count, sum(exposure_usd::decimal(20, 6)) as exposure_usd
    from plants
    group by portfolio_id, evidence
),

rules as (
    select b.portfolio_id, r.evidence, count(distinct w.rule_id) as rule_count, sum(w.verdict_count) as verdict_count,
        count(case when w.state = 'FAIL' then 1 end) as fail_count
    from mart_portfolio__plants as b
    inner join int_plants__rule_states as w on b.plant_id = w.plant_id
    inner join ref_rules__rules as r on w.rule_id = r.rule_id
    group by b.portfolio_id, r.evidence
)

select
    r.portfolio_id::varchar as portfolio_id,  -- portfolio
    r.evidence::varchar as evidence,  -- printed_text, secondary or unverified
    r.rule_count::bigint as rule_count,  -- rules judged
    r.verdict_count::bigint as verdict_count,  -- verdicts they gave
    r.fail_count::bigint as fail_count,  -- plants and rules that fail
    e.plant_count::bigint as plant_count,  -- plants judged by them
    e.exposure_usd::double as exposure_usd  -- exposure to those plants, US dollars
from rules as r
inner join exposures as e on r.portfolio_id = e.portfolio_id and r.evidence = e.evidence
