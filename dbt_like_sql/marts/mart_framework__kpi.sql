/*
description: >-
  Targets of sustainability-linked loans against the plant's actual performance (view kpi of rules/frameworks; F17): achievement = (baseline - actual) / (baseline - target),
  for targets downward and upward. Without an actual value, with another unit, or with target equal to baseline there is no achievement, and the state says why.
grain: [framework_id, portfolio_id, loan_id, kpi_id]
*/
with actuals as (
    select
        e.plant_id,
        r.indicator_id,
        count(*) as entity_count,
        max(r.value) as value,
        max(r.evidence_tier) as evidence_tier,
        max(r.period_end_date) as period_end_date
    from int_returns__indicators as r
    inner join int_plants__entities as e on r.entity_id = e.entity_id
    where r.value is not null and r.error_code is null
    group by e.plant_id, r.indicator_id
),

joined as (
    select
        l.framework_id,
        l.edition,
        l.evidence,
        t.*,
        i.title,
        a.value as actual_value,
        a.evidence_tier,
        a.period_end_date,
        s.as_of_date,
        case
            when i.indicator_id is null then 'indicator_unknown'
            when coalesce(u.canonical_unit, t.unit) <> i.unit and t.unit <> i.unit then 'unit_differs'
            when t.baseline_value = t.target_value then 'target_is_baseline'
            when a.plant_id is null then 'no_actual_value'
            when a.entity_count > 1 then 'several_units'
            when a.evidence_tier = 'estimated' then 'estimate_only'
        end as problem
    from stg_bank__kpi_targets as t
    cross join (select distinct framework_id, edition, evidence from int_frameworks__lines where view = 'kpi') as l
    cross join ref_run__settings as s
    left join ref_rules__indicators as i on t.indicator_id = i.indicator_id
    left join (select unit, min(canonical_unit) as canonical_unit, min(factor) as factor from ref_rules__units group by unit) as u on t.unit = u.unit and u.factor = 1
    left join actuals as a on t.plant_id = a.plant_id and t.indicator_id = a.indicator_id
),

measured as (
    select *, case when problem is null then (baseline_value - actual_value) / nullif(baseline_value - target_value, 0) end as achievement_ratio
    from joined
)

select
    framework_id::varchar as framework_id,  -- framework
    portfolio_id::varchar as portfolio_id,  -- portfolio
    loan_id::varchar as loan_id,  -- loan
    kpi_id::varchar as kpi_id,  -- name of the key performance indicator
    edition::varchar as edition,  -- edition in force
    evidence::varchar as evidence,  -- evidence for the mapping
    plant_id::varchar as plant_id,  -- plant whose performance counts
    indicator_id::varchar as indicator_id,  -- indicator
    title::varchar as indicator_title,  -- in words; null = unknown
    unit::varchar as unit,  -- unit of the values
    baseline_value::double as baseline_value,  -- in unit
    target_value::double as target_value,  -- in unit
    target_date::date as target_date,  -- day by which it is due
    (case when problem is null or problem = 'estimate_only' then actual_value end)::double as actual_value,  -- of the assessment window, in unit; null = not known
    evidence_tier::varchar as evidence_tier,  -- measured, reported or estimated
    period_end_date::date as period_end_date,  -- last day of the actual value
    achievement_ratio::double as achievement_ratio,  -- 1 = target met, 0 = baseline, below 0 = worse than it; null = see state
    (coalesce(problem, case when achievement_ratio >= 1 then 'met' when target_date <= as_of_date then 'missed' else 'under_way' end))::varchar as state,  -- met, missed, under_way, or why there is no achievement
    verified_on::date as verified_on,  -- last external verification; null = never
    (as_of_date - verified_on)::bigint as verification_age_days  -- days since then
from measured
