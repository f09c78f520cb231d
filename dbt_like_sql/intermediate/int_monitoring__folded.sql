/*
description: >-
  One pass over all readings, made month by month: hours (and half-hours where a limit asks for them) of each stack, indicator, local day and class
  of reading, their sums, and how many lie above each of the eight levels of a block. Sums know no rule: a mean at any reference oxygen is
  (21 - reference) x value_per_o2_e9_sum / valid_with_o2_count. Hours of which the store could tell what they are as they came take the short way
  (lane plain): most are dry and in mg/Nm3, some are brought there with what came with them, and of some the flag or the missing value says that
  they do not count. All others go by way of int_monitoring__averages, which would say the same of every reading, slowly. A day may have a row of each lane.
grain: [stack_id, indicator_id, averaging, block_no, day_date, class_no, lane]
materialized: chunk
of_readings: without_lane
*/
-- hours are folded for every series, half-hours where a limit asks for them or for days of which few are discarded; a slot without a level lies above everything
with blocks as (
    select n.stack_id, n.indicator_id, n.series_no * 2 as series_key, 'hour' as averaging, coalesce(s.is_per_o2, true) as is_per_o2,
        coalesce(s.block_no, 0) as block_no, s.level_1_e9, s.level_2_e9, s.level_3_e9, s.level_4_e9, s.level_5_e9, s.level_6_e9, s.level_7_e9, s.level_8_e9
    from (select distinct series_no, stack_id, indicator_id from int_monitoring__series) as n
    left join int_monitoring__slots as s on n.stack_id = s.stack_id and n.indicator_id = s.indicator_id and s.averaging = 'hour'
    union all
    select n.stack_id, n.indicator_id, n.series_no * 2 + 1 as series_key, 'half_hour' as averaging, s.is_per_o2, s.block_no, s.level_1_e9, s.level_2_e9, s.level_3_e9, s.level_4_e9, s.level_5_e9, s.level_6_e9, s.level_7_e9, s.level_8_e9
    from (select distinct series_no, stack_id, indicator_id from int_monitoring__series) as n
    inner join int_monitoring__slots as s on n.stack_id = s.stack_id and n.indicator_id = s.indicator_id and s.averaging = 'half_hour'
    union all
    select n.stack_id, n.indicator_id, n.series_no * 2 + 1 as series_key, 'half_hour' as averaging, true as is_per_o2, 0 as block_no, null as level_1_e9, null as level_2_e9, null as level_3_e9, null as level_4_e9, null as level_5_e9, null as level_6_e9, null as level_7_e9, null as level_8_e9
    from (select distinct series_no, stack_id, indicator_id from int_monitoring__series) as n
    inner join (select stack_id, indicator_id from int_monitoring__slots where averaging = 'day' and max_invalid_half_hours < 48 group by stack_id, indicator_id) as d
        on n.stack_id = d.stack_id and n.indicator_id = d.indicator_id
    anti join (select stack_id, indicator_id from int_monitoring__slots where averaging = 'half_hour') as s on n.stack_id = s.stack_id and n.indicator_id = s.indicator_id
),

numbered as materialized (
    select
        (row_number() over (order by series_key, block_no))::integer as block_key,
        series_key, stack_id, indicator_id, averaging, is_per_o2, block_no,
        coalesce(level_1_e9, 9000000000000000000) as level_1_e9,
        coalesce(level_2_e9, 9000000000000000000) as level_2_e9,
        coalesce(level_3_e9, 9000000000000000000) as level_3_e9,
        coalesce(level_4_e9, 9000000000000000000) as level_4_e9,
        coalesce(level_5_e9, 9000000000000000000) as level_5_e9,
        coalesce(level_6_e9, 9000000000000000000) as level_6_e9,
        coalesce(level_7_e9, 9000000000000000000) as level_7_e9,
        coalesce(level_8_e9, 9000000000000000000) as level_8_e9
    from blocks
),

-- hours that the store could tell as they came: one join, and levels that most values end at the first of
plain_series as (
    select b.block_key, b.is_per_o2, n.stack_id, n.sent_name, n.believed_max, n.is_ambient, u.factor, d.factor as duct_factor, d.is_actual, b.level_1_e9, b.level_2_e9, b.level_3_e9, b.level_4_e9, b.level_5_e9, b.level_6_e9, b.level_7_e9, b.level_8_e9
    from int_monitoring__series as n
    inner join numbered as b on n.series_no * 2 = b.series_key
    left join int_monitoring__unit_factors as u on n.indicator_id = u.indicator_id and u.unit = 'mg/Nm3'
    left join int_monitoring__unit_factors as d on n.indicator_id = d.indicator_id and d.unit = 'mg/m3'
),

plain_hours as (
    select s.block_key, s.is_per_o2, s.believed_max, r.local_date as day_date, r.lane_no, r.value * s.factor as value_sent, r.o2_pct, s.level_1_e9, s.level_2_e9, s.level_3_e9, s.level_4_e9, s.level_5_e9, s.level_6_e9, s.level_7_e9, s.level_8_e9
    from stg_monitoring__stack_readings as r
    inner join plain_series as s on r.stack_id = s.stack_id and r.indicator = s.sent_name
    where r.lane_no <= 7
),

-- wet, or at duct conditions, and what the flag says is none
converted_hours as (
    select s.block_key, s.is_per_o2, s.believed_max, r.local_date as day_date, r.lane_no,
        case when r.lane_no >= 100 then r.value * case when r.unit = 'mg/m3' then s.duct_factor else s.factor end
            * case when r.unit = 'mg/m3' and s.is_actual then (273.15 + r.temperature_c) / 273.15 * 101.325 / nullif(r.pressure_kpa, 0) else 1 end
            / nullif(case when s.is_ambient then 1 when r.gas_basis = 'wet' then 1 - r.moisture_pct / 100 else 1 end, 0) end as value_sent,
        r.o2_pct, s.level_1_e9, s.level_2_e9, s.level_3_e9, s.level_4_e9, s.level_5_e9, s.level_6_e9, s.level_7_e9, s.level_8_e9
    from stg_monitoring__stack_readings as r
    inner join plain_series as s on r.stack_id = s.stack_id and r.indicator = s.sent_name
    where r.lane_no > 7
),

-- hours of classes 4 to 7 stand beside those of normal operation: a day is one row
plain_classes as (
    select block_key, is_per_o2, day_date,
        (case when lane_no > 3 then 0 when value_sent <= believed_max then lane_no when value_sent is null then 20 else 13 end)::smallint as class_no,
        case when lane_no > 3 then lane_no end as class_beside,
        case when lane_no <= 3 and value_sent <= believed_max then value_sent * 1000000000 end as value_used_e9, o2_pct, level_1_e9, level_2_e9, level_3_e9, level_4_e9, level_5_e9, level_6_e9, level_7_e9, level_8_e9
    from plain_hours
    union all
    select block_key, is_per_o2, day_date,
        (case when lane_no < 100 then lane_no when value_sent >= 0 and value_sent <= believed_max then lane_no - 100 when value_sent is null then 20 else 13 end)::smallint as class_no,
        null as class_beside,
        case when value_sent >= 0 and value_sent <= believed_max then value_sent * 1000000000 end as value_used_e9, o2_pct, level_1_e9, level_2_e9, level_3_e9, level_4_e9, level_5_e9, level_6_e9, level_7_e9, level_8_e9
    from converted_hours
),

plain_values as (
    select *, value_used_e9::bigint as value_e9, (value_used_e9 / (21 - case when o2_pct > 19.0 then 19.0 else o2_pct end))::bigint as value_per_o2_e9
    from plain_classes
),

plain_compared as (
    select *, case when is_per_o2 then value_per_o2_e9 else value_e9 end as x_e9
    from plain_values
),

plain as (
    select
        block_key,
        day_date,
        class_no,
        count(*) as reading_count,
        count(value_per_o2_e9) as valid_with_o2_count,
        sum(value_e9) as value_e9_sum,
        sum(value_per_o2_e9) as value_per_o2_e9_sum,
        count_if(o2_pct > 19.0 and value_e9 is not null) as o2_capped_count,
        max(x_e9) as highest_e9,
        sum((case when x_e9 > level_1_e9 then case when x_e9 <= level_2_e9 then 1 when x_e9 <= level_3_e9 then 4097 when x_e9 <= level_4_e9 then 16781313 else 68736258049 end else 0 end)::double) as over_1_to_4,
        sum((case when x_e9 > level_5_e9 then case when x_e9 <= level_6_e9 then 1 when x_e9 <= level_7_e9 then 4097 when x_e9 <= level_8_e9 then 16781313 else 68736258049 end else 0 end)::double) as over_5_to_8,
        sum((case class_beside when 5 then 4096 when 4 then 1 when 6 then 16777216 when 7 then 68719476736 else 0 end)::double)::bigint as classes_4_to_7
    from plain_compared
    group by block_key, day_date, class_no
),

plain_counted as (
    select *, reading_count - (classes_4_to_7 & 4095) - (classes_4_to_7 >> 12 & 4095) - (classes_4_to_7 >> 24 & 4095) - (classes_4_to_7 >> 36 & 4095) as class_count
    from plain
),

-- the long way, hours and half-hours by way of their averages. series_key: twice the number of the series for hours, one more for half-hours; whole
-- numbers are grouped faster than words
averages as (
    select series_no * 2 + case when averaging_minutes = 30 then 1 else 0 end as series_key, day_no, class_no, value_e9, value_per_o2_e9, is_o2_capped, has_half_hours and averaging_minutes = 60 as is_finer
    from int_monitoring__averages
),

compared as (
    select
        b.block_key, date '1970-01-01' + a.day_no as day_date, a.class_no, a.value_e9, a.value_per_o2_e9, a.is_o2_capped, a.is_finer,
        case when b.is_per_o2 then a.value_per_o2_e9 else a.value_e9 end as x_e9, b.level_1_e9, b.level_2_e9, b.level_3_e9, b.level_4_e9, b.level_5_e9, b.level_6_e9, b.level_7_e9, b.level_8_e9
    from averages as a
    inner join numbered as b on a.series_key = b.series_key
),

other as (
    select
        block_key,
        day_date,
        class_no,
        is_finer,
        count(value_e9) as valid_count,
        count(*) as reading_count,
        count(value_per_o2_e9) as valid_with_o2_count,
        sum(value_e9) as value_e9_sum,
        sum(value_per_o2_e9) as value_per_o2_e9_sum,
        count_if(is_o2_capped and value_e9 is not null) as o2_capped_count,
        max(x_e9) as highest_e9,
        sum((case when x_e9 > level_1_e9 then case when x_e9 <= level_2_e9 then 1 when x_e9 <= level_3_e9 then 4097 when x_e9 <= level_4_e9 then 16781313 else 68736258049 end else 0 end)::double) as over_1_to_4,
        sum((case when x_e9 > level_5_e9 then case when x_e9 <= level_6_e9 then 1 when x_e9 <= level_7_e9 then 4097 when x_e9 <= level_8_e9 then 16781313 else 68736258049 end else 0 end)::double) as over_5_to_8,
        0 as classes_4_to_7
    from compared
    group by block_key, day_date, class_no, is_finer
),

folded as (
    select 'plain' as lane, block_key, day_date, class_no, class_count as reading_count, case when class_no <= 3 then class_count else 0 end as valid_count,
        valid_with_o2_count, value_e9_sum, value_per_o2_e9_sum, o2_capped_count, highest_e9, over_1_to_4, over_5_to_8, classes_4_to_7
    from plain_counted
    union all
    select case when is_finer then 'finer' else 'other' end as lane, block_key, day_date, class_no, reading_count, valid_count,
        valid_with_o2_count, value_e9_sum, value_per_o2_e9_sum, o2_capped_count, highest_e9, over_1_to_4, over_5_to_8, classes_4_to_7
    from other
)

select
    n.stack_id::varchar as stack_id,  -- stack
    n.indicator_id::varchar as indicator_id,  -- indicator
    n.averaging::varchar as averaging,  -- hour or half_hour
    n.is_per_o2::boolean as is_per_o2,  -- what is counted against the levels is value over (21 - oxygen)
    n.block_no::integer as block_no,  -- block of levels, see int_monitoring__slots; sums are the same in each
    f.day_date::date as day_date,  -- local calendar day
    f.class_no::smallint as class_no,  -- class of the readings, see int_monitoring__reading_classes
    f.lane::varchar as lane,  -- plain or other; finer: hours of readings that make half-hours, too
    f.reading_count::bigint as reading_count,  -- averages of that class
    f.valid_count::bigint as valid_count,  -- of them with a usable value
    f.valid_with_o2_count::bigint as valid_with_o2_count,  -- of these with oxygen
    f.value_e9_sum::bigint as value_e9_sum,  -- sum of values times 10^9, no oxygen correction; null = none
    f.value_per_o2_e9_sum::bigint as value_per_o2_e9_sum,  -- sum of value over (21 - oxygen) times 10^9; null = none
    coalesce(f.o2_capped_count, 0)::bigint as o2_capped_count,  -- of those with a usable value the ones near ambient oxygen
    f.highest_e9::bigint as highest_e9,  -- highest of what is counted against the levels; null = none
    f.over_1_to_4::bigint as over_1_to_4,  -- how many lie above the levels of slots 1 to 4, each in twelve bits (a day has at most 1,440), slot 1 lowest
    f.over_5_to_8::bigint as over_5_to_8,  -- the same of slots 5 to 8
    f.classes_4_to_7::bigint as classes_4_to_7  -- beside those hours of classes 4 to 7, each in twelve bits, class 4 lowest; class 0 of lane plain only
from folded as f
inner join numbered as n on f.block_key = n.block_key
