/*
description: >-
  Sums and counts of a day that know no rule: a mean at any reference oxygen is (21 - reference) x value_per_o2_sum / valid_with_o2_count.
  One row per stack, indicator, local day, class of reading and reason; counts are hours.
grain: [stack_id, indicator_id, day_date, reading_class, class_code]
grain_nullable: [class_code]
materialized: view
*/
-- hours of classes 4 to 7 stand beside those of class 0, twelve bits each
with beside as (
    select 4 as class_no, 0 as bits
    union all
    select 5 as class_no, 12 as bits
    union all
    select 6 as class_no, 24 as bits
    union all
    select 7 as class_no, 36 as bits
),

classes as (
    select stack_id, indicator_id, day_date, class_no, reading_count, valid_count, valid_with_o2_count, value_e9_sum, value_per_o2_e9_sum, o2_capped_count
    from int_monitoring__folded
    where averaging = 'hour' and block_no = 0 and reading_count > 0
    union all
    select f.stack_id, f.indicator_id, f.day_date, b.class_no, (f.classes_4_to_7 >> b.bits) & 4095 as reading_count, 0 as valid_count,
        0 as valid_with_o2_count, null as value_e9_sum, null as value_per_o2_e9_sum, 0 as o2_capped_count
    from int_monitoring__folded as f
    inner join beside as b on (f.classes_4_to_7 >> b.bits) & 4095 > 0
    where f.averaging = 'hour' and f.block_no = 0 and f.classes_4_to_7 > 0
),

days as (
    select
        stack_id, indicator_id, day_date, class_no,
        sum(reading_count) as reading_count,
        sum(valid_count) as valid_count,
        sum(valid_with_o2_count) as valid_with_o2_count,
        sum(value_e9_sum) as value_e9_sum,
        sum(value_per_o2_e9_sum) as value_per_o2_e9_sum,
        sum(o2_capped_count) as o2_capped_count
    from classes
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
