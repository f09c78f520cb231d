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
        coalesce(x.limit_value, t.limit_value) as limit_value,
        t.ref_o2_pct,
        t.averaging,
        t.max_multiple,
        coalesce(t.excluded_states, '') as excluded_states,
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

-- what the period holds: hours of each class, whatever the averaging
held as (
    select
        b.threshold_id,
        b.entity_id,
        b.period_end_date,
        sum(case when f.reading_class in ('normal', 'startup', 'shutdown', 'malfunction') and not list_contains(string_split(b.excluded_states, ','), f.reading_class)
            then f.valid_count else 0 end) as valid_count,
        sum(case when list_contains(string_split(b.excluded_states, ','), f.reading_class) then f.reading_count else 0 end) as excluded_count,
        sum(case when f.reading_class = 'stopped' then f.reading_count else 0 end) as stopped_count,
        sum(case when f.reading_class = 'error' then f.reading_count else 0 end) as error_count,
        min(case when f.reading_class = 'error' then f.class_code end) as error_code,
        sum(case when f.reading_class in ('normal', 'startup', 'shutdown', 'malfunction') and not list_contains(string_split(b.excluded_states, ','), f.reading_class)
            then f.valid_count - f.valid_with_o2_count else 0 end) as without_o2_count,
        sum(f.o2_capped_count) as o2_capped_count
    from bound as b
    inner join int_monitoring__daily_fold as f
        on b.stack_id = f.stack_id and b.indicator_id = f.indicator_id
            and f.day_date between b.period_start_date and b.period_end_date
    group by b.threshold_id, b.entity_id, b.period_end_date
),

hours as (
    select
        b.threshold_id,
        b.entity_id,
        b.period_end_date,
        b.operator,
        b.limit_value,
        b.max_multiple,
        round(case when b.ref_o2_pct is null then r.value_dry_mg_per_nm3
            else r.value_dry_mg_per_nm3 * (21 - b.ref_o2_pct) / nullif(21 - r.o2_capped_pct, 0) end, 9) as average_value,
        r.source_file_id,
        r.source_row_number
    from bound as b
    inner join int_monitoring__readings as r
        on b.stack_id = r.stack_id and b.indicator_id = r.indicator_id
            and r.period_start_at >= b.period_start_date
            and r.period_start_at < b.period_end_date + interval 1 day
            and r.value_dry_mg_per_nm3 is not null
            and not list_contains(string_split(b.excluded_states, ','), r.reading_class)
    where b.averaging = 'hour'
),

folded as (
    select
        b.threshold_id,
        b.entity_id,
        b.period_end_date,
        b.operator,
        b.limit_value,
        b.max_multiple,
        case when b.averaging in ('day', 'spot') then f.day_date else b.period_end_date end as average_date,
        round(case when b.ref_o2_pct is null then sum(f.value_sum::decimal(28, 9))::double / nullif(sum(f.valid_count), 0)
            else (21 - b.ref_o2_pct) * sum(f.value_per_o2_sum::decimal(28, 9))::double / nullif(sum(f.valid_with_o2_count), 0) end, 9) as average_value,
        max_by(f.worst_source_file_id, (f.value_sum / nullif(f.valid_count, 0), f.worst_source_file_id, f.worst_source_row_number)) as source_file_id,
        max_by(f.worst_source_row_number, (f.value_sum / nullif(f.valid_count, 0), f.worst_source_file_id, f.worst_source_row_number)) as source_row_number
    from bound as b
    inner join int_monitoring__daily_fold as f
        on b.stack_id = f.stack_id and b.indicator_id = f.indicator_id
            and f.day_date between b.period_start_date and b.period_end_date
            and f.reading_class in ('normal', 'startup', 'shutdown', 'malfunction')
            and not list_contains(string_split(b.excluded_states, ','), f.reading_class)
    where b.averaging in ('day', 'spot', 'month', 'year')
    group by b.threshold_id, b.entity_id, b.period_end_date, b.operator, b.limit_value, b.max_multiple, b.ref_o2_pct, b.averaging,
        case when b.averaging in ('day', 'spot') then f.day_date else b.period_end_date end
),

averages as (
    select threshold_id, entity_id, period_end_date, operator, limit_value, max_multiple, average_value, source_file_id, source_row_number from hours
    union all
    select threshold_id, entity_id, period_end_date, operator, limit_value, max_multiple, average_value, source_file_id, source_row_number from folded
),

tested as (
    select
        threshold_id,
        entity_id,
        period_end_date,
        count(average_value) as average_count,
        count(case when (operator = 'at_most' and average_value <= limit_value) or (operator = 'below' and average_value < limit_value)
            or (operator = 'at_least' and average_value >= limit_value) or (operator = 'above' and average_value > limit_value) then 1 end) as within_count,
        count(case when average_value > limit_value * max_multiple then 1 end) as over_multiple_count,
        sum(average_value::decimal(28, 9))::double / nullif(count(average_value), 0) as mean_value,
        case when min(operator) in ('at_most', 'below') then max(average_value) else min(average_value) end as worst_value,
        max_by(source_file_id, (average_value, source_file_id, source_row_number)) as source_file_id,
        max_by(source_row_number, (average_value, source_file_id, source_row_number)) as source_row_number
    from averages
    where average_value is not null
    group by threshold_id, entity_id, period_end_date
)

select
    b.threshold_id::varchar as threshold_id,  -- dated threshold
    b.entity_id::varchar as entity_id,  -- stack
    b.period_start_date::date as period_start_date,  -- first day
    b.period_end_date::date as period_end_date,  -- last day; the threshold in force on it judges the period
    coalesce(h.valid_count, 0)::bigint as valid_count,  -- usable readings that the rule does not exclude
    (b.day_count * 24)::bigint as expected_count,  -- hours in the calendar
    (b.day_count * 24 - coalesce(h.stopped_count, 0) - coalesce(h.excluded_count, 0))::bigint as operating_count,  -- hours in which a valid reading was due
    coalesce(h.excluded_count, 0)::bigint as excluded_count,  -- readings left out because the rule says so
    coalesce(h.error_count, 0)::bigint as error_count,  -- readings that could not be normalised
    h.error_code::varchar as error_code,  -- missing input of those readings
    coalesce(h.without_o2_count, 0)::bigint as without_o2_count,  -- usable readings without oxygen
    coalesce(h.o2_capped_count, 0)::bigint as o2_capped_count,  -- readings near ambient oxygen
    (b.ref_o2_pct is not null)::boolean as needs_o2,  -- the limit has a reference oxygen
    coalesce(t.average_count, 0)::bigint as average_count,  -- averaging periods with a value
    coalesce(t.within_count, 0)::bigint as within_count,  -- of them within the limit
    coalesce(t.over_multiple_count, 0)::bigint as over_multiple_count,  -- of them above the stated multiple of the limit
    t.mean_value::double as mean_value,  -- mean of the averages, unit of the indicator
    t.worst_value::double as worst_value,  -- worst average, unit of the indicator
    (coalesce(h.valid_count, 0) / nullif(b.day_count * 24 - coalesce(h.stopped_count, 0) - coalesce(h.excluded_count, 0), 0))::double as capture_ratio,  -- valid over operating hours; null when the unit never ran
    t.source_file_id::varchar as source_file_id,  -- file of the worst reading
    t.source_row_number::bigint as source_row_number  -- its row
from bound as b
left join held as h on b.threshold_id = h.threshold_id and b.entity_id = h.entity_id and b.period_end_date = h.period_end_date
left join tested as t on b.threshold_id = t.threshold_id and b.entity_id = t.entity_id and b.period_end_date = t.period_end_date
where exists (select 1 from int_monitoring__daily_fold as d where d.stack_id = b.stack_id and d.indicator_id = b.indicator_id)
