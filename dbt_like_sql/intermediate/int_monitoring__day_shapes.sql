/*
description: >-
  The shape of each day of readings, for the suspicion tests: one row per stack, indicator and local day with sums, masks of hours and counts that can be
  added up. Values are whole thousandths of the sent unit, so that sums are exact and the analyser's resolution is seen. One pass, no sorting, no window.
grain: [stack_id, indicator_id, day_date]
materialized: chunk
*/
with policy as (
    select
        min(case when key = 'near_limit_ratio' then value end)::double as near_limit_ratio,
        min(case when key = 'pile_up_band_ratio' then value end)::double as band_ratio,
        min(case when key = 'ambient_o2_pct' then value end)::double as ambient_o2_pct
    from ref_rules__policy
    where policy_id = 'suspicion'
),

series as (
    select series_no, stack_id, indicator_id
    from int_monitoring__series
    group by series_no, stack_id, indicator_id
),

-- bounds around the limit as whole numbers on the scale of the readings
bounds as (
    select
        s.series_no,
        l.is_per_o2,
        round(l.level_value * p.near_limit_ratio * 1000000000)::bigint as near_e9,
        round(l.level_value * (1 - p.band_ratio) * 1000000000)::bigint as under_e9,
        round(l.level_value * 1000000000)::bigint as limit_e9,
        round(l.level_value * (1 + p.band_ratio) * 1000000000)::bigint as over_e9
    from int_monitoring__aimed_limits as l
    inner join series as s on l.stack_id = s.stack_id and l.indicator_id = s.indicator_id
    cross join policy as p
),

minutes as (
    select
        series_no,
        day_no,
        epoch_us(period_start_at) // 60000000 + utc_offset_minutes as minute_no,
        class_no,
        value_e9,
        value_per_o2_e9,
        case when class_no = 0 then o2_pct end as o2_pct,
        case when class_no = 0 and not coalesce(is_below_detection, false) then sent_value end as sent_value
    from int_monitoring__readings
),

hours as (
    select
        r.series_no,
        r.day_no,
        (r.minute_no // 60 % 24)::integer as hour_no,
        1 << (r.minute_no // 60 % 24)::integer as hour_bit,
        r.class_no,
        r.value_e9,
        case when b.is_per_o2 then r.value_per_o2_e9 else r.value_e9 end as level_e9,
        b.near_e9,
        b.under_e9,
        b.limit_e9,
        b.over_e9,
        r.o2_pct,
        case when r.minute_no % 60 = 0 then round(r.sent_value * 1000)::integer end as v,
        case when r.minute_no % 60 = 0 then round(r.sent_value * 100) end as w
    from minutes as r
    left join bounds as b on r.series_no = b.series_no
),

-- place of the last digit that is not zero: 0 = whole numbers, 1 = tenths, 2 = hundredths, 3 = finer, 9 = all zeros; of every fourth hour
digits as (
    select
        *,
        case when hour_no % 4 = 0 and v is not null then case when v % 10 <> 0 then 3 when v % 100 <> 0 then 2 when v % 1000 <> 0 then 1 when v % 10000 <> 0 then 0 else 9 end end as place
    from hours
),

readings as (
    select
        *,
        case place when 0 then (1::bigint << (4 * (v // 1000 % 10 - 1)))::double when 1 then (1::bigint << (4 * (v // 100 % 10 - 1)))::double
            when 2 then (1::bigint << (4 * (v // 10 % 10 - 1)))::double end as digit_bit
    from digits
),

days as (
    select
        r.series_no,
        r.day_no,
        count(r.v) as value_count,
        sum(r.w) as value_sum,
        sum(r.w * r.w) as square_sum,
        sum(r.v::double * (r.hour_no + 1)) as hour_sum,
        sum(r.v::double * (r.hour_no + 1) * (r.hour_no + 1)) as hour_square_sum,
        min(r.v) as lowest_value,
        max(r.v) as highest_value,
        bit_or(case when r.v is not null then r.hour_bit else 0 end) as value_mask,
        min(case when r.hour_no < 6 then r.v end) as lowest_00,
        max(case when r.hour_no < 6 then r.v end) as highest_00,
        min(case when r.hour_no >= 6 and r.hour_no < 12 then r.v end) as lowest_06,
        max(case when r.hour_no >= 6 and r.hour_no < 12 then r.v end) as highest_06,
        min(case when r.hour_no >= 12 and r.hour_no < 18 then r.v end) as lowest_12,
        max(case when r.hour_no >= 12 and r.hour_no < 18 then r.v end) as highest_12,
        min(case when r.hour_no >= 18 then r.v end) as lowest_18,
        max(case when r.hour_no >= 18 then r.v end) as highest_18,
        bit_or(case when r.value_e9 is not null then r.hour_bit else 0 end) as present_mask,
        bit_or(case when r.class_no between 1 and 6 then r.hour_bit else 0 end) as closed_mask,
        bit_or(case when r.level_e9 >= r.near_e9 then r.hour_bit else 0 end) as high_mask,
        count(case when r.level_e9 > r.under_e9 and r.level_e9 <= r.limit_e9 then 1 end) as under_count,
        count(case when r.level_e9 > r.limit_e9 and r.level_e9 <= r.over_e9 then 1 end) as over_count,
        count(r.o2_pct) as o2_count,
        count(case when r.o2_pct >= p.ambient_o2_pct then 1 end) as ambient_count,
        count(case when r.class_no = 5 then 1 end) as calibration_count,
        -- every fourth hour, so that neighbours hardly depend on each other: four bits a digit, 1 to 9
        sum(case when r.place = 0 then r.digit_bit end) as unit_digits,
        sum(case when r.place = 1 then r.digit_bit end) as tenth_digits,
        sum(case when r.place = 2 then r.digit_bit end) as hundredth_digits,
        count(r.place) as sampled_count,
        count(case when r.place = 3 then 1 end) as finer_count
    from readings as r
    cross join policy as p
    group by r.series_no, r.day_no
)

select
    s.stack_id::varchar as stack_id,  -- stack
    s.indicator_id::varchar as indicator_id,  -- indicator
    (date '1970-01-01' + d.day_no)::date as day_date,  -- local calendar day
    d.value_count::integer as value_count,  -- hourly readings in normal running above the detection limit; of finer data the one at the full hour
    d.value_sum::bigint as value_sum,  -- hundredths of the sent unit
    d.square_sum::bigint as square_sum,  -- squares of hundredths of the sent unit
    d.hour_sum::bigint as hour_sum,  -- thousandths weighted by the hour: with the other sums the signature of a day
    d.hour_square_sum::bigint as hour_square_sum,  -- thousandths weighted by the square of the hour
    d.lowest_value::bigint as lowest_value,  -- thousandths
    d.highest_value::bigint as highest_value,  -- thousandths
    (case when bit_count(d.value_mask & 63) = 6 and d.lowest_00 = d.highest_00 then d.lowest_00 end)::bigint as flat_00_value,  -- value of every hour from 00:00 to 06:00, thousandths; null = they differ or are not all there
    (case when bit_count(d.value_mask & 4032) = 6 and d.lowest_06 = d.highest_06 then d.lowest_06 end)::bigint as flat_06_value,  -- the same from 06:00 to 12:00
    (case when bit_count(d.value_mask & 258048) = 6 and d.lowest_12 = d.highest_12 then d.lowest_12 end)::bigint as flat_12_value,  -- the same from 12:00 to 18:00
    (case when bit_count(d.value_mask & 16515072) = 6 and d.lowest_18 = d.highest_18 then d.lowest_18 end)::bigint as flat_18_value,  -- the same from 18:00 to 24:00
    d.present_mask::integer as present_mask,  -- hours with a usable value
    d.closed_mask::integer as closed_mask,  -- hours in which no value is due
    d.high_mask::integer as high_mask,  -- hours at or above the near-limit share of the limit
    d.under_count::integer as under_count,  -- readings in the narrow band up to the limit
    d.over_count::integer as over_count,  -- readings in the equal band above it
    d.o2_count::integer as o2_count,  -- readings in normal running that came with oxygen
    d.ambient_count::integer as ambient_count,  -- of them at the oxygen of ambient air
    d.calibration_count::integer as calibration_count,  -- readings flagged as calibration
    coalesce(d.unit_digits, 0)::bigint as unit_digits,  -- last digits of whole numbers
    coalesce(d.tenth_digits, 0)::bigint as tenth_digits,  -- last digits of numbers with one decimal
    coalesce(d.hundredth_digits, 0)::bigint as hundredth_digits,  -- last digits of numbers with two decimals
    d.sampled_count::integer as sampled_count,  -- readings looked at for their last digit
    d.finer_count::integer as finer_count  -- of them with more than two decimals
from days as d
inner join series as s on d.series_no = s.series_no
