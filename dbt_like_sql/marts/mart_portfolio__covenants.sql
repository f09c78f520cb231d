/*
description: >-
  Every covenant and sustainability-linked target of the book: level, value, headroom (F14), outcome, days of test, cure period, waiver, achievement of the target
  (F17). A waiver changes who must act, never the outcome.
grain: [portfolio_id, loan_id, covenant_id]
*/
with policy as (
    select max(case when key = 'enter_below_ratio' then value::double end) as warning_ratio
    from ref_rules__policy
    where policy_id = 'early_warning'
),

scheduled as (
    select
        v.portfolio_id,
        v.loan_id,
        v.plant_id,
        v.actual_value,
        v.value_start_date,
        v.value_date,
        v.value_source,
        v.evidence_tier,
        v.gap_code,
        c.*,
        s.as_of_date,
        -- full test periods since the first day of test; a month's last day stays one
        floor((date_diff('month', c.first_test_date, s.as_of_date)
            - case when extract(day from s.as_of_date) < extract(day from c.first_test_date) and s.as_of_date <> last_day(s.as_of_date) then 1 else 0 end) / c.test_months)::integer as passed_count
    from int_loans__covenant_values as v
    inner join stg_bank__covenants as c on v.covenant_id = c.covenant_id
    cross join ref_run__settings as s
),

days as (
    select
        *,
        case when passed_count >= 0 then (first_test_date + passed_count * test_months * interval 1 month)::date end as last_day_as_counted,
        (first_test_date + (greatest(passed_count, -1) + 1) * test_months * interval 1 month)::date as next_day_as_counted,
        first_test_date = last_day(first_test_date) as is_at_month_end
    from scheduled
),

dated as (
    select
        *,
        case when is_at_month_end then last_day(last_day_as_counted) else last_day_as_counted end as last_test_date,
        case when is_at_month_end then last_day(next_day_as_counted) else next_day_as_counted end as next_test_date
    from days
),

judged as (
    select
        d.*,
        case when d.operator in ('at_most', 'below') then (d.level_value - d.actual_value) / nullif(abs(d.level_value), 0)
            else (d.actual_value - d.level_value) / nullif(abs(d.level_value), 0) end as headroom_ratio,
        case d.operator when 'at_most' then d.actual_value <= d.level_value when 'below' then d.actual_value < d.level_value
            when 'at_least' then d.actual_value >= d.level_value else d.actual_value > d.level_value end as holds,
        coalesce(d.gap_code, case when d.value_date < d.last_test_date then 'VALUE_TOO_OLD' when d.last_test_date is null then 'NOT_YET_TESTED' end) as open_code
    from dated as d
),

outcomes as (
    select
        j.*,
        case when j.open_code is not null or j.holds is null then 'UNKNOWN' when not j.holds then 'BREACH' when j.headroom_ratio < p.warning_ratio then 'WARNING' else 'COMPLIANT' end as outcome
    from judged as j
    cross join policy as p
)

select
    o.portfolio_id::varchar as portfolio_id,  -- portfolio
    o.loan_id::varchar as loan_id,  -- loan
    o.covenant_id::varchar as covenant_id,  -- covenant
    e.counterparty_name::varchar as counterparty_name,  -- borrower as sent
    o.plant_id::varchar as plant_id,  -- plant whose value decides; null = a value of the company
    o.metric::varchar as metric,  -- indicator, rule, or metric of the certificate
    coalesce(i.title, r.title)::varchar as metric_title,  -- title of the indicator or rule; null = a metric of the certificate
    o.operator::varchar as operator,  -- at_most, below, at_least or above
    o.level_value::double as level_value,  -- level, or target
    coalesce(o.unit, i.unit)::varchar as unit,  -- unit of level and value; null = a ratio
    o.actual_value::double as actual_value,  -- value tested; null = none
    (case when o.actual_value is not null then o.value_start_date end)::date as value_start_date,  -- first day it stands for
    o.value_date::date as value_date,  -- last day it stands for
    o.value_source::varchar as value_source,  -- returns, verdict or certificate
    o.evidence_tier::varchar as evidence_tier,  -- measured, reported or estimated; null = none, or stated in the certificate
    o.headroom_ratio::double as headroom_ratio,  -- (level - value) / |level|, mirrored for minimum levels; negative = beyond the level
    o.outcome::varchar as outcome,  -- COMPLIANT, WARNING, BREACH or UNKNOWN
    (case when o.outcome = 'UNKNOWN' then coalesce(o.open_code, 'NO_RETURNS') when k.reason_code is not null then k.reason_code end)::varchar as reason_code,  -- why it is unknown, or the cure has no end
    o.last_test_date::date as last_test_date,  -- last day of test up to the day of the run; null = none yet
    o.next_test_date::date as next_test_date,  -- next day of test
    o.notice_date::date as notice_date,  -- notice of a breach
    k.cure_day::bigint as cure_day,  -- days gone of the cure period
    k.cure_days::bigint as cure_days,  -- its length
    k.cure_day_kind::varchar as cure_day_kind,  -- calendar or business
    k.cure_end_date::date as cure_end_date,  -- its last day
    (case
        when o.notice_date is null or o.notice_date > o.as_of_date then 'NONE'
        when o.outcome in ('COMPLIANT', 'WARNING') and o.value_start_date > o.notice_date then 'CURED'
        when o.outcome in ('COMPLIANT', 'WARNING') then 'PENDING_CHECK'
        when o.cure_days is null then 'NO_CURE'
        when k.cure_end_date is null then 'END_UNKNOWN'
        when o.as_of_date <= k.cure_end_date then 'IN_CURE'
        else 'CURE_EXPIRED' end)::varchar as cure_state,  -- NONE, IN_CURE, PENDING_CHECK (met, but its own period is not over since the notice), CURED, CURE_EXPIRED, NO_CURE or END_UNKNOWN
    (o.waived_to_date >= o.as_of_date and coalesce(o.waived_from_date, o.as_of_date) <= o.as_of_date)::boolean as is_waived,  -- a waiver is in force; the outcome stays
    o.waived_to_date::date as waived_to_date,  -- its last day
    o.waiver_reference::varchar as waiver_reference,  -- its document
    o.baseline_value::double as baseline_value,  -- start of a sustainability-linked target
    ((o.baseline_value - o.actual_value) / nullif(o.baseline_value - o.level_value, 0))::double as achievement_ratio,  -- (baseline - actual) / (baseline - target); 1 = met; null = a plain covenant
    (case when o.baseline_value is not null and o.outcome <> 'UNKNOWN' then case when o.holds then coalesce(o.margin_step_bp, 0) else 0 end end)::double as margin_change_bp,  -- change of the margin that the outcome makes due; null = not known
    e.exposure_usd::double as exposure_usd  -- of the loan, US dollars (the same for each of its covenants: never add rows)
from outcomes as o
inner join int_loans__exposure as e on o.portfolio_id = e.portfolio_id and o.loan_id = e.loan_id
left join int_loans__cure_periods as k on o.covenant_id = k.covenant_id
left join ref_rules__indicators as i on o.metric = i.indicator_id
left join ref_rules__rules as r on o.metric = r.rule_id
