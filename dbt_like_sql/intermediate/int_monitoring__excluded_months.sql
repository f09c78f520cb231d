/*
description: >-
  Hours of a calendar month that the limits of a rule with a yearly cap leave out, also of the months before the window in its first calendar year of which readings are
  known. Months without such an hour have no row, and where no rule has a cap there is none.
grain: [stack_id, indicator_id, excluded_states, month_date]
*/
with capped_rules as (
    select rule_id
    from ref_rules__thresholds
    where max_excluded_hours is not null
    group by rule_id
),

wanted as (
    select e.stack_id, t.indicator_id, t.excluded_states
    from int_rules__applicability as a
    inner join ref_rules__thresholds as t on a.threshold_id = t.threshold_id
    inner join capped_rules as r on t.rule_id = r.rule_id
    inner join int_plants__entities as e on a.entity_id = e.entity_id and e.entity_type = 'stack'
    where a.is_applicable = 'yes' and t.excluded_states is not null
    group by e.stack_id, t.indicator_id, t.excluded_states
),

exclusions as (
    select x.excluded_states, c.class_no, list_contains(string_split(x.excluded_states, ','), c.reading_class) as is_excluded
    from (select distinct excluded_states from wanted) as x
    cross join int_monitoring__reading_classes as c
),

-- classes 4 to 7 of plain hours stand beside those of class 0: 1 where the limit leaves them out
exclusions_beside as (
    select
        excluded_states,
        max(case when class_no = 4 and is_excluded then 1 else 0 end) as excludes_4,
        max(case when class_no = 5 and is_excluded then 1 else 0 end) as excludes_5,
        max(case when class_no = 6 and is_excluded then 1 else 0 end) as excludes_6,
        max(case when class_no = 7 and is_excluded then 1 else 0 end) as excludes_7
    from exclusions
    group by excluded_states
),

span as (
    select date_trunc('year', min(day_date))::date as first_date, max(day_date) as last_date
    from int_monitoring__window_days
),

months as (
    select
        w.stack_id,
        w.indicator_id,
        w.excluded_states,
        date_trunc('month', f.day_date)::date as month_date,
        s.last_date,
        sum(case when x.is_excluded then f.reading_count else 0 end + coalesce((f.classes_4_to_7 & 4095) * b.excludes_4 + (f.classes_4_to_7 >> 12 & 4095) * b.excludes_5
            + (f.classes_4_to_7 >> 24 & 4095) * b.excludes_6 + (f.classes_4_to_7 >> 36 & 4095) * b.excludes_7, 0)) as excluded_count
    from wanted as w
    inner join int_monitoring__folded as f on w.stack_id = f.stack_id and w.indicator_id = f.indicator_id and f.averaging = 'hour' and f.block_no = 0
    inner join span as s on f.day_date between s.first_date and s.last_date
    inner join exclusions as x on w.excluded_states = x.excluded_states and f.class_no = x.class_no
    inner join exclusions_beside as b on w.excluded_states = b.excluded_states
    group by w.stack_id, w.indicator_id, w.excluded_states, date_trunc('month', f.day_date)::date, s.last_date
)

select
    stack_id::varchar as stack_id,  -- stack
    indicator_id::varchar as indicator_id,  -- indicator
    excluded_states::varchar as excluded_states,  -- classes left out
    month_date::date as month_date,  -- first day of the month
    least((month_date + interval 1 month - interval 1 day)::date, last_date)::date as month_end_date,  -- last day of it; of the month that is running the as-of day
    excluded_count::bigint as excluded_count  -- hours left out
from months
where excluded_count > 0
