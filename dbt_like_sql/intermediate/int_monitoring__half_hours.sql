/*
description: >-
  Half-hours that a limit with a test of half-hours can use, by month and year of the window, and the hours beside them that came in readings that make none: where an
  analyser changed from hours to minutes a test of half-hours sees part of the period only. Where no limit tests half-hours there is no row.
grain: [stack_id, indicator_id, excluded_states, period_kind, period_end_date]
*/
with wanted as (
    select e.stack_id, t.indicator_id, coalesce(t.excluded_states, '') as excluded_states
    from int_rules__applicability as a
    inner join ref_rules__thresholds as t on a.threshold_id = t.threshold_id
    inner join (select distinct threshold_id from ref_rules__tests where averaging = 'half_hour') as k on a.threshold_id = k.threshold_id
    inner join int_plants__entities as e on a.entity_id = e.entity_id and e.entity_type = 'stack'
    where a.is_applicable = 'yes'
    group by e.stack_id, t.indicator_id, coalesce(t.excluded_states, '')
),

classes as (
    select
        x.excluded_states,
        c.class_no,
        case when c.class_no <= 3 and not list_contains(string_split(x.excluded_states, ','), c.reading_class) then 1 else 0 end as is_used,
        case when c.reading_class = 'stopped' or list_contains(string_split(x.excluded_states, ','), c.reading_class) then 1 else 0 end as is_not_due
    from (select distinct excluded_states from wanted) as x
    cross join int_monitoring__reading_classes as c
),

-- classes 4 to 7 of plain hours stand beside those of class 0
beside as (
    select
        excluded_states,
        max(case when class_no = 4 then is_not_due else 0 end) as is_not_due_4,
        max(case when class_no = 5 then is_not_due else 0 end) as is_not_due_5,
        max(case when class_no = 6 then is_not_due else 0 end) as is_not_due_6,
        max(case when class_no = 7 then is_not_due else 0 end) as is_not_due_7
    from classes
    group by excluded_states
),

-- an hour without half-hours is two of them in what is due, and none in what is there
sent as (
    select stack_id, indicator_id, day_date, class_no, reading_count, valid_count, valid_with_o2_count, coalesce(classes_4_to_7, 0) as classes_4_to_7, averaging = 'half_hour' as is_half_hour
    from int_monitoring__folded
    where block_no = 0 and (averaging = 'half_hour' or (averaging = 'hour' and lane <> 'finer'))
),

months as (
    select
        w.stack_id,
        w.indicator_id,
        w.excluded_states,
        p.period_start_date,
        p.period_end_date,
        sum(case when f.is_half_hour then f.valid_count * c.is_used else 0 end) as valid_count,
        sum(case when f.is_half_hour then f.valid_with_o2_count * c.is_used else 0 end) as valid_with_o2_count,
        sum(f.reading_count * c.is_not_due * case when f.is_half_hour then 1 else 2 end + 2 * (f.classes_4_to_7 & 4095) * b.is_not_due_4
            + 2 * (f.classes_4_to_7 >> 12 & 4095) * b.is_not_due_5 + 2 * (f.classes_4_to_7 >> 24 & 4095) * b.is_not_due_6
            + 2 * (f.classes_4_to_7 >> 36 & 4095) * b.is_not_due_7) as not_due_count,
        sum(case when f.is_half_hour then 0 else f.valid_count * c.is_used end) as coarse_hour_count
    from wanted as w
    inner join sent as f on w.stack_id = f.stack_id and w.indicator_id = f.indicator_id
    inner join int_monitoring__window_days as p on f.day_date = p.day_date
    inner join classes as c on w.excluded_states = c.excluded_states and f.class_no = c.class_no
    inner join beside as b on w.excluded_states = b.excluded_states
    group by w.stack_id, w.indicator_id, w.excluded_states, p.period_start_date, p.period_end_date
),

years as (
    select m.stack_id, m.indicator_id, m.excluded_states, p.period_start_date, p.period_end_date, sum(m.valid_count) as valid_count,
        sum(m.valid_with_o2_count) as valid_with_o2_count, sum(m.not_due_count) as not_due_count, sum(m.coarse_hour_count) as coarse_hour_count
    from months as m
    inner join int_run__periods as p on p.period_kind = 'year' and m.period_end_date between p.period_start_date and p.period_end_date
    group by m.stack_id, m.indicator_id, m.excluded_states, p.period_start_date, p.period_end_date
),

periods as (
    select 'month' as period_kind, * from months
    union all
    select 'year' as period_kind, * from years
)

select
    stack_id::varchar as stack_id,  -- stack
    indicator_id::varchar as indicator_id,  -- indicator
    excluded_states::varchar as excluded_states,  -- classes left out
    period_kind::varchar as period_kind,  -- month or year
    period_end_date::date as period_end_date,  -- last day
    valid_count::bigint as valid_count,  -- usable half-hours that are not left out
    valid_with_o2_count::bigint as valid_with_o2_count,  -- of these with oxygen
    not_due_count::bigint as not_due_count,  -- half-hours standing still or left out; an hour without half-hours counts two
    coarse_hour_count::bigint as coarse_hour_count  -- usable hours that are not left out and came in readings that make no half-hours
from periods
