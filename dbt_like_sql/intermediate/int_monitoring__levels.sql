/*
description: >-
  What the averages of a stack are counted against: one row per dated threshold, stack and test, with the level as a whole number and the
  slot in which its exceedances are counted. An average x is counted when x > level: for a limit that may just be met the level is the
  limit, for one that may not it is the next number below. Levels of a limit with reference oxygen are on the scale value over (21 - oxygen).
grain: [threshold_id, entity_id, test_no]
*/
with tests as (
    select threshold_id, 1 as test_no, case averaging when 'spot' then 'day' else averaging end as averaging, 1.0 as multiple
    from ref_rules__thresholds
    where kind = 'limit'
    union all
    select threshold_id, 2 as test_no, case averaging when 'spot' then 'day' else averaging end as averaging, max_multiple as multiple
    from ref_rules__thresholds
    where kind = 'limit' and max_multiple is not null
),

bound as (
    select
        a.threshold_id,
        a.entity_id,
        k.test_no,
        e.stack_id,
        t.indicator_id,
        k.averaging,
        case when k.averaging in ('hour', 'half_hour') then '' else coalesce(t.excluded_states, '') end as excluded_states,
        t.ref_o2_pct is not null as is_per_o2,
        t.operator,
        round(coalesce(x.limit_value, t.limit_value) * k.multiple / nullif(case when t.ref_o2_pct is null then 1 else 21 - t.ref_o2_pct end, 0) * 1000000000)::bigint as level_e9
    from int_rules__applicability as a
    inner join ref_rules__thresholds as t on a.threshold_id = t.threshold_id
    inner join ref_rules__indicators as i on t.indicator_id = i.indicator_id and i.measured_by = 'stack'
    inner join int_plants__entities as e on a.entity_id = e.entity_id and e.entity_type = 'stack'
    inner join tests as k on a.threshold_id = k.threshold_id
    left join int_rules__adjusted_limits as x on a.threshold_id = x.threshold_id and a.entity_id = x.entity_id
    where a.is_applicable = 'yes' and coalesce(x.limit_value, t.limit_value) is not null
),

counted as (
    select *, case when operator in ('at_most', 'above') then level_e9 else level_e9 - 1 end as counted_e9
    from bound
),

placed as (
    select
        *,
        dense_rank() over (partition by stack_id, indicator_id, averaging, excluded_states, is_per_o2 order by counted_e9) - 1 as place
    from counted
),

blocked as (
    select
        *,
        dense_rank() over (
            partition by stack_id, indicator_id, averaging, excluded_states order by case when is_per_o2 then 0 else 1 end, place // 8
        ) - 1 as block_no
    from placed
)

select
    threshold_id::varchar as threshold_id,  -- dated threshold
    entity_id::varchar as entity_id,  -- stack judged
    test_no::integer as test_no,  -- test of the threshold
    stack_id::varchar as stack_id,  -- stack
    indicator_id::varchar as indicator_id,  -- indicator
    averaging::varchar as averaging,  -- half_hour, hour, day, month or year
    excluded_states::varchar as excluded_states,  -- classes that are left out of the average; empty for hours and half-hours, which have a class each
    is_per_o2::boolean as is_per_o2,  -- the limit has a reference oxygen
    counted_e9::bigint as counted_e9,  -- averages above it are counted, times 10^9
    (operator in ('at_most', 'below'))::boolean as is_over_bad,  -- true: those counted are beyond the limit; false: those counted are within it
    block_no::integer as block_no,  -- block of up to eight levels on one scale
    (place % 8 + 1)::integer as slot_no  -- slot in the block, 1 to 8
from blocked
