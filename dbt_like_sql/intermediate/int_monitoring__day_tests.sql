/*
description: >-
  Means of local days, and of 30 operating days, counted against the levels of the limits that ask for them, by month and year of the
  assessment window. A day's mean is made of its hours with a usable value in the classes that the limit does not exclude; a day on which more
  half-hours of it (it may have 46 or 50) were discarded than the limit allows has none: also one of which nothing is usable, from the first day that the stack sent. Every operating day ends a mean over the hours of 30 operating days.
grain: [stack_id, indicator_id, averaging, excluded_states, max_invalid_half_hours, block_no, period_kind, period_end_date]
*/
with wanted as (
    select stack_id, indicator_id, averaging, excluded_states, max_invalid_half_hours, is_per_o2,
        (row_number() over (order by stack_id, indicator_id, averaging, excluded_states, max_invalid_half_hours, is_per_o2))::integer as wanted_no
    from int_monitoring__slots
    where averaging in ('day', 'rolling_30_operating_days')
    group by stack_id, indicator_id, averaging, excluded_states, max_invalid_half_hours, is_per_o2
),

-- a slot without a level lies above everything
blocks as materialized (
    select
        (row_number() over (order by w.wanted_no, s.block_no))::integer as block_key,
        w.wanted_no,
        s.block_no,
        coalesce(s.level_1_e9, 9000000000000000000) as level_1_e9,
        coalesce(s.level_2_e9, 9000000000000000000) as level_2_e9,
        coalesce(s.level_3_e9, 9000000000000000000) as level_3_e9,
        coalesce(s.level_4_e9, 9000000000000000000) as level_4_e9,
        coalesce(s.level_5_e9, 9000000000000000000) as level_5_e9,
        coalesce(s.level_6_e9, 9000000000000000000) as level_6_e9,
        coalesce(s.level_7_e9, 9000000000000000000) as level_7_e9,
        coalesce(s.level_8_e9, 9000000000000000000) as level_8_e9
    from wanted as w
    inner join int_monitoring__slots as s
        on w.stack_id = s.stack_id and w.indicator_id = s.indicator_id and w.averaging = s.averaging and w.excluded_states = s.excluded_states
            and w.max_invalid_half_hours = s.max_invalid_half_hours and w.is_per_o2 = s.is_per_o2
),

counted_classes as (
    select
        x.excluded_states,
        c.class_no,
        c.class_no <= 3 and not list_contains(string_split(x.excluded_states, ','), c.reading_class) as is_used,
        c.reading_class = 'stopped' or list_contains(string_split(x.excluded_states, ','), c.reading_class) as is_not_due
    from (select distinct excluded_states from wanted) as x
    cross join int_monitoring__reading_classes as c
),

hours as not materialized (
    select stack_id, indicator_id, day_date, class_no, lane, reading_count, valid_count, valid_with_o2_count, value_e9_sum, value_per_o2_e9_sum
    from int_monitoring__folded
    where averaging = 'hour' and block_no = 0
),

-- most days are one row, of plain hours in normal operation: only the others are added up
added_days as materialized (
    select stack_id, indicator_id, day_date
    from hours
    where class_no > 0 or lane <> 'plain'
    group by stack_id, indicator_id, day_date
),

days as not materialized (
    select
        w.wanted_no,
        w.averaging,
        f.day_date,
        case when w.is_per_o2 then f.value_per_o2_e9_sum else f.value_e9_sum end as value_e9_sum,
        case when w.is_per_o2 then f.valid_with_o2_count else f.valid_count end as hour_count
    from hours as f
    anti join added_days as a on f.stack_id = a.stack_id and f.indicator_id = a.indicator_id and f.day_date = a.day_date
    inner join wanted as w on f.stack_id = w.stack_id and f.indicator_id = w.indicator_id
    union all
    select
        w.wanted_no,
        w.averaging,
        f.day_date,
        sum(case when c.is_used then case when w.is_per_o2 then f.value_per_o2_e9_sum else f.value_e9_sum end end)::bigint as value_e9_sum,
        sum(case when c.is_used then case when w.is_per_o2 then f.valid_with_o2_count else f.valid_count end else 0 end)::bigint as hour_count
    from hours as f
    inner join added_days as a on f.stack_id = a.stack_id and f.indicator_id = a.indicator_id and f.day_date = a.day_date
    inner join wanted as w on f.stack_id = w.stack_id and f.indicator_id = w.indicator_id
    inner join counted_classes as c on w.excluded_states = c.excluded_states and f.class_no = c.class_no
    group by w.wanted_no, w.averaging, f.day_date
),

-- few limits say how many half-hours of a day may be discarded. What was sent as half-hours or finer is counted by half-hours, what was sent as hours counts two each
strict as materialized (
    select wanted_no, stack_id, indicator_id, excluded_states, is_per_o2, max_invalid_half_hours
    from wanted
    where averaging = 'day' and max_invalid_half_hours < 48
),

sent_halves as (
    select stack_id, indicator_id, day_date, class_no, valid_count, valid_with_o2_count, reading_count, classes_4_to_7, case when averaging = 'hour' then 2 else 1 end as half_hours
    from int_monitoring__folded
    where block_no = 0 and (averaging = 'half_hour' or (averaging = 'hour' and lane <> 'finer'))
),

-- classes 4 to 7 of plain hours stand beside those of class 0, twelve bits each: all of the bits where they were not due
not_due_beside as (
    select excluded_states, sum(case when class_no between 4 and 7 and is_not_due then 4095::bigint << (class_no - 4) * 12 else 0 end)::bigint as not_due_bits
    from counted_classes
    group by excluded_states
),

counted_halves as (
    select
        w.wanted_no,
        f.day_date,
        sum(case when c.is_used then case when w.is_per_o2 then f.valid_with_o2_count else f.valid_count end else 0 end * f.half_hours) as used_count,
        sum(case when c.is_not_due then f.reading_count else 0 end * f.half_hours) as not_due_count,
        max(coalesce(f.classes_4_to_7, 0) & b.not_due_bits) as not_due_hours
    from sent_halves as f
    inner join strict as w on f.stack_id = w.stack_id and f.indicator_id = w.indicator_id
    inner join counted_classes as c on w.excluded_states = c.excluded_states and f.class_no = c.class_no
    inner join not_due_beside as b on w.excluded_states = b.excluded_states
    group by w.wanted_no, f.day_date
),

-- every day from the first that was sent, in the calendar years of the window: one of which nothing is usable has its half-hours discarded all the same
span as (
    select date_trunc('year', min(day_date))::date as first_date, max(day_date) as last_date
    from int_monitoring__window_days
),

first_days as (
    select h.wanted_no, greatest(min(h.day_date), s.first_date) as first_date, s.last_date
    from counted_halves as h
    cross join span as s
    group by h.wanted_no, s.first_date, s.last_date
),

strict_days as (
    select wanted_no, unnest(generate_series(first_date::timestamp, last_date::timestamp, interval 1 day))::date as day_date
    from first_days
),

-- half-hours that were due and not used are discarded, whether they came or not; a unit out of service owes none
invalid_days as materialized (
    select d.wanted_no, d.day_date
    from strict_days as d
    inner join strict as w on d.wanted_no = w.wanted_no
    left join counted_halves as h on d.wanted_no = h.wanted_no and d.day_date = h.day_date
    left join int_monitoring__irregular_days as i on w.stack_id = i.stack_id and d.day_date = i.day_date
    where case when i.day_date is null then 48 when i.is_in_service then 2 * i.day_hours else 0 end - coalesce(h.used_count, 0) - coalesce(h.not_due_count, 0)
        - 2 * (coalesce(h.not_due_hours, 0) & 4095) - 2 * (coalesce(h.not_due_hours, 0) >> 12 & 4095) - 2 * (coalesce(h.not_due_hours, 0) >> 24 & 4095)
        - 2 * (coalesce(h.not_due_hours, 0) >> 36 & 4095) > w.max_invalid_half_hours
),

-- limits let a number of days of a calendar year be invalid: how many were by the end of a month, in the order of time
invalid_so_far as (
    select wanted_no, month_date, sum(day_count) over (partition by wanted_no, date_trunc('year', month_date) order by month_date) as in_year_count
    from (
        select wanted_no, date_trunc('month', day_date)::date as month_date, count(*) as day_count
        from invalid_days
        group by wanted_no, date_trunc('month', day_date)::date
    ) as by_month
),

day_means as (
    select d.wanted_no, d.day_date, round(d.value_e9_sum / nullif(d.hour_count, 0))::bigint as mean_e9
    from days as d
    anti join invalid_days as i on d.wanted_no = i.wanted_no and d.day_date = i.day_date
    where d.averaging = 'day' and d.hour_count > 0
),

operating_days as (
    select
        wanted_no,
        day_date,
        sum(value_e9_sum) over (partition by wanted_no order by day_date rows between 29 preceding and current row) as value_e9_sum,
        sum(hour_count) over (partition by wanted_no order by day_date rows between 29 preceding and current row) as hour_count,
        count(*) over (partition by wanted_no order by day_date rows between 29 preceding and current row) as day_count
    from days
    where averaging = 'rolling_30_operating_days' and hour_count > 0
),

means as not materialized (
    select wanted_no, day_date, false as is_invalid, mean_e9
    from day_means
    union all
    select wanted_no, day_date, true as is_invalid, null as mean_e9
    from invalid_days
    union all
    select wanted_no, day_date, false as is_invalid, case when day_count = 30 then round(value_e9_sum / nullif(hour_count, 0))::bigint end as mean_e9
    from operating_days
),

-- the highest mean and its day stand in one number: there are at most 32 days. So do counts of four levels, twelve bits each
counted_months as (
    select
        b.block_key,
        p.period_start_date,
        count(m.mean_e9) as average_count,
        count_if(m.is_invalid) as invalid_count,
        sum(m.mean_e9) as mean_e9_sum,
        max(m.mean_e9 * 32 + (m.day_date - p.period_start_date)) as highest_key,
        sum((case when m.mean_e9 > b.level_1_e9 then case when m.mean_e9 <= b.level_2_e9 then 1 when m.mean_e9 <= b.level_3_e9 then 4097 when m.mean_e9 <= b.level_4_e9 then 16781313 else 68736258049 end else 0 end)::double)::bigint as over_1_to_4,
        sum((case when m.mean_e9 > b.level_5_e9 then case when m.mean_e9 <= b.level_6_e9 then 1 when m.mean_e9 <= b.level_7_e9 then 4097 when m.mean_e9 <= b.level_8_e9 then 16781313 else 68736258049 end else 0 end)::double)::bigint as over_5_to_8
    from means as m
    inner join int_monitoring__window_days as p on m.day_date = p.day_date
    inner join blocks as b on m.wanted_no = b.wanted_no
    group by b.block_key, p.period_start_date
),

window_months as (
    select period_start_date, period_end_date
    from int_monitoring__window_days
    group by period_start_date, period_end_date
),

months as (
    select b.wanted_no, b.block_no, m.period_start_date, p.period_end_date, m.average_count, m.invalid_count, i.in_year_count, m.mean_e9_sum, m.highest_key // 32 as highest_e9,
        m.period_start_date + (m.highest_key % 32)::integer as highest_date, m.over_1_to_4 & 4095 as over_1_count,
        m.over_1_to_4 >> 12 & 4095 as over_2_count, m.over_1_to_4 >> 24 & 4095 as over_3_count, m.over_1_to_4 >> 36 & 4095 as over_4_count,
        m.over_5_to_8 & 4095 as over_5_count, m.over_5_to_8 >> 12 & 4095 as over_6_count, m.over_5_to_8 >> 24 & 4095 as over_7_count,
        m.over_5_to_8 >> 36 & 4095 as over_8_count
    from counted_months as m
    inner join blocks as b on m.block_key = b.block_key
    inner join window_months as p on m.period_start_date = p.period_start_date
    left join invalid_so_far as i on b.wanted_no = i.wanted_no and m.period_start_date = i.month_date
),

years as (
    select
        m.wanted_no, m.block_no, p.period_start_date, p.period_end_date,
        sum(m.average_count) as average_count,
        sum(m.invalid_count) as invalid_count,
        max(m.in_year_count) as in_year_count,
        sum(m.mean_e9_sum) as mean_e9_sum,
        max(m.highest_e9) as highest_e9,
        max_by(m.highest_date, (m.highest_e9, m.highest_date)) filter (where m.highest_e9 is not null) as highest_date,
        sum(m.over_1_count) as over_1_count,
        sum(m.over_2_count) as over_2_count,
        sum(m.over_3_count) as over_3_count,
        sum(m.over_4_count) as over_4_count,
        sum(m.over_5_count) as over_5_count,
        sum(m.over_6_count) as over_6_count,
        sum(m.over_7_count) as over_7_count,
        sum(m.over_8_count) as over_8_count
    from months as m
    inner join int_run__periods as p on p.period_kind = 'year' and m.period_end_date between p.period_start_date and p.period_end_date
    group by m.wanted_no, m.block_no, p.period_start_date, p.period_end_date
),

periods as (
    select 'month' as period_kind, * from months
    union all
    select 'year' as period_kind, * from years
)

select
    w.stack_id::varchar as stack_id,  -- stack
    w.indicator_id::varchar as indicator_id,  -- indicator
    w.averaging::varchar as averaging,  -- day or rolling_30_operating_days
    w.excluded_states::varchar as excluded_states,  -- classes left out of the mean
    w.max_invalid_half_hours::integer as max_invalid_half_hours,  -- a day with more of them discarded has no mean
    p.block_no::integer as block_no,  -- block of levels
    p.period_kind::varchar as period_kind,  -- month or year
    p.period_start_date::date as period_start_date,  -- first day
    p.period_end_date::date as period_end_date,  -- last day
    p.average_count::bigint as average_count,  -- means
    coalesce(p.invalid_count, 0)::bigint as invalid_count,  -- days without one because too many half-hours were discarded
    coalesce(p.in_year_count, 0)::bigint as invalid_in_year_count,  -- such days of the calendar year up to the last of them in the period, also before the window; of two years the more; 0 = none in the period
    p.mean_e9_sum::decimal(38, 0) as mean_e9_sum,  -- sum of the means times 10^9
    p.highest_e9::bigint as highest_e9,  -- highest mean times 10^9
    p.highest_date::date as highest_date,  -- a day on which it was reached, or ended
    coalesce(p.over_1_count, 0)::bigint as over_1_count,  -- means above the level of slot 1
    coalesce(p.over_2_count, 0)::bigint as over_2_count,  -- means above the level of slot 2
    coalesce(p.over_3_count, 0)::bigint as over_3_count,  -- means above the level of slot 3
    coalesce(p.over_4_count, 0)::bigint as over_4_count,  -- means above the level of slot 4
    coalesce(p.over_5_count, 0)::bigint as over_5_count,  -- means above the level of slot 5
    coalesce(p.over_6_count, 0)::bigint as over_6_count,  -- means above the level of slot 6
    coalesce(p.over_7_count, 0)::bigint as over_7_count,  -- means above the level of slot 7
    coalesce(p.over_8_count, 0)::bigint as over_8_count  -- means above the level of slot 8
from periods as p
inner join wanted as w on p.wanted_no = w.wanted_no
