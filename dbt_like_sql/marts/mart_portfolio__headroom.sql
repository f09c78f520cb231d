/*
description: >-
  What the watch-list looks at: the newest period of each effective binding limit of a plant behind the portfolio, and each covenant, with headroom, its change since
  the period before, and how often it was near the limit within the window.
grain: [portfolio_id, subject_id]
*/
with policy as (
    select max(case when key = 'enter_below_ratio' then value::double end) as enter_ratio
    from ref_rules__policy
    where policy_id = 'early_warning'
),

periods as (
    select
        v.rule_id,
        v.tier,
        v.entity_id,
        v.plant_id,
        v.indicator_id,
        v.period_end_date,
        v.headroom_ratio,
        v.state,
        row_number() over (partition by v.threshold_id, v.entity_id order by v.period_end_date desc) as age,
        lead(v.headroom_ratio) over (partition by v.threshold_id, v.entity_id order by v.period_end_date desc) as earlier_headroom_ratio,
        count(case when v.headroom_ratio >= 0 and v.headroom_ratio < p.enter_ratio then 1 end) over (partition by v.threshold_id, v.entity_id) as near_miss_count
    from int_plants__verdicts as v
    inner join int_plants__effective_limits as l on v.threshold_id = l.threshold_id and v.entity_id = l.entity_id and l.is_effective
    cross join policy as p
    where v.state <> 'NOT_APPLICABLE'
),

signals as (
    select
        b.portfolio_id,
        'rule ' || x.rule_id || coalesce('#' || x.tier, '') || ' ' || x.entity_id as subject_id,
        'limit' as subject_kind,
        x.plant_id,
        null as loan_id,
        x.indicator_id as metric,
        r.title,
        x.headroom_ratio,
        x.headroom_ratio - x.earlier_headroom_ratio as headroom_change_ratio,
        x.near_miss_count,
        x.period_end_date as value_date,
        case x.state when 'FAIL' then 'BREACH' when 'PASS' then 'COMPLIANT' else 'UNKNOWN' end as outcome,
        b.exposure_usd
    from periods as x
    inner join mart_portfolio__plants as b on x.plant_id = b.plant_id
    left join ref_rules__rules as r on x.rule_id = r.rule_id
    where x.age = 1
    union all
    select
        portfolio_id,
        'covenant ' || loan_id || ' ' || covenant_id as subject_id,
        'covenant' as subject_kind,
        plant_id,
        loan_id,
        metric,
        metric_title as title,
        headroom_ratio,
        null as headroom_change_ratio,
        0 as near_miss_count,
        value_date,
        case when outcome = 'WARNING' then 'COMPLIANT' else outcome end as outcome,
        exposure_usd
    from mart_portfolio__covenants
)

select
    portfolio_id::varchar as portfolio_id,  -- portfolio
    subject_id::varchar as subject_id,  -- rule and entity, or loan and covenant; the same from night to night
    subject_kind::varchar as subject_kind,  -- limit or covenant
    plant_id::varchar as plant_id,  -- plant; null = a value of the company
    loan_id::varchar as loan_id,  -- loan of a covenant; null = every loan to the plant
    metric::varchar as metric,  -- indicator or metric
    title::varchar as title,  -- title of the rule, or of what the covenant tests; null = a metric of the certificate
    headroom_ratio::double as headroom_ratio,  -- negative = beyond the limit; null = no value
    headroom_change_ratio::double as headroom_change_ratio,  -- since the period before
    near_miss_count::bigint as near_miss_count,  -- periods of the window with less headroom than the band, and within the limit
    value_date::date as value_date,  -- last day of the value
    outcome::varchar as outcome,  -- COMPLIANT, BREACH or UNKNOWN
    exposure_usd::double as exposure_usd  -- behind the plant, or of the loan
from signals
