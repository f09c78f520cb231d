/*
description: >-
  Sums and counts of a day that know no rule: a mean at any reference oxygen is (21 - reference) x sum_value_per_o2 / n_with_o2.
  One row per stack, indicator, day and class of reading. Sums are made of decimals, so that no order of the rows changes them.
grain: [stack_id, indicator_id, day_date, reading_class]
*/
select
    stack_id::varchar as stack_id,  -- stack
    indicator_id::varchar as indicator_id,  -- indicator
    period_start_at::date as day_date,  -- local calendar day
    reading_class::varchar as reading_class,  -- class of the readings folded
    count(*)::bigint as reading_count,  -- readings of that class
    count(value_dry_mg_per_nm3)::bigint as valid_count,  -- readings with a usable value
    count(value_dry_mg_per_nm3 / nullif(21 - o2_capped_pct, 0))::bigint as valid_with_o2_count,  -- usable readings that came with oxygen
    sum(value_dry_mg_per_nm3::decimal(18, 9))::double as value_sum,  -- mg/Nm3 dry, no oxygen correction
    sum((value_dry_mg_per_nm3 / nullif(21 - o2_capped_pct, 0))::decimal(18, 9))::double as value_per_o2_sum,  -- sum of value / (21 - oxygen)
    count(case when is_o2_capped then 1 end)::bigint as o2_capped_count,  -- readings near ambient oxygen
    min(class_code)::varchar as class_code,  -- an example of why the readings are errors or not valid
    max_by(source_file_id, (value_dry_mg_per_nm3, source_file_id, source_row_number))::varchar as worst_source_file_id,  -- file of the highest reading
    max_by(source_row_number, (value_dry_mg_per_nm3, source_file_id, source_row_number))::bigint as worst_source_row_number  -- its row
from int_monitoring__readings
group by stack_id, indicator_id, period_start_at::date, reading_class
