/*
description: >-
  What this run makes of every finding: the rules that fail tonight, and the findings that earlier runs left. A finding is one rule and tier at one
  plant, unit or stack. It stays open until the whole window passes with data; missing data, an error or a waiver never closes it. What failed and passes again
  waits for its check from the first night on.
grain: [finding_id]
*/
with verdicts as (
    select
        v.*,
        coalesce(v.tier, '-') as tier_or_dash,
        coalesce(v.indicator_id, '-') as indicator_or_dash,
        coalesce(t.averaging, '-') as averaging_or_dash,
        case v.state when 'FAIL' then 5 when 'ERROR' then 4 when 'NO_DATA' then 3 when 'INDETERMINATE' then 2 else 1 end as state_rank
    from int_plants__verdicts as v
    left join ref_rules__thresholds as t on v.threshold_id = t.threshold_id
    where v.state <> 'NOT_APPLICABLE'
),

judged as (
    select
        'F-' || substr(sha256(rule_id || '|' || tier_or_dash || '|' || entity_id || '|' || indicator_or_dash || '|' || averaging_or_dash), 1, 12) as finding_id,
        plant_id,
        rule_id,
        tier_or_dash as tier,
        entity_id,
        indicator_or_dash as indicator_id,
        averaging_or_dash as averaging,
        max(rule_version) as rule_version,
        max(state_rank) as window_rank,
        max_by(state, (period_end_date, state_rank)) filter (where is_over or state = 'FAIL') as last_period_state,
        max(case when is_over then period_end_date end) as last_period_end_date,
        count(case when state = 'FAIL' then 1 end) as fail_period_count,
        min(case when state = 'FAIL' then period_start_date end) as first_fail_date,
        max(case when state = 'FAIL' then period_end_date end) as last_fail_date,
        max_by(period_start_date, (period_end_date, threshold_id)) filter (where state = 'FAIL') as last_fail_start_date,
        max_by(measured_value, (period_end_date, threshold_id)) filter (where state = 'FAIL') as last_fail_value,
        max_by(limit_value, (period_end_date, threshold_id)) filter (where state = 'FAIL') as last_fail_limit_value,
        min(case when state = 'FAIL' then headroom_ratio end) as worst_headroom_ratio,
        min_by(measured_value, (headroom_ratio, period_end_date)) filter (where state = 'FAIL' and headroom_ratio is not null) as worst_value,
        min_by(limit_value, (headroom_ratio, period_end_date)) filter (where state = 'FAIL' and headroom_ratio is not null) as worst_limit_value,
        min_by(period_start_date, (headroom_ratio, period_end_date)) filter (where state = 'FAIL' and headroom_ratio is not null) as worst_start_date,
        min_by(period_end_date, (headroom_ratio, period_end_date)) filter (where state = 'FAIL' and headroom_ratio is not null) as worst_end_date,
        max(unit) as unit,
        max(operator) as operator
    from verdicts
    group by plant_id, rule_id, tier_or_dash, entity_id, indicator_or_dash, averaging_or_dash
),

worded as (
    select *, case window_rank when 5 then 'FAIL' when 4 then 'ERROR' when 3 then 'NO_DATA' when 2 then 'INDETERMINATE' else 'PASS' end as judged_state
    from judged
),

-- how much of the limit further beyond it counts as worse; without a policy any
materiality as (
    select coalesce(max(value)::double, 0.000001) as worse_ratio
    from ref_rules__policy
    where policy_id = 'findings' and key = 'worse_ratio'
),

-- the waiver that holds on the as-of day; of several the one that lasts longest
held_waivers as (
    select
        w.rule_id,
        w.plant_id,
        w.entity_id,
        max_by(w.waiver_id, (w.expiry_date, w.waiver_id)) as waiver_id,
        max(w.expiry_date) as expiry_date
    from raw_ledger__waivers as w
    cross join ref_run__settings as s
    where s.as_of_date between w.start_date and w.expiry_date
    group by w.rule_id, w.plant_id, w.entity_id
),

-- the last day of the last value of each rule and tier; a rule whose values have all ended is no longer in force
ended as (
    select rule_id, coalesce(tier, '-') as tier, max(coalesce(valid_to_date, date '9999-12-31')) as ended_date
    from ref_rules__thresholds
    group by rule_id, coalesce(tier, '-')
),

-- what is known of plants and is judged no more is retired or cancelled; what is not known this night is not
known_entities as (
    select 'plant:' || plant_id as entity_id from stg_plants__plants
    union all
    select 'unit:' || unit_id as entity_id from stg_plants__process_units
    union all
    select 'stack:' || stack_id as entity_id from stg_plants__emission_points
),

out_of_service as (
    select k.entity_id
    from known_entities as k
    left join int_plants__entities as e on k.entity_id = e.entity_id
    where e.entity_id is null
    group by k.entity_id
),

together as (
    select
        coalesce(j.finding_id, p.finding_id) as finding_id,
        coalesce(j.plant_id, p.plant_id) as plant_id,
        coalesce(j.rule_id, p.rule_id) as rule_id,
        coalesce(j.tier, p.tier) as tier,
        coalesce(j.entity_id, p.entity_id) as entity_id,
        coalesce(j.indicator_id, p.indicator_id) as indicator_id,
        coalesce(j.averaging, p.averaging) as averaging,
        coalesce(j.rule_version, p.rule_version) as rule_version,
        j.judged_state,
        j.last_period_state,
        j.last_period_end_date,
        j.fail_period_count,
        j.first_fail_date,
        j.last_fail_date,
        j.last_fail_start_date,
        j.last_fail_value,
        j.last_fail_limit_value,
        j.worst_headroom_ratio,
        j.worst_value,
        j.worst_limit_value,
        j.worst_start_date,
        j.worst_end_date,
        j.unit,
        j.operator,
        p.state as state_before,
        p.judged_state as judged_state_before,
        p.rule_version as rule_version_before,
        p.first_seen_date,
        p.opened_date,
        p.last_seen_date,
        coalesce(p.reopened_count, 0) as reopened_count,
        p.claimed_on_date,
        -- earlier versions did not write it: what waited without a claim had been told
        coalesce(p.is_mending_told, p.state = 'PENDING_CHECK' and p.claimed_on_date is null, false) as was_mending_told,
        p.disputed_rule_version,
        p.worst_headroom_ratio as worst_headroom_ratio_before,
        coalesce(p.told_headroom_ratio, p.worst_headroom_ratio) as told_headroom_ratio_before,
        coalesce(w.waiver_id, x.waiver_id) as waiver_id,
        coalesce(w.expiry_date, x.expiry_date) as waiver_expiry_date,
        -- a month in which it was in force is still judged
        r.rule_id is not null and (j.finding_id is not null or coalesce(e.ended_date > s.window_end_date, true)) as is_rule_in_force,
        j.finding_id is null and o.entity_id is not null as is_out_of_service,
        s.as_of_date,
        date_diff('month', s.window_start_date, s.window_end_date) + 1 as window_months,
        coalesce(j.judged_state = 'FAIL' and j.last_period_state = 'PASS', false) as is_passing_again,
        m.worse_ratio
    from worded as j
    full outer join raw_ledger__findings as p on j.finding_id = p.finding_id
    cross join ref_run__settings as s
    cross join materiality as m
    left join ref_rules__rules as r on coalesce(j.rule_id, p.rule_id) = r.rule_id and r.status = 'active'
    left join ended as e on coalesce(j.rule_id, p.rule_id) = e.rule_id and coalesce(j.tier, p.tier) = e.tier
    left join out_of_service as o on p.entity_id = o.entity_id
    left join held_waivers as w
        on coalesce(j.rule_id, p.rule_id) = w.rule_id and coalesce(j.plant_id, p.plant_id) = w.plant_id and coalesce(j.entity_id, p.entity_id) = w.entity_id
    left join held_waivers as x
        on coalesce(j.rule_id, p.rule_id) = x.rule_id and coalesce(j.plant_id, p.plant_id) = x.plant_id and x.entity_id is null
    where j.judged_state = 'FAIL' or p.finding_id is not null
),

moved as (
    select
        *,
        case
            when state_before is null and waiver_id is not null then 'WAIVED'
            when state_before is null and is_passing_again then 'PENDING_CHECK'
            when state_before is null then 'OPEN'
            when state_before like 'CLOSED%' and coalesce(judged_state, '-') <> 'FAIL' then state_before
            when state_before like 'CLOSED%' and waiver_id is not null then 'WAIVED'
            when state_before like 'CLOSED%' and is_passing_again then 'PENDING_CHECK'  -- a correction of an earlier period brought it back
            when state_before like 'CLOSED%' then 'REOPENED'
            when not is_rule_in_force then 'CLOSED_RULE_RETIRED'
            when is_out_of_service then 'CLOSED_OUT_OF_SERVICE'
            when judged_state = 'PASS' then 'CLOSED'
            when state_before = 'FALSE_POSITIVE' and coalesce(disputed_rule_version, '-') = coalesce(rule_version, '-') then 'FALSE_POSITIVE'
            when waiver_id is not null then 'WAIVED'
            when is_passing_again then 'PENDING_CHECK'
            when state_before in ('WAIVED', 'FALSE_POSITIVE') then 'REOPENED'
            when judged_state = 'FAIL' and last_period_state = 'FAIL' and was_mending_told then 'REOPENED'
            when judged_state = 'FAIL' and last_period_state = 'FAIL' and state_before = 'PENDING_CHECK'
                and (claimed_on_date is null or last_period_end_date > claimed_on_date) then 'REOPENED'  -- of a month that is running nobody knows whether it failed after the claim
            else state_before
        end as state
    from together
),

told as (
    select
        *,
        case
            when state_before = 'CLOSED' and state <> 'CLOSED' then 'FAILED_AGAIN'
            when state_before = 'CLOSED_RULE_RETIRED' and state <> 'CLOSED_RULE_RETIRED' then 'RULE_RETURNED'
            when state_before = 'CLOSED_OUT_OF_SERVICE' and state <> 'CLOSED_OUT_OF_SERVICE' then 'EQUIPMENT_RETURNED'
            when state_before = 'WAIVED' and state in ('REOPENED', 'PENDING_CHECK') then 'WAIVER_ENDED'
            when state_before = 'FALSE_POSITIVE' and state in ('REOPENED', 'PENDING_CHECK') then 'RULE_CHANGED'
            when state_before <> 'REOPENED' and state = 'REOPENED' then 'FAILED_AGAIN' end as reopened_reason
    from moved
),

weighed as (
    select
        *,
        judged_state = 'FAIL' and state not like 'CLOSED%'
        and coalesce(round(told_headroom_ratio_before - worst_headroom_ratio, 6) >= worse_ratio, false) as is_worse,
        state_before is null or reopened_reason is not null as is_opened,
        state = 'PENDING_CHECK' and is_passing_again
        or was_mending_told and coalesce(last_period_state, '-') <> 'FAIL' and state not like 'CLOSED%' and state not in ('WAIVED', 'FALSE_POSITIVE') as is_mending_told
    from told
)

select
    finding_id::varchar as finding_id,  -- F- and 12 hex digits over rule, tier, entity, indicator and averaging: equal in every run
    plant_id::varchar as plant_id,  -- plant
    rule_id::varchar as rule_id,  -- rule
    tier::varchar as tier,  -- I, II, III; - = the rule has no tiers
    entity_id::varchar as entity_id,  -- plant:…, unit:… or stack:…
    indicator_id::varchar as indicator_id,  -- indicator; - = a prohibition
    averaging::varchar as averaging,  -- averaging of the rule; - = none
    rule_version::varchar as rule_version,  -- version of the rule that judged it last
    state_before::varchar as state_before,  -- state that earlier runs and people left; null = never seen
    state::varchar as state,  -- OPEN, ACKNOWLEDGED, IN_REMEDIATION, PENDING_CHECK, REOPENED, WAIVED, FALSE_POSITIVE, CLOSED, CLOSED_RULE_RETIRED or CLOSED_OUT_OF_SERVICE
    (case
        when state_before is null then 'NEW'
        when reopened_reason is not null then 'REOPENED'
        when state = 'CLOSED' and state_before <> 'CLOSED' then 'RESOLVED'
        when state in ('CLOSED_RULE_RETIRED', 'CLOSED_OUT_OF_SERVICE') and state_before not like 'CLOSED%' then 'RETIRED'
        when state like 'CLOSED%' then 'CLOSED_BEFORE'
        when state = 'PENDING_CHECK' and is_passing_again and not was_mending_told then 'PENDING_CHECK'
        else 'PERSISTING' end)::varchar as change,  -- NEW, PERSISTING, PENDING_CHECK (the last period passes now: told once, also of what people said to be mended before), RESOLVED, REOPENED, RETIRED or CLOSED_BEFORE, against the run before
    reopened_reason::varchar as reopened_reason,  -- why it came back in this run: FAILED_AGAIN, WAIVER_ENDED, RULE_CHANGED (after a dispute), RULE_RETURNED or EQUIPMENT_RETURNED; null = it did not
    judged_state::varchar as judged_state,  -- worst verdict of the window tonight; null = not judged tonight
    (case when state like 'CLOSED%' then false else coalesce(judged_state, '-') not in ('FAIL', 'PASS') end)::boolean as is_not_reassessed,  -- still open, but tonight's data cannot say whether it is mended
    coalesce(first_seen_date, as_of_date)::date as first_seen_date,  -- as-of day of the first run that saw it
    (case when is_opened and coalesce(state_before, '-') <> 'PENDING_CHECK' and not (was_mending_told and coalesce(reopened_reason, '-') = 'FAILED_AGAIN') then as_of_date else opened_date end)::date as opened_date,  -- as-of day since which it is not closed; the cure period counts from it, also where it fails again before it was closed
    (case when judged_state = 'FAIL' then as_of_date else last_seen_date end)::date as last_seen_date,  -- as-of day of the last run in which it failed
    (reopened_count + case when is_opened and state_before is not null then 1 else 0 end)::bigint as reopened_count,  -- times it came back
    fail_period_count::bigint as fail_period_count,  -- periods of the window that fail
    first_fail_date::date as first_fail_date,  -- first day of the first failing period of the window
    last_fail_date::date as last_fail_date,  -- last day of the last one
    last_fail_start_date::date as last_fail_start_date,  -- first day of the last one; of a finding that failed again the period that brought it back
    last_fail_value::double as last_fail_value,  -- value of the last one, in unit; null = no number
    last_fail_limit_value::double as last_fail_limit_value,  -- limit that it was held against
    is_passing_again::boolean as is_passing_again,  -- the last period that is over passes, an earlier one of the window still fails
    is_mending_told::boolean as is_mending_told,  -- a run told that it is mended, and no period has failed since
    (case when is_passing_again then last_day(last_fail_date + window_months * interval 1 month) end)::date as check_end_date,  -- end of the month whose run closes it, if no period fails until then; null = its last period fails, or is not known
    worst_headroom_ratio::double as worst_headroom_ratio,  -- smallest headroom of the failing periods; null = no number
    (case when is_opened or is_worse then worst_headroom_ratio else coalesce(told_headroom_ratio_before, worst_headroom_ratio) end)::double as told_headroom_ratio,  -- the same when it was last told as new, back or worse
    is_worse::boolean as is_worse,  -- at least worse_ratio (policy findings) of the limit further beyond it than when it was last told
    worst_value::double as worst_value,  -- value of that period, in unit
    worst_limit_value::double as worst_limit_value,  -- limit that it was held against
    worst_start_date::date as worst_start_date,  -- first day of that period
    worst_end_date::date as worst_end_date,  -- its last day
    unit::varchar as unit,  -- unit of both
    operator::varchar as operator,  -- at_most, below, at_least, above, prohibited or required
    waiver_id::varchar as waiver_id,  -- waiver that holds on the as-of day; null = none
    waiver_expiry_date::date as waiver_expiry_date,  -- last day of that waiver
    (state_before is null or state <> state_before or coalesce(judged_state, '-') <> coalesce(judged_state_before, '-')
        or coalesce(rule_version, '-') <> coalesce(rule_version_before, '-')
        or coalesce(round(worst_headroom_ratio, 6), 1) <> coalesce(round(worst_headroom_ratio_before, 6), 1) and judged_state = 'FAIL' or is_worse
        or is_mending_told <> was_mending_told)::boolean as is_changed  -- the run changes what the log knows of it
from weighed
