/*
description: >-
  What later deliveries changed: per stack, indicator, day and pair of files how many readings, and their mean before and after.
grain: [stack_id, indicator, day_date, old_source_file_id, new_source_file_id]
*/
select
    r.stack_id::varchar as stack_id,  -- stack
    r.indicator::varchar as indicator,  -- indicator as sent
    r.day_date::date as day_date,  -- local day
    r.old_source_file_id::varchar as old_source_file_id,  -- sha256 of the file with the earlier values
    r.new_source_file_id::varchar as new_source_file_id,  -- sha256 of the file with the later values
    min(e.plant_id)::varchar as plant_id,  -- plant; null = the stack was not received
    count(*)::bigint as reading_count,  -- readings that changed
    min(r.new_unit)::varchar as unit,  -- unit after the change
    (sum(r.old_value::decimal(18, 6))::double / nullif(count(r.old_value), 0))::double as old_mean_value,  -- mean of the changed readings before, as sent; null = all blank
    (sum(r.new_value::decimal(18, 6))::double / nullif(count(r.new_value), 0))::double as new_mean_value,  -- mean of the same readings after, as sent; null = all blank
    min(r.old_known_at)::timestamp as old_known_at,  -- when the earlier values became known, UTC
    max(r.new_known_at)::timestamp as new_known_at,  -- when the later values became known, UTC
    min(o.file_name)::varchar as old_file_name,  -- name of the earlier file
    min(n.file_name)::varchar as new_file_name  -- name of the later file
from int_monitoring__restatements as r
left join stg_plants__emission_points as e on r.stack_id = e.stack_id
left join raw_monitoring__files as o on r.old_source_file_id = o.file_id
left join raw_monitoring__files as n on r.new_source_file_id = n.file_id
group by r.stack_id, r.indicator, r.day_date, r.old_source_file_id, r.new_source_file_id
