/*
description: >-
  Readings that a later delivery changed: one row per change, the earlier delivery beside the one that followed it.
grain: [stack_id, indicator, period_start_at, new_version]
*/
with sent as (
    select
        stack_id,
        indicator,
        period_start_at,
        version,
        cast(period_start_at + to_minutes(cast(utc_offset_minutes as integer)) as date) as day_date,
        value,
        unit,
        flag,
        coalesce(cast(value as varchar), '') || '|' || coalesce(unit, '') || '|' || coalesce(gas_basis, '') || '|' || coalesce(flag, '') || '|'
            || coalesce(cast(o2_pct as varchar), '') || '|' || coalesce(cast(moisture_pct as varchar), '') || '|'
            || coalesce(cast(temperature_c as varchar), '') || '|' || coalesce(cast(pressure_kpa as varchar), '') as content,
        known_at,
        source_file_id,
        source_row_number
    from raw_monitoring__deliveries
)

select
    n.stack_id::varchar as stack_id,  -- stack
    n.indicator::varchar as indicator,  -- indicator as sent
    n.period_start_at::timestamp as period_start_at,  -- UTC, start of the interval
    n.version::bigint as new_version,  -- place of the later delivery, 1 = the one that counts
    n.day_date::date as day_date,  -- local day
    o.value::double as old_value,  -- value before; null = blank
    n.value::double as new_value,  -- value after; null = blank
    o.unit::varchar as old_unit,  -- unit before
    n.unit::varchar as new_unit,  -- unit after
    o.flag::varchar as old_flag,  -- flag before
    n.flag::varchar as new_flag,  -- flag after
    o.known_at::timestamp as old_known_at,  -- when the earlier value became known, UTC
    n.known_at::timestamp as new_known_at,  -- when the later value became known, UTC
    o.source_file_id::varchar as old_source_file_id,  -- file of the earlier value
    o.source_row_number::bigint as old_source_row_number,  -- its row
    n.source_file_id::varchar as new_source_file_id,  -- file of the later value
    n.source_row_number::bigint as new_source_row_number  -- its row
from sent as n
inner join sent as o
    on n.stack_id = o.stack_id and n.indicator = o.indicator and n.period_start_at = o.period_start_at and o.version = n.version + 1
where n.content <> o.content
