/*
description: >-
  Hours and half-hours of a stack and indicator, one row each: as they were sent, and made of the readings that lie in them where those are finer and whole readings
  fill them. What the fold sums and an evidence pack does again. Never stored: it is read through. In a piece of the fold readings that have a lane are not among them: each is the hour that it was sent as.
grain: [series_no, averaging_minutes, average_no, utc_offset_minutes, is_made]
materialized: view
*/
with lengths as (
    select 60 as averaging_minutes
    union all
    select 30 as averaging_minutes
),

-- where the clock goes back an hour of the day comes twice and is told by its distance from UTC
sent as (
    select series_no, stack_id, interval_minutes, day_no, class_no, value_e9, value_per_o2_e9, is_o2_capped,
        epoch_us(period_start_at) // 60000000 + utc_offset_minutes as minute_no, utc_offset_minutes
    from int_monitoring__readings
    where lane_no is null
),

-- minutes are added up in twelve bits of a whole number for each class (an hour holds fewer than 4,096); `seen` has a bit for each class of error and of
-- invalid readings, one for oxygen near ambient air and one for readings that make half-hours
parts as (
    select
        r.series_no,
        r.stack_id,
        r.day_no,
        l.averaging_minutes,
        r.minute_no // l.averaging_minutes as average_no,
        r.utc_offset_minutes,
        sum((case r.class_no when 0 then 1 when 1 then 4096 when 2 then 16777216 when 3 then 68719476736 else 0 end * r.interval_minutes)::double)::bigint as minutes_0_to_3,
        sum((case r.class_no when 4 then 1 when 5 then 4096 when 6 then 16777216 when 7 then 68719476736 else 0 end * r.interval_minutes)::double)::bigint as minutes_4_to_7,
        sum(((case when r.class_no >= 20 then 4097 when r.class_no >= 10 then 16777217 else 1 end
            + case when r.value_per_o2_e9 is null then 0 else 68719476736 end) * r.interval_minutes)::double)::bigint as minutes_beside,
        sum(r.value_e9 * r.interval_minutes) as value_e9_minutes,
        sum(r.value_per_o2_e9 * r.interval_minutes) as value_per_o2_e9_minutes,
        bit_or(case when r.class_no >= 10 then 1 << r.class_no::integer else 0 end
            + case when r.is_o2_capped and r.value_e9 is not null then 1 else 0 end + case when 30 % r.interval_minutes = 0 then 2 else 0 end) as seen
    from sent as r
    inner join lengths as l on r.interval_minutes < l.averaging_minutes and l.averaging_minutes % r.interval_minutes = 0
    where r.interval_minutes < 60
    group by r.series_no, r.stack_id, r.day_no, l.averaging_minutes, r.minute_no // l.averaging_minutes, r.utc_offset_minutes
),

counted as (
    select
        *,
        minutes_0_to_3 & 4095 as minutes_0,
        minutes_0_to_3 >> 12 & 4095 as minutes_1,
        minutes_0_to_3 >> 24 & 4095 as minutes_2,
        minutes_0_to_3 >> 36 as minutes_3,
        minutes_4_to_7 & 4095 as minutes_4,
        minutes_4_to_7 >> 12 & 4095 as minutes_5,
        minutes_4_to_7 >> 24 & 4095 as minutes_6,
        minutes_4_to_7 >> 36 as blank_minutes,
        minutes_beside & 4095 as sent_minutes,
        minutes_beside >> 12 & 4095 as error_minutes,
        minutes_beside >> 24 & 4095 as invalid_minutes,
        minutes_beside >> 36 as o2_minutes,
        seen & 1047552 as invalid_seen,
        seen & 4293918720 as error_seen
    from parts
),

-- an average needs usable readings for three quarters of its time, and for its value over (21 - oxygen) oxygen for as much; time not sent is missing
weighed as (
    select
        *,
        minutes_0 + minutes_1 + minutes_2 + minutes_3 as usable_minutes,
        (minutes_0 + minutes_1 + minutes_2 + minutes_3) * 4 >= averaging_minutes * 3 as is_usable,
        o2_minutes * 4 >= averaging_minutes * 3 as has_o2,
        blank_minutes + greatest(averaging_minutes - sent_minutes, 0) as missing_minutes
    from counted
),

-- its class is the one with most minutes, of those with a usable value or of those without; of equal ones the first of the list. Without a value for all that it ran most
-- of the time it is incomplete: nobody calls an hour of 40 minutes' operation and 20 of standing still not due
made as (
    select
        series_no,
        stack_id,
        day_no,
        averaging_minutes,
        average_no,
        utc_offset_minutes,
        true as is_made,
        (case
            when is_usable then case greatest(minutes_0, minutes_1, minutes_2, minutes_3) when minutes_0 then 0 when minutes_1 then 1 when minutes_2 then 2 else 3 end
            when usable_minutes >= greatest(minutes_4, minutes_5, minutes_6, missing_minutes, invalid_minutes, error_minutes) then 8
            else case greatest(minutes_4, minutes_5, minutes_6, missing_minutes, invalid_minutes, error_minutes)
                when minutes_4 then 4
                when minutes_5 then 5
                when minutes_6 then 6
                when missing_minutes then case when blank_minutes > 0 then 7 else 8 end
                when invalid_minutes then log2(invalid_seen & -invalid_seen)
                else log2(error_seen & -error_seen)
            end
        end)::smallint as class_no,
        case when is_usable then round(value_e9_minutes / nullif(usable_minutes, 0))::bigint end as value_e9,
        case when is_usable and has_o2 then round(value_per_o2_e9_minutes / nullif(o2_minutes, 0))::bigint end as value_per_o2_e9,
        seen & 1 = 1 as is_o2_capped,
        seen & 2 = 2 as has_half_hours
    from weighed
),

averages as (
    select * from made
    union all
    select series_no, stack_id, day_no, case when interval_minutes = 30 then 30 else 60 end as averaging_minutes,
        minute_no // case when interval_minutes = 30 then 30 else 60 end as average_no, utc_offset_minutes, false as is_made, class_no, value_e9, value_per_o2_e9, is_o2_capped, interval_minutes = 30 as has_half_hours
    from sent
    where interval_minutes >= 60 or interval_minutes = 30
)

select
    series_no::integer as series_no,  -- number of the series in int_monitoring__series
    stack_id::varchar as stack_id,  -- stack
    day_no::integer as day_no,  -- local calendar day, days since 1970-01-01
    averaging_minutes::smallint as averaging_minutes,  -- 60 or 30
    average_no::bigint as average_no,  -- local minutes since 1970-01-01 00:00 over averaging_minutes, whole
    utc_offset_minutes::smallint as utc_offset_minutes,  -- local civil time = UTC + this
    is_made::boolean as is_made,  -- true: of finer readings; false: sent as it is
    class_no::smallint as class_no,  -- class, see int_monitoring__reading_classes; up to 3 it has a usable value
    value_e9::bigint as value_e9,  -- value times 10^9, no oxygen correction; null = not usable
    value_per_o2_e9::bigint as value_per_o2_e9,  -- value over (21 - oxygen) times 10^9; null = not usable or no oxygen
    is_o2_capped::boolean as is_o2_capped,  -- a reading of it is near ambient oxygen
    has_half_hours::boolean as has_half_hours  -- of an hour: readings of it make half-hours, too
from averages
