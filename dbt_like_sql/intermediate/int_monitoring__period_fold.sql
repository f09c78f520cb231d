/*
description: >-
  int_monitoring__folded by month and year of the assessment window: what each stack and indicator sent in the period, by class of reading,
  and how many hours (or half-hours) of it lie above each level of a block.
grain: [stack_id, indicator_id, averaging, block_no, period_kind, period_end_date, class_no]
*/
-- counts of four levels, or of four classes, stand in one number, twelve bits each: a month has at most 1,550 half-hours. So do the highest value and its day
with counted_months as (
    select
        f.stack_id, f.indicator_id, f.averaging, f.block_no, f.class_no, p.period_start_date, p.period_end_date,
        sum(f.reading_count) as reading_count,
        sum(f.valid_count) as valid_count,
        sum(f.valid_with_o2_count) as valid_with_o2_count,
        sum(f.value_e9_sum) as value_e9_sum,
        sum(f.value_per_o2_e9_sum) as value_per_o2_e9_sum,
        sum(f.o2_capped_count) as o2_capped_count,
        max(f.highest_e9 * 32 + (f.day_date - p.period_start_date)) as highest_key,
        sum(f.over_1_to_4)::bigint as over_1_to_4,
        sum(f.over_5_to_8)::bigint as over_5_to_8,
        sum(f.classes_4_to_7)::bigint as classes_4_to_7
    from int_monitoring__folded as f
    inner join int_monitoring__window_days as p on f.day_date = p.day_date
    group by f.stack_id, f.indicator_id, f.averaging, f.block_no, f.class_no, p.period_start_date, p.period_end_date
),

months as (
    select stack_id, indicator_id, averaging, block_no, class_no, period_start_date, period_end_date, reading_count, valid_count, valid_with_o2_count,
        value_e9_sum, value_per_o2_e9_sum, o2_capped_count, highest_key // 32 as highest_e9,
        period_start_date + (highest_key % 32)::integer as highest_date, over_1_to_4 & 4095 as over_1_count,
        (over_1_to_4 >> 12) & 4095 as over_2_count, (over_1_to_4 >> 24) & 4095 as over_3_count, (over_1_to_4 >> 36) & 4095 as over_4_count,
        over_5_to_8 & 4095 as over_5_count, (over_5_to_8 >> 12) & 4095 as over_6_count, (over_5_to_8 >> 24) & 4095 as over_7_count,
        (over_5_to_8 >> 36) & 4095 as over_8_count, classes_4_to_7 & 4095 as class_4_count, (classes_4_to_7 >> 12) & 4095 as class_5_count,
        (classes_4_to_7 >> 24) & 4095 as class_6_count, (classes_4_to_7 >> 36) & 4095 as class_7_count
    from counted_months
),

years as (
    select
        m.stack_id, m.indicator_id, m.averaging, m.block_no, m.class_no, p.period_start_date, p.period_end_date,
        sum(m.reading_count) as reading_count,
        sum(m.valid_count) as valid_count,
        sum(m.valid_with_o2_count) as valid_with_o2_count,
        sum(m.value_e9_sum) as value_e9_sum,
        sum(m.value_per_o2_e9_sum) as value_per_o2_e9_sum,
        sum(m.o2_capped_count) as o2_capped_count,
        max(m.highest_e9) as highest_e9,
        max_by(m.highest_date, (m.highest_e9, m.highest_date)) filter (where m.highest_e9 is not null) as highest_date,
        sum(m.over_1_count) as over_1_count,
        sum(m.over_2_count) as over_2_count,
        sum(m.over_3_count) as over_3_count,
        sum(m.over_4_count) as over_4_count,
        sum(m.over_5_count) as over_5_count,
        sum(m.over_6_count) as over_6_count,
        sum(m.over_7_count) as over_7_count,
        sum(m.over_8_count) as over_8_count,
        sum(m.class_4_count) as class_4_count,
        sum(m.class_5_count) as class_5_count,
        sum(m.class_6_count) as class_6_count,
        sum(m.class_7_count) as class_7_count
    from months as m
    inner join int_run__periods as p on p.period_kind = 'year' and m.period_end_date between p.period_start_date and p.period_end_date
    group by m.stack_id, m.indicator_id, m.averaging, m.block_no, m.class_no, p.period_start_date, p.period_end_date
),

periods as (
    select 'month' as period_kind, * from months
    union all
    select 'year' as period_kind, * from years
)

select
    f.stack_id::varchar as stack_id,  -- stack
    f.indicator_id::varchar as indicator_id,  -- indicator
    f.averaging::varchar as averaging,  -- hour or half_hour
    f.block_no::integer as block_no,  -- block of levels; block 0 of the hours holds what was sent
    f.period_kind::varchar as period_kind,  -- month or year
    f.period_start_date::date as period_start_date,  -- first day
    f.period_end_date::date as period_end_date,  -- last day
    f.class_no::smallint as class_no,  -- class of reading
    c.reading_class::varchar as reading_class,  -- its name
    c.class_code::varchar as class_code,  -- why it is an error or not valid
    f.reading_count::bigint as reading_count,  -- averages of the class
    f.valid_count::bigint as valid_count,  -- with a usable value
    f.valid_with_o2_count::bigint as valid_with_o2_count,  -- of these with oxygen
    f.value_e9_sum::decimal(38, 0) as value_e9_sum,  -- sum of values times 10^9
    f.value_per_o2_e9_sum::decimal(38, 0) as value_per_o2_e9_sum,  -- sum of value over (21 - oxygen) times 10^9
    f.o2_capped_count::bigint as o2_capped_count,  -- near ambient oxygen
    f.highest_e9::bigint as highest_e9,  -- highest of what is counted against the levels
    f.highest_date::date as highest_date,  -- a day on which it was reached
    f.over_1_count::bigint as over_1_count,  -- above the level of slot 1
    f.over_2_count::bigint as over_2_count,  -- above the level of slot 2
    f.over_3_count::bigint as over_3_count,  -- above the level of slot 3
    f.over_4_count::bigint as over_4_count,  -- above the level of slot 4
    f.over_5_count::bigint as over_5_count,  -- above the level of slot 5
    f.over_6_count::bigint as over_6_count,  -- above the level of slot 6
    f.over_7_count::bigint as over_7_count,  -- above the level of slot 7
    f.over_8_count::bigint as over_8_count,  -- above the level of slot 8
    f.class_4_count::bigint as class_4_count,  -- beside them plain hours of class 4; in rows of class 0 only
    f.class_5_count::bigint as class_5_count,  -- beside them plain hours of class 5
    f.class_6_count::bigint as class_6_count,  -- beside them plain hours of class 6
    f.class_7_count::bigint as class_7_count  -- beside them plain hours of class 7
from periods as f
inner join int_monitoring__reading_classes as c on f.class_no = c.class_no
