/*
description: >-
  How many usable readings of a day were sent as below the limit of detection, by class. Most series have none and no row; what such a
  reading counts as is the policy detection_limit.
grain: [stack_id, indicator_id, day_date, class_no]
materialized: chunk
of_readings: without_lane
*/
with series as (
    select series_no, stack_id, indicator_id
    from int_monitoring__series
    group by series_no, stack_id, indicator_id
),

days as (
    select series_no, day_no, class_no, count(*) as reading_count
    from int_monitoring__readings
    where is_below_detection and value_e9 is not null
    group by series_no, day_no, class_no
)

select
    s.stack_id::varchar as stack_id,  -- stack
    s.indicator_id::varchar as indicator_id,  -- indicator
    (date '1970-01-01' + d.day_no)::date as day_date,  -- local calendar day
    d.class_no::smallint as class_no,  -- class of the readings, see int_monitoring__reading_classes
    d.reading_count::bigint as reading_count  -- readings as sent, whatever their interval
from days as d
inner join series as s on d.series_no = s.series_no
