/*
description: >-
  The levels of int_monitoring__levels side by side, eight to a row, as the passes over readings and days want them.
grain: [stack_id, indicator_id, averaging, excluded_states, max_invalid_half_hours, block_no]
*/
with levels as (
    select stack_id, indicator_id, averaging, excluded_states, max_invalid_half_hours, is_per_o2, block_no, slot_no, counted_e9
    from int_monitoring__levels
)

select
    stack_id::varchar as stack_id,  -- stack
    indicator_id::varchar as indicator_id,  -- indicator
    averaging::varchar as averaging,  -- half_hour, hour, day, month or year
    excluded_states::varchar as excluded_states,  -- classes left out of the average
    max_invalid_half_hours::integer as max_invalid_half_hours,  -- a day with more of them discarded has no mean
    is_per_o2::boolean as is_per_o2,  -- levels are on the scale value over (21 - oxygen)
    block_no::integer as block_no,  -- block; 0 is the first of the stack, indicator, averaging and exclusions
    max(case when slot_no = 1 then counted_e9 end)::bigint as level_1_e9,  -- level of slot 1, times 10^9; null = not used
    max(case when slot_no = 2 then counted_e9 end)::bigint as level_2_e9,  -- slot 2
    max(case when slot_no = 3 then counted_e9 end)::bigint as level_3_e9,  -- slot 3
    max(case when slot_no = 4 then counted_e9 end)::bigint as level_4_e9,  -- slot 4
    max(case when slot_no = 5 then counted_e9 end)::bigint as level_5_e9,  -- slot 5
    max(case when slot_no = 6 then counted_e9 end)::bigint as level_6_e9,  -- slot 6
    max(case when slot_no = 7 then counted_e9 end)::bigint as level_7_e9,  -- slot 7
    max(case when slot_no = 8 then counted_e9 end)::bigint as level_8_e9  -- slot 8
from levels
group by stack_id, indicator_id, averaging, excluded_states, max_invalid_half_hours, is_per_o2, block_no
