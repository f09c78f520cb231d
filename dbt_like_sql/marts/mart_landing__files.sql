/*
description: >-
  Every file received, sheet by sheet: who read it, how many rows came in, were refused or lay outside the scope.
grain: [file_id, file_name, sheet]
*/
select
    file_id::varchar as file_id,  -- sha256 of the file
    file_name::varchar as file_name,  -- path inside the landing folder
    coalesce(sheet, '')::varchar as sheet,  -- sheet of a workbook; empty = no sheets
    byte_count::bigint as byte_count,  -- size in bytes
    reader::varchar as reader,  -- reader that recognised it; null = none
    state::varchar as state,  -- read, refused (it has rows, and every one could not be read), header_only, empty, unrecognised or unreadable
    row_count::bigint as row_count,  -- rows read
    reject_count::bigint as reject_count,  -- rows that could not be read
    skipped_count::bigint as skipped_count,  -- rows outside the scope or repeated
    message::varchar as message  -- what is wrong and what to do; null = nothing
from raw_landing__files
