/*
description: >-
  What each operator flag makes of a reading, by scheme: one sign means different things in different schemes, plain words the same in
  all. The row without a flag stands for readings that came without one.
grain: [flag_scheme, sent_flag]
grain_nullable: [sent_flag]
*/
with schemes as (
    select 'hj_212' as scheme
    union
    select scheme from ref_monitoring__flags where scheme <> 'words'
),

flags as (
    select scheme, sent_flag, common_code from ref_monitoring__flags where scheme <> 'words'
    union all
    select s.scheme, w.sent_flag, w.common_code
    from schemes as s
    cross join ref_monitoring__flags as w
    left join ref_monitoring__flags as own on s.scheme = own.scheme and w.sent_flag = own.sent_flag
    where w.scheme = 'words' and own.sent_flag is null
    union all
    select scheme, null as sent_flag, 'normal' as common_code from schemes
),

numbered as (
    select
        scheme,
        sent_flag,
        case common_code when 'normal' then 0 when 'startup' then 1 when 'shutdown' then 2 when 'malfunction' then 3 when 'maintenance' then 4
            when 'calibration' then 5 when 'stopped' then 6 else 10 end as class_no
    from flags
)

select
    scheme::varchar as flag_scheme,  -- scheme of the flag
    sent_flag::varchar as sent_flag,  -- flag as sent, upper case; null = none
    class_no::smallint as class_no,  -- class of a reading with this flag, see int_monitoring__reading_classes
    (case when class_no <= 3 then 1.0 end)::double as usable  -- 1 where the value may be used, else null
from numbered
