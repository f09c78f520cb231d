/*
description: >-
  Name of every file that a row of the run may come from: of those received tonight as they were received, of those that left the landing
  folder after the store had taken their readings as they were then.
grain: [file_id]
materialized: view
*/
with received as (
    select file_id, min(file_name) as file_name
    from raw_landing__files
    where file_id is not null
    group by file_id
),

kept as (
    select file_id, min(file_name) as file_name
    from raw_monitoring__files
    group by file_id
)

select
    coalesce(r.file_id, k.file_id)::varchar as file_id,  -- sha256 of the received file
    coalesce(r.file_name, k.file_name)::varchar as file_name  -- path inside the landing folder
from received as r
full outer join kept as k on r.file_id = k.file_id
