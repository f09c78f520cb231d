/*
description: >-
  Means of local days, and of 30 operating days, counted against the levels of the limits that ask for them, by month and year of the
  assessment window. A day's mean is made of its hours with a usable value in the classes that the limit does not exclude; a day on which more
  half-hours of it (it may have 46 or 50) were discarded than the limit allows has none. Every operating day ends a mean over the hours of 30 operating days.
grain: [stack_id, indicator_id, averaging, excluded_states, max_invalid_half_hours, block_no, period_kind, period_end_date]
by_stacks: int_monitoring__slots
*/
with wanted as (
    select stack_id, indicator_id, averaging, excluded_states, max_invalid_half_hours, is_per_o2,
        (row_number() over (order by stack_id, indicator_id, averaging, excluded_states, max_invalid_half_hours, is_per_o2))::integer as wanted_no
    from int_monitoring__slots
    where averaging in ('day', 'rolling_30_operating_days')
    group by stack_id, indicator_id, averaging, excluded_states, max_invalid_half_hours, is_per_o2
),

blocks as materialized (
    select w.wanted_no, s.block_no, s.level_1_e9, s.level_2_e9, s.level_3_e9, s.level_4_e9, s.level_5_e9, s.level_6_e9, s.level_7_e9, s.level_8_e9
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

-- most days are one row, of plain hours in normal operation: only the rest is added up, and held against it.
-- hours that were not due are of interest only where hours may be discarded
plain_days as (
    select
        w.wanted_no,
        f.day_date,
        case when w.is_per_o2 then f.value_per_o2_e9_sum else f.value_e9_sum end as value_e9_sum,
        case when w.is_per_o2 then f.valid_with_o2_count else f.valid_count end as hour_count
    from wanted as w
    inner join int_monitoring__folded as f
        on w.stack_id = f.stack_id and w.indicator_id = f.indicator_id and f.averaging = 'hour' and f.block_no = 0 and f.class_no = 0 and f.lane = 'plain'
),

other_days as (
    select
        w.wanted_no,
        f.day_date,
        sum(case when c.is_used then case when w.is_per_o2 then f.value_per_o2_e9_sum else f.value_e9_sum end end)::bigint as value_e9_sum,
        sum(case when c.is_used then case when w.is_per_o2 then f.valid_with_o2_count else f.valid_count end else 0 end)::bigint as hour_count,
        sum(case when c.is_not_due then f.reading_count else 0 end)::bigint as not_due_count
    from wanted as w
    inner join int_monitoring__folded as f
        on w.stack_id = f.stack_id and w.indicator_id = f.indicator_id and f.averaging = 'hour' and f.block_no = 0 and (f.class_no > 0 or f.lane <> 'plain')
    inner join counted_classes as c
        on w.excluded_states = c.excluded_states and f.class_no = c.class_no and (c.is_used or (c.is_not_due and w.max_invalid_half_hours < 48))
    group by w.wanted_no, f.day_date
),

days as (
    select
        coalesce(p.wanted_no, o.wanted_no) as wanted_no,
        coalesce(p.day_date, o.day_date) as day_date,
        case when p.value_e9_sum is null then o.value_e9_sum else p.value_e9_sum + coalesce(o.value_e9_sum, 0) end as value_e9_sum,
        coalesce(p.hour_count, 0) + coalesce(o.hour_count, 0) as hour_count,
        coalesce(o.not_due_count, 0) as not_due_count
    from plain_days as p
    full outer join other_days as o on p.wanted_no = o.wanted_no and p.day_date = o.day_date
),

-- hours that were due and not used are discarded, whether they came or not
day_means as (
    select
        d.wanted_no,
        d.day_date,
        2 * greatest(coalesce(i.day_hours, 24) - d.not_due_count - d.hour_count, 0) > w.max_invalid_half_hours as is_invalid,
        round(d.value_e9_sum / nullif(d.hour_count, 0))::bigint as mean_e9
    from days as d
    inner join wanted as w on d.wanted_no = w.wanted_no and w.averaging = 'day'
    left join int_monitoring__irregular_days as i on w.stack_id = i.stack_id and d.day_date = i.day_date
    where d.hour_count > 0
),

operating_days as (
    select
        d.wanted_no,
        d.day_date,
        sum(d.value_e9_sum) over (partition by d.wanted_no order by d.day_date rows between 29 preceding and current row) as value_e9_sum,
        sum(d.hour_count) over (partition by d.wanted_no order by d.day_date rows between 29 preceding and current row) as hour_count,
        count(*) over (partition by d.wanted_no order by d.day_date rows between 29 preceding and current row) as day_count
    from days as d
    inner join wanted as w on d.wanted_no = w.wanted_no and w.averaging = 'rolling_30_operating_days'
    where d.hour_count > 0
),

means as (
    select wanted_no, day_date, is_invalid, case when not is_invalid then mean_e9 end as mean_e9
    from day_means
    union all
    select wanted_no, day_date, false as is_invalid, case when day_count = 30 then round(value_e9_sum / nullif(hour_count, 0))::bigint end as mean_e9
    from operating_days
),

-- the highest mean and its day stand in one number: there are at most 32 days
counted_months as (
    select
        m.wanted_no, b.block_no, p.period_start_date, p.period_end_date,
        count(m.mean_e9) as average_count,
        count_if(m.is_invalid) as invalid_count,
        sum(m.mean_e9) as mean_e9_sum,
        max(m.mean_e9 * 32 + (m.day_date - p.period_start_date)) as highest_key,
        count_if(m.mean_e9 > b.level_1_e9) as over_1_count,
        count_if(m.mean_e9 > b.level_2_e9) as over_2_count,
        count_if(m.mean_e9 > b.level_3_e9) as over_3_count,
        count_if(m.mean_e9 > b.level_4_e9) as over_4_count,
        count_if(m.mean_e9 > b.level_5_e9) as over_5_count,
        count_if(m.mean_e9 > b.level_6_e9) as over_6_count,
        count_if(m.mean_e9 > b.level_7_e9) as over_7_count,
        count_if(m.mean_e9 > b.level_8_e9) as over_8_count
    from means as m
    inner join int_monitoring__window_days as p on m.day_date = p.day_date
    inner join blocks as b on m.wanted_no = b.wanted_no
    group by m.wanted_no, b.block_no, p.period_start_date, p.period_end_date
),

months as (
    select wanted_no, block_no, period_start_date, period_end_date, average_count, invalid_count, mean_e9_sum, highest_key // 32 as highest_e9,
        period_start_date + (highest_key % 32)::integer as highest_date, over_1_count, over_2_count, over_3_count, over_4_count, over_5_count, over_6_count,
        over_7_count, over_8_count
    from counted_months
),

years as (
    select
        m.wanted_no, m.block_no, p.period_start_date, p.period_end_date,
        sum(m.average_count) as average_count,
        sum(m.invalid_count) as invalid_count,
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
