/*
description: >-
  Instruments of which a value came into force, or ended, after the day of the run compared with and by the day of this one; those that judge something here.
grain: [instrument_id]
*/
with changed as (
    select
        r.instrument_id,
        r.instrument_title,
        case when l.valid_from_date > c.earlier_as_of_date and l.valid_from_date <= s.as_of_date then l.valid_from_date end as valid_from_date,
        case when l.valid_to_date > c.earlier_as_of_date and l.valid_to_date <= s.as_of_date then l.valid_to_date end as valid_to_date
    from mart_rules__limits as l
    inner join mart_rules__results as r on l.rule_id = r.rule_id and r.assessed_count > 0
    cross join raw_change__runs as c
    cross join ref_run__settings as s
)

select
    instrument_id::varchar as instrument_id,  -- instrument
    instrument_title::varchar as instrument_title,  -- its title
    min(valid_from_date)::date as valid_from_date,  -- first day of the first value that came into force; null = none did
    min(valid_to_date)::date as valid_to_date  -- first day on which the first value that ended no longer held; null = none did
from changed
where valid_from_date is not null or valid_to_date is not null
group by instrument_id, instrument_title
