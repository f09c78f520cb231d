/*
description: >-
  What the averages of a stack are counted against: one row per dated threshold, stack, test and decision, with the level as a whole number
  and the slot in which its exceedances are counted. An average x is counted when x > level: for a limit that may just be met the level is
  the limit, for one that may not it is the next number below. Levels of a limit with reference oxygen are on the scale value over
  (21 - oxygen). A declared uncertainty (the stack's own, else the rule's; what favours the operator is never more than the rule's) moves the level instead of the value: subtracting 12 % of the limit from a value is
  adding them to the limit.
grain: [threshold_id, entity_id, test_no, decision]
*/
with decisions as (
    select 'fail' as decision
    union all
    select 'pass' as decision
),

-- above the level of fail the test is not held; up to that of pass it is held. They differ under a guard band only
bound as (
    select
        a.threshold_id,
        a.entity_id,
        k.test_no,
        k.group_no,
        d.decision,
        e.stack_id,
        t.indicator_id,
        k.averaging,
        k.pass_share_ratio,
        case when k.averaging in ('hour', 'half_hour') then '' else coalesce(t.excluded_states, '') end as excluded_states,
        case when k.averaging = 'day' then coalesce(t.max_invalid_half_hours, 48) else 48 end as max_invalid_half_hours,
        t.ref_o2_pct is not null as is_per_o2,
        t.operator,
        case when t.ref_o2_pct is null then 1 else 21 - t.ref_o2_pct end as o2_factor,
        coalesce(k.level_value, coalesce(x.limit_value, t.limit_value) * k.level_multiple) as test_value,
        case when t.operator in ('at_most', 'below') then 1 else -1 end
            * case when t.decision_rule = 'operator_favourable' or (t.decision_rule = 'guard_band' and d.decision = 'fail') then 1
                when t.decision_rule = 'lender_conservative' or (t.decision_rule = 'guard_band' and d.decision = 'pass') then -1 else 0 end
            * coalesce(case when t.decision_rule = 'operator_favourable' or (t.decision_rule = 'guard_band' and d.decision = 'fail') then least(p.uncertainty_pct, t.uncertainty_pct) else coalesce(p.uncertainty_pct, t.uncertainty_pct) end, 0) / 100 as shift_ratio,
        t.uncertainty_of
    from int_rules__applicability as a
    inner join ref_rules__thresholds as t on a.threshold_id = t.threshold_id
    inner join ref_rules__indicators as i on t.indicator_id = i.indicator_id and i.measured_by = 'stack'
    inner join int_plants__entities as e on a.entity_id = e.entity_id and e.entity_type = 'stack'
    inner join ref_rules__tests as k on a.threshold_id = k.threshold_id
    inner join decisions as d on d.decision = 'fail' or t.decision_rule = 'guard_band'
    left join stg_plants__emission_points as p on e.stack_id = p.stack_id
    left join int_rules__adjusted_limits as x on a.threshold_id = x.threshold_id and a.entity_id = x.entity_id
    where a.is_applicable = 'yes' and coalesce(x.limit_value, t.limit_value) is not null
),

shifted as (
    select
        *,
        case when uncertainty_of = 'value' then test_value / nullif(1 - shift_ratio, 0) else test_value * (1 + shift_ratio) end as level_value
    from bound
),

counted as (
    select
        *,
        round(level_value / nullif(o2_factor, 0) * 1000000000)::bigint - case when operator in ('at_most', 'above') then 0 else 1 end as counted_e9
    from shifted
),

placed as (
    select
        *,
        dense_rank() over (
            partition by stack_id, indicator_id, averaging, excluded_states, max_invalid_half_hours, is_per_o2 order by counted_e9
        ) - 1 as place
    from counted
),

blocked as (
    select
        *,
        dense_rank() over (
            partition by stack_id, indicator_id, averaging, excluded_states, max_invalid_half_hours
            order by case when is_per_o2 then 0 else 1 end, place // 8
        ) - 1 as block_no
    from placed
)

select
    threshold_id::varchar as threshold_id,  -- dated threshold
    entity_id::varchar as entity_id,  -- stack judged
    test_no::integer as test_no,  -- test of the threshold, see ref_rules__tests
    decision::varchar as decision,  -- fail: beyond this level the test is not held; pass: within it the test is held (guard band only)
    group_no::integer as group_no,  -- tests of one group are alternatives
    stack_id::varchar as stack_id,  -- stack
    indicator_id::varchar as indicator_id,  -- indicator
    averaging::varchar as averaging,  -- half_hour, hour, day, rolling_30_operating_days, month or year
    excluded_states::varchar as excluded_states,  -- classes that are left out of the average; empty for hours and half-hours, which have a class each
    max_invalid_half_hours::integer as max_invalid_half_hours,  -- a day with more of them discarded has no mean; 48 = any day has one
    pass_share_ratio::double as pass_share_ratio,  -- share of the averages that must be within
    is_per_o2::boolean as is_per_o2,  -- the limit has a reference oxygen
    level_value::double as level_value,  -- the level in the unit of the indicator, at the limit's oxygen
    counted_e9::bigint as counted_e9,  -- averages above it are counted, times 10^9
    (operator in ('at_most', 'below'))::boolean as is_over_bad,  -- true: those counted are beyond the limit; false: those counted are within it
    block_no::integer as block_no,  -- block of up to eight levels on one scale
    (place % 8 + 1)::integer as slot_no  -- slot in the block, 1 to 8
from blocked
