/*
description: >-
  Sums and counts of a day that know no rule: a mean at any reference oxygen is (21 - reference) x value_per_o2_sum / valid_with_o2_count.
  One row per stack, indicator, local day, class of reading and reason; counts are hours.
grain: [stack_id, indicator_id, day_date, reading_class, class_code]
grain_nullable: [class_code]
materialized: view
*/
with days as (
    select
        stack_id, indicator_id, day_date, class_no,
        sum(reading_count) as reading_count,
        sum(valid_count) as valid_count,
        sum(valid_with_o2_count) as valid_with_o2_count,
        sum(value_e9_sum) as value_e9_sum,
        sum(value_per_o2_e9_sum) as value_per_o2_e9_sum,
        sum(o2_capped_count) as o2_capped_count
    from int_monitoring__folded
    where averaging = 'hour' and block_no = 0
    group by stack_id, indicator_id, day_date, class_no
)

select
    f.stack_id::varchar as stack_id,  -- stack
    f.indicator_id::varchar as indicator_id,  -- indicator
    f.day_date::date as day_date,  -- local calendar day
    c.reading_class::varchar as reading_class,  -- class of the readings folded
    c.class_code::varchar as class_code,  -- why the readings are errors or not valid; null = they are not
    f.reading_count::bigint as reading_count,  -- hours of that class
    f.valid_count::bigint as valid_count,  -- hours with a usable value
    f.valid_with_o2_count::bigint as valid_with_o2_count,  -- usable hours that came with oxygen
    (f.value_e9_sum / 1000000000)::double as value_sum,  -- mg/Nm3 dry, no oxygen correction
    (f.value_per_o2_e9_sum / 1000000000)::double as value_per_o2_sum,  -- sum of value / (21 - oxygen)
    f.value_e9_sum::bigint as value_e9_sum,  -- the same as a whole number, times 10^9
    f.value_per_o2_e9_sum::bigint as value_per_o2_e9_sum,  -- the same as a whole number, times 10^9
    f.o2_capped_count::bigint as o2_capped_count  -- hours near ambient oxygen
from days as f
inner join int_monitoring__reading_classes as c on f.class_no = c.class_no
