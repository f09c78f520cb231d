/*
description: >-
  One pass over all readings, made month by month: hours (and half-hours where a limit asks for them) of each stack, indicator, local day and class
  of reading, their sums, and how many lie above each of the eight levels of a block. Sums know no rule: a mean at any reference oxygen is
  (21 - reference) x value_per_o2_e9_sum / valid_with_o2_count. Readings of less than an hour are averaged first.
grain: [stack_id, indicator_id, averaging, block_no, day_date, class_no]
materialized: chunk
*/
with lengths as (
    select 'hour' as averaging, 60 as averaging_minutes
    union all
    select 'half_hour' as averaging, 30 as averaging_minutes
),

-- readings that are finer than the average, by the class that they have in it
parts as (
    select
        r.series_no,
        r.day_no,
        l.averaging,
        l.averaging_minutes,
        (epoch_us(r.period_start_at) // 60000000 + r.utc_offset_minutes) // l.averaging_minutes as interval_no,
        r.class_no,
        sum(r.interval_minutes) as class_minutes,
        sum(r.value_e9)::bigint as value_e9_sum,
        count(r.value_e9) as value_count,
        sum(r.value_per_o2_e9)::bigint as value_per_o2_e9_sum,
        count(r.value_per_o2_e9) as value_per_o2_count,
        max(case when r.is_o2_capped then 1 else 0 end) as o2_capped
    from int_monitoring__readings as r
    inner join lengths as l on r.interval_minutes < l.averaging_minutes
    where r.interval_minutes < 60
    group by r.series_no, r.day_no, l.averaging, l.averaging_minutes,
        (epoch_us(r.period_start_at) // 60000000 + r.utc_offset_minutes) // l.averaging_minutes, r.class_no
),

-- an average takes the class that fills most of it; it needs three quarters of its time in classes with a usable value
ranked as (
    select
        *,
        row_number() over (partition by series_no, day_no, averaging, interval_no order by class_minutes desc, class_no) as class_rank
    from parts
),

averaged as (
    select
        series_no,
        day_no,
        averaging,
        (case when class_no > 3 then class_no when class_minutes * 4 >= averaging_minutes * 3 then class_no else 8 end)::smallint as class_no,
        case when class_no <= 3 and class_minutes * 4 >= averaging_minutes * 3 then round(value_e9_sum / nullif(value_count, 0))::bigint end as value_e9,
        case when class_no <= 3 and class_minutes * 4 >= averaging_minutes * 3
            then round(value_per_o2_e9_sum / nullif(value_per_o2_count, 0))::bigint end as value_per_o2_e9,
        o2_capped = 1 as is_o2_capped
    from ranked
    where class_rank = 1
),

-- series_key: twice the number of the series for hours, one more for half-hours; whole numbers are grouped faster than words
averages as (
    select series_no * 2 as series_key, day_no, class_no, value_e9, value_per_o2_e9, is_o2_capped
    from int_monitoring__readings
    where interval_minutes >= 60
    union all
    select series_no * 2 + 1 as series_key, day_no, class_no, value_e9, value_per_o2_e9, is_o2_capped
    from int_monitoring__readings
    where interval_minutes = 30
    union all
    select series_no * 2 + case averaging when 'hour' then 0 else 1 end as series_key, day_no, class_no, value_e9, value_per_o2_e9, is_o2_capped
    from averaged
),

series as (
    select series_no, stack_id, indicator_id
    from int_monitoring__series
    group by series_no, stack_id, indicator_id
),

-- hours are folded for every series, half-hours where a limit asks for them
blocks as (
    select n.stack_id, n.indicator_id, n.series_no * 2 as series_key, 'hour' as averaging, coalesce(s.is_per_o2, true) as is_per_o2,
        coalesce(s.block_no, 0) as block_no, s.level_1_e9, s.level_2_e9, s.level_3_e9, s.level_4_e9, s.level_5_e9, s.level_6_e9, s.level_7_e9, s.level_8_e9
    from series as n
    left join int_monitoring__slots as s on n.stack_id = s.stack_id and n.indicator_id = s.indicator_id and s.averaging = 'hour'
    union all
    select n.stack_id, n.indicator_id, n.series_no * 2 + 1 as series_key, 'half_hour' as averaging, s.is_per_o2, s.block_no, s.level_1_e9, s.level_2_e9, s.level_3_e9, s.level_4_e9, s.level_5_e9, s.level_6_e9, s.level_7_e9, s.level_8_e9
    from series as n
    inner join int_monitoring__slots as s on n.stack_id = s.stack_id and n.indicator_id = s.indicator_id and s.averaging = 'half_hour'
),

numbered as (
    select *, (row_number() over (order by series_key, block_no))::integer as block_key
    from blocks
),

compared as (
    select
        s.block_key, a.day_no, a.class_no, a.value_e9, a.value_per_o2_e9, a.is_o2_capped,
        case when s.is_per_o2 then a.value_per_o2_e9 else a.value_e9 end as x_e9,
        s.level_1_e9, s.level_2_e9, s.level_3_e9, s.level_4_e9, s.level_5_e9, s.level_6_e9, s.level_7_e9, s.level_8_e9
    from averages as a
    inner join numbered as s on a.series_key = s.series_key
),

folded as (
    select
        block_key,
        day_no,
        class_no,
        count(*) as reading_count,
        count(value_e9) as valid_count,
        count(value_per_o2_e9) as valid_with_o2_count,
        sum(value_e9) as value_e9_sum,
        sum(value_per_o2_e9) as value_per_o2_e9_sum,
        count_if(is_o2_capped) as o2_capped_count,
        max(x_e9) as highest_e9,
        count_if(x_e9 > level_1_e9) as over_1_count,
        count_if(x_e9 > level_2_e9) as over_2_count,
        count_if(x_e9 > level_3_e9) as over_3_count,
        count_if(x_e9 > level_4_e9) as over_4_count,
        count_if(x_e9 > level_5_e9) as over_5_count,
        count_if(x_e9 > level_6_e9) as over_6_count,
        count_if(x_e9 > level_7_e9) as over_7_count,
        count_if(x_e9 > level_8_e9) as over_8_count
    from compared
    group by block_key, day_no, class_no
)

select
    n.stack_id::varchar as stack_id,  -- stack
    n.indicator_id::varchar as indicator_id,  -- indicator
    n.averaging::varchar as averaging,  -- hour or half_hour
    n.is_per_o2::boolean as is_per_o2,  -- what is counted against the levels is value over (21 - oxygen)
    n.block_no::integer as block_no,  -- block of levels, see int_monitoring__slots; sums are the same in each
    (date '1970-01-01' + f.day_no)::date as day_date,  -- local calendar day
    f.class_no::smallint as class_no,  -- class of the readings, see int_monitoring__reading_classes
    f.reading_count::bigint as reading_count,  -- averages of that class
    f.valid_count::bigint as valid_count,  -- of them with a usable value
    f.valid_with_o2_count::bigint as valid_with_o2_count,  -- of these with oxygen
    f.value_e9_sum::bigint as value_e9_sum,  -- sum of values times 10^9, no oxygen correction; null = none
    f.value_per_o2_e9_sum::bigint as value_per_o2_e9_sum,  -- sum of value over (21 - oxygen) times 10^9; null = none
    coalesce(f.o2_capped_count, 0)::bigint as o2_capped_count,  -- near ambient oxygen
    f.highest_e9::bigint as highest_e9,  -- highest of what is counted against the levels; null = none
    coalesce(f.over_1_count, 0)::bigint as over_1_count,  -- above the level of slot 1
    coalesce(f.over_2_count, 0)::bigint as over_2_count,  -- above the level of slot 2
    coalesce(f.over_3_count, 0)::bigint as over_3_count,  -- above the level of slot 3
    coalesce(f.over_4_count, 0)::bigint as over_4_count,  -- above the level of slot 4
    coalesce(f.over_5_count, 0)::bigint as over_5_count,  -- above the level of slot 5
    coalesce(f.over_6_count, 0)::bigint as over_6_count,  -- above the level of slot 6
    coalesce(f.over_7_count, 0)::bigint as over_7_count,  -- above the level of slot 7
    coalesce(f.over_8_count, 0)::bigint as over_8_count  -- above the level of slot 8
from folded as f
inner join numbered as n on f.block_key = n.block_key
