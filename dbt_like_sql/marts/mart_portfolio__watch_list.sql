/*
description: >-
  The watch-list of each portfolio with hysteresis: a limit or covenant enters when it is broken or its headroom is below the entry band, and leaves only when its
  headroom is above the wider exit band, or it is no longer in the book. Unknown never leaves. What was on the list after the last published run of an earlier day
  is carried on (rules/policy/early_warning.yaml).
grain: [portfolio_id, subject_id]
*/
with policy as (
    select
        max(case when key = 'enter_below_ratio' then value::double end) as enter_ratio,
        max(case when key = 'exit_above_ratio' then value::double end) as exit_ratio
    from ref_rules__policy
    where policy_id = 'early_warning'
),

carried as (
    select h.portfolio_id, h.subject_id, h.subject_kind, h.metric, h.plant_id, h.loan_id, h.entered_date, h.entry_reason
    from ref_history__watch_list as h
    cross join ref_run__settings as s
    where s.portfolio_id is null or h.portfolio_id = s.portfolio_id
),

joined as (
    select
        coalesce(n.portfolio_id, h.portfolio_id) as portfolio_id,
        coalesce(n.subject_id, h.subject_id) as subject_id,
        coalesce(n.subject_kind, h.subject_kind) as subject_kind,
        coalesce(n.metric, h.metric) as metric,
        coalesce(n.plant_id, h.plant_id) as plant_id,
        coalesce(n.loan_id, h.loan_id) as loan_id,
        n.title,
        n.headroom_ratio,
        n.headroom_change_ratio,
        n.near_miss_count,
        n.value_date,
        n.outcome,
        n.exposure_usd,
        h.entered_date,
        h.entry_reason,
        case when n.outcome = 'BREACH' then 'BREACH' when n.outcome = 'COMPLIANT' and n.headroom_ratio < p.enter_ratio then 'LOW_HEADROOM' end as reason_now,
        case when n.subject_id is null then 'LEFT_THE_BOOK' when n.outcome = 'COMPLIANT' and n.headroom_ratio >= p.exit_ratio then 'RECOVERED' end as exit_reason
    from mart_portfolio__headroom as n
    full outer join carried as h on n.portfolio_id = h.portfolio_id and n.subject_id = h.subject_id
    cross join policy as p
)

select
    j.portfolio_id::varchar as portfolio_id,  -- portfolio
    j.subject_id::varchar as subject_id,  -- rule and entity, or loan and covenant
    (case when j.entered_date is null then 'entered' when j.exit_reason is not null then 'left' else 'stays' end)::varchar as movement,  -- entered, stays or left, against the last published run of an earlier day
    j.subject_kind::varchar as subject_kind,  -- limit or covenant
    j.plant_id::varchar as plant_id,  -- plant; null = a value of the company
    j.loan_id::varchar as loan_id,  -- loan of a covenant; null = every loan to the plant
    j.metric::varchar as metric,  -- indicator or metric
    j.title::varchar as title,  -- title of the rule, or of what the covenant tests; null = a metric of the certificate, or it left the book
    coalesce(j.entered_date, s.as_of_date)::date as entered_date,  -- day of the run that put it on the list
    coalesce(j.entry_reason, j.reason_now)::varchar as entry_reason,  -- BREACH or LOW_HEADROOM
    (case when j.entered_date is not null then j.exit_reason end)::varchar as exit_reason,  -- RECOVERED or LEFT_THE_BOOK; null = it is on the list
    (case when j.entered_date is not null and j.exit_reason is not null then null when j.reason_now is not null then j.reason_now when j.outcome = 'UNKNOWN' then 'NO_VALUE' else 'INSIDE_EXIT_BAND' end)::varchar as reason_now,  -- why it is on the list today: BREACH, LOW_HEADROOM, NO_VALUE or INSIDE_EXIT_BAND; null = it left
    j.headroom_ratio::double as headroom_ratio,  -- negative = beyond the limit
    j.headroom_change_ratio::double as headroom_change_ratio,  -- since the period before
    j.near_miss_count::bigint as near_miss_count,  -- periods of the window inside the entry band
    j.value_date::date as value_date,  -- last day of the value
    j.exposure_usd::double as exposure_usd  -- behind the plant, or of the loan, US dollars (never add rows)
from joined as j
cross join ref_run__settings as s
where j.entered_date is not null or j.reason_now is not null
