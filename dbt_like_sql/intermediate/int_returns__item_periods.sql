/*
description: >-
  Returned items of the assessment window by place and month, as they count: int_returns__held_periods without what began before the window.
grain: [entity_id, item, period_start_date, period_end_date]
*/
select
    entity_id::varchar as entity_id,  -- plant:… or unit:…
    level::varchar as level,  -- plant or unit
    plant_id::varchar as plant_id,  -- plant
    item::varchar as item,  -- what is returned
    period_start_date::date as period_start_date,  -- first day; of the month where the returned periods lie in one month
    period_end_date::date as period_end_date,  -- last day
    value::double as value,  -- in the item's canonical unit; null = blank or not convertible
    unit::varchar as unit,  -- canonical unit of the item
    covered_days::bigint as covered_days,  -- days returned
    tier_rank::integer as tier_rank,  -- 1 measured, 2 reported, 3 estimated; the weakest row counts
    is_from_units::boolean as is_from_units,  -- true = sum of the plant's units
    is_from_kinds::boolean as is_from_kinds,  -- true = sum of the fuels returned by kind
    gap_code::varchar as gap_code,  -- why the value does not count; null = it does
    source_file_id::varchar as source_file_id,  -- file of the first row
    last_source_file_id::varchar as last_source_file_id,  -- file of the last row, by id
    first_source_row_number::bigint as first_source_row_number,  -- lowest row number in those files
    last_source_row_number::bigint as last_source_row_number  -- highest row number in those files
from int_returns__held_periods
where is_in_window
