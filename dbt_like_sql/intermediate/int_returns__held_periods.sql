/*
description: >-
  Returned items by place and month as they count: the periods of int_returns__place_periods without those of an item whose amounts are too far from the
  product or the fuel (int_returns__amount_checks), in the place or in a unit of its sum; those of the year before the window beside those in it.
grain: [entity_id, item, period_start_date, period_end_date]
*/
with apart_units as (
    select distinct plant_id, item, is_in_window
    from int_returns__amount_checks
    where is_apart and entity_id like 'unit:%'
)

select
    p.entity_id::varchar as entity_id,  -- plant:… or unit:…
    p.level::varchar as level,  -- plant or unit
    p.plant_id::varchar as plant_id,  -- plant
    p.item::varchar as item,  -- what is returned
    p.period_start_date::date as period_start_date,  -- first day; of the month where the returned periods lie in one month
    p.period_end_date::date as period_end_date,  -- last day
    p.value::double as value,  -- in the item's canonical unit; null = blank or not convertible
    p.unit::varchar as unit,  -- canonical unit of the item
    p.covered_days::bigint as covered_days,  -- days returned
    p.tier_rank::integer as tier_rank,  -- 1 measured, 2 reported, 3 estimated; the weakest row counts
    p.is_from_units::boolean as is_from_units,  -- true = sum of the plant's units
    p.is_from_kinds::boolean as is_from_kinds,  -- true = sum of the fuels returned by kind
    p.is_in_window::boolean as is_in_window,  -- false = began before the window
    (case
        when p.gap_code <> 'UNIT_MISSING' then p.gap_code
        when c.is_apart or (p.is_from_units and u.plant_id is not null) then 'UNIT_SUSPECT'
        else p.gap_code end)::varchar as gap_code,  -- why the value does not count; null = it does
    p.source_file_id::varchar as source_file_id,  -- file of the first row
    p.last_source_file_id::varchar as last_source_file_id,  -- file of the last row, by id
    p.first_source_row_number::bigint as first_source_row_number,  -- lowest row number in those files
    p.last_source_row_number::bigint as last_source_row_number  -- highest row number in those files
from int_returns__place_periods as p
left join int_returns__amount_checks as c on p.entity_id = c.entity_id and p.item = c.item and p.is_in_window = c.is_in_window
left join apart_units as u on p.plant_id = u.plant_id and p.item = u.item and p.is_in_window = u.is_in_window
