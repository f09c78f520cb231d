/*
description: >-
  What each stack measured against each dated threshold, period by period: how many averaging periods were valid, how many
  stayed within the limit, the mean and the worst average, all at the threshold's own reference oxygen.
grain: [threshold_id, entity_id, period_end_date]
*/
with bound as (
    select
        a.threshold_id,
        a.entity_id,
        e.stack_id,
        t.indicator_id,
        t.operator,
        t.averaging,
        t.ref_o2_pct,
        coalesce(t.excluded_states, '') as excluded_states,
        p.period_kind,
        p.period_start_date,
        p.period_end_date,
        p.day_count
    from int_rules__applicability as a
    inner join ref_rules__thresholds as t on a.threshold_id = t.threshold_id
    inner join ref_rules__indicators as i on t.indicator_id = i.indicator_id and i.measured_by = 'stack'
    inner join int_plants__entities as e on a.entity_id = e.entity_id and e.entity_type = 'stack'
    inner join int_run__periods as p
        on p.period_kind = case when t.averaging = 'year' or t.period_share_over = 'year' then 'year' else 'month' end
            and p.period_end_date >= a.bound_from_date
            and (a.bound_to_date is null or p.period_end_date < a.bound_to_date)
    left join int_rules__adjusted_limits as x on a.threshold_id = x.threshold_id and a.entity_id = x.entity_id
    where a.is_applicable = 'yes' and coalesce(x.limit_value, t.limit_value) is not null
),

-- what the period holds: hours of each class, for each set of classes that a limit leaves out
exclusions as (
    select c.class_no, x.excluded_states, list_contains(string_split(x.excluded_states, ','), c.reading_class) as is_excluded
    from int_monitoring__reading_classes as c
    cross join (select distinct excluded_states from bound) as x
),

wanted as (
    select distinct stack_id, indicator_id, excluded_states from bound
),

held as (
    select
        w.stack_id,
        w.indicator_id,
        w.excluded_states,
        f.period_kind,
        f.period_end_date,
        sum(case when x.is_excluded then 0 else f.valid_count end) as valid_count,
        sum(case when x.is_excluded then 0 else f.valid_with_o2_count end) as valid_with_o2_count,
        sum(case when x.is_excluded then 0 else f.value_e9_sum end) as value_e9_sum,
        sum(case when x.is_excluded then 0 else f.value_per_o2_e9_sum end) as value_per_o2_e9_sum,
        sum(case when x.is_excluded then f.reading_count else 0 end) as excluded_count,
        sum(case when f.reading_class = 'stopped' then f.reading_count else 0 end) as stopped_count,
        sum(case when f.reading_class = 'error' then f.reading_count else 0 end) as error_count,
        min(case when f.reading_class = 'error' then f.class_code end) as error_code,
        sum(f.o2_capped_count) as o2_capped_count
    from wanted as w
    inner join int_monitoring__period_fold as f
        on w.stack_id = f.stack_id and w.indicator_id = f.indicator_id and f.averaging = 'hour' and f.block_no = 0
    inner join exclusions as x on f.class_no = x.class_no and w.excluded_states = x.excluded_states
    group by w.stack_id, w.indicator_id, w.excluded_states, f.period_kind, f.period_end_date
),

hour_tests as (
    select
        l.threshold_id,
        l.entity_id,
        l.test_no,
        f.period_kind,
        f.period_end_date,
        sum(case when l.is_per_o2 then f.valid_with_o2_count else f.valid_count end) as average_count,
        sum(case when l.is_per_o2 then f.value_per_o2_e9_sum else f.value_e9_sum end) as average_e9_sum,
        max(f.highest_e9) as highest_e9,
        max_by(f.highest_date, (f.highest_e9, f.highest_date)) as highest_date,
        sum(case l.slot_no when 1 then f.over_1_count when 2 then f.over_2_count when 3 then f.over_3_count when 4 then f.over_4_count when 5 then f.over_5_count when 6 then f.over_6_count when 7 then f.over_7_count when 8 then f.over_8_count end) as over_count
    from int_monitoring__levels as l
    inner join ref_rules__thresholds as t on l.threshold_id = t.threshold_id
    inner join int_monitoring__period_fold as f
        on l.stack_id = f.stack_id and l.indicator_id = f.indicator_id and l.averaging = f.averaging and l.block_no = f.block_no
    inner join exclusions as x on f.class_no = x.class_no and coalesce(t.excluded_states, '') = x.excluded_states and not x.is_excluded
    where l.averaging in ('hour', 'half_hour') and f.class_no <= 3
    group by l.threshold_id, l.entity_id, l.test_no, f.period_kind, f.period_end_date
),

day_tests as (
    select
        l.threshold_id,
        l.entity_id,
        l.test_no,
        f.period_kind,
        f.period_end_date,
        f.average_count,
        f.mean_e9_sum as average_e9_sum,
        f.highest_e9,
        f.highest_date,
        case l.slot_no when 1 then f.over_1_count when 2 then f.over_2_count when 3 then f.over_3_count when 4 then f.over_4_count when 5 then f.over_5_count when 6 then f.over_6_count when 7 then f.over_7_count when 8 then f.over_8_count end as over_count
    from int_monitoring__levels as l
    inner join int_monitoring__day_tests as f
        on l.stack_id = f.stack_id and l.indicator_id = f.indicator_id and l.excluded_states = f.excluded_states and l.block_no = f.block_no
    where l.averaging = 'day'
),

-- the period itself is the average
means as (
    select
        l.threshold_id,
        l.entity_id,
        l.test_no,
        l.counted_e9,
        h.period_kind,
        h.period_end_date,
        round(case when l.is_per_o2 then h.value_per_o2_e9_sum / nullif(h.valid_with_o2_count, 0)
            else h.value_e9_sum / nullif(h.valid_count, 0) end)::bigint as average_e9
    from int_monitoring__levels as l
    inner join held as h
        on l.stack_id = h.stack_id and l.indicator_id = h.indicator_id and l.excluded_states = h.excluded_states and l.averaging = h.period_kind
    where l.averaging in ('month', 'year')
),

tested as (
    select threshold_id, entity_id, test_no, period_kind, period_end_date, average_count, average_e9_sum, highest_e9, highest_date, over_count
    from hour_tests
    union all
    select threshold_id, entity_id, test_no, period_kind, period_end_date, average_count, average_e9_sum, highest_e9, highest_date, over_count
    from day_tests
    union all
    select threshold_id, entity_id, test_no, period_kind, period_end_date, 1 as average_count, average_e9 as average_e9_sum,
        average_e9 as highest_e9, null as highest_date, case when average_e9 > counted_e9 then 1 else 0 end as over_count
    from means
    where average_e9 is not null
),

judged as (
    select
        b.*,
        case when b.ref_o2_pct is null then 1 else 21 - b.ref_o2_pct end as o2_factor,
        k.average_count,
        k.average_e9_sum,
        k.highest_e9,
        k.highest_date,
        case when b.operator in ('at_most', 'below') then k.average_count - k.over_count else k.over_count end as within_count,
        m.over_count as over_multiple_count
    from bound as b
    left join tested as k
        on b.threshold_id = k.threshold_id and b.entity_id = k.entity_id and b.period_kind = k.period_kind
            and b.period_end_date = k.period_end_date and k.test_no = 1
    left join tested as m
        on b.threshold_id = m.threshold_id and b.entity_id = m.entity_id and b.period_kind = m.period_kind
            and b.period_end_date = m.period_end_date and m.test_no = 2
)

select
    b.threshold_id::varchar as threshold_id,  -- dated threshold
    b.entity_id::varchar as entity_id,  -- stack
    b.period_start_date::date as period_start_date,  -- first day
    b.period_end_date::date as period_end_date,  -- last day; the threshold in force on it judges the period
    coalesce(h.valid_count, 0)::bigint as valid_count,  -- usable hours that the rule does not exclude
    (b.day_count * 24)::bigint as expected_count,  -- hours in the calendar
    (b.day_count * 24 - coalesce(h.stopped_count, 0) - coalesce(h.excluded_count, 0))::bigint as operating_count,  -- hours in which a valid reading was due
    coalesce(h.excluded_count, 0)::bigint as excluded_count,  -- hours left out because the rule says so
    coalesce(h.error_count, 0)::bigint as error_count,  -- hours that could not be normalised
    h.error_code::varchar as error_code,  -- missing input of those hours
    (coalesce(h.valid_count, 0) - coalesce(h.valid_with_o2_count, 0))::bigint as without_o2_count,  -- usable hours without oxygen
    coalesce(h.o2_capped_count, 0)::bigint as o2_capped_count,  -- hours near ambient oxygen
    (b.ref_o2_pct is not null)::boolean as needs_o2,  -- the limit has a reference oxygen
    coalesce(b.average_count, 0)::bigint as average_count,  -- averaging periods with a value
    coalesce(b.within_count, 0)::bigint as within_count,  -- of them within the limit
    coalesce(b.over_multiple_count, 0)::bigint as over_multiple_count,  -- of them above the stated multiple of the limit
    round(b.average_e9_sum / nullif(b.average_count, 0) * b.o2_factor / 1000000000, 9)::double as mean_value,  -- mean of the averages, unit of the indicator
    round(b.highest_e9 * b.o2_factor / 1000000000, 9)::double as worst_value,  -- highest average, unit of the indicator
    b.highest_date::date as highest_date,  -- local day of the highest average; null = the average is of the whole period
    (coalesce(h.valid_count, 0) / nullif(b.day_count * 24 - coalesce(h.stopped_count, 0) - coalesce(h.excluded_count, 0), 0))::double as capture_ratio  -- valid over operating hours; null when the unit never ran
from judged as b
left join held as h
    on b.stack_id = h.stack_id and b.indicator_id = h.indicator_id and b.excluded_states = h.excluded_states
        and b.period_kind = h.period_kind and b.period_end_date = h.period_end_date
where exists (select 1 from int_monitoring__period_fold as d where d.stack_id = b.stack_id and d.indicator_id = b.indicator_id)
