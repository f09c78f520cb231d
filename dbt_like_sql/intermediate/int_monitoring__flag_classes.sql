/*
description: What each operator flag makes of a reading; the row without a flag stands for readings that came without one.
grain: [sent_flag]
grain_nullable: [sent_flag]
*/
with flags as (
    select sent_flag, common_code from ref_monitoring__flags
    union all
    select null as sent_flag, 'normal' as common_code
),

numbered as (
    select
        sent_flag,
        case common_code when 'normal' then 0 when 'startup' then 1 when 'shutdown' then 2 when 'malfunction' then 3 when 'maintenance' then 4
            when 'calibration' then 5 when 'stopped' then 6 else 10 end as class_no
    from flags
)

select
    sent_flag::varchar as sent_flag,  -- flag as sent, upper case; null = none
    class_no::smallint as class_no,  -- class of a reading with this flag, see int_monitoring__reading_classes
    (case when class_no <= 3 then 1.0 end)::double as usable  -- 1 where the value may be used, else null
from numbered
