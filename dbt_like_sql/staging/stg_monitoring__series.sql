/*
description: >-
  Each name under which a stack sent readings, once. A night takes it from what the store noted as the files arrived, without a look at the readings.
grain: [stack_id, indicator]
*/
select
    stack_id::varchar as stack_id,  -- stack
    indicator::varchar as indicator  -- name as sent, lower case
from stg_monitoring__stack_readings
where stack_id is not null and indicator is not null
group by stack_id, indicator
