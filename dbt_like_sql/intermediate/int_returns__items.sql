/*
description: >-
  Periodic returns in the canonical unit of their item: one row per plant, unit, item and period. A unit that does not convert is an error, never a number.
grain: [plant_id, unit_id, item, period_start_date, period_end_date]
*/
select
    r.plant_id::varchar as plant_id,  -- plant
    r.unit_id::varchar as unit_id,  -- process unit; * = whole plant
    r.item::varchar as item,  -- what is returned
    r.period_start_date::date as period_start_date,  -- first day
    r.period_end_date::date as period_end_date,  -- last day
    (case when u.quantity = i.quantity then r.value * u.factor / nullif(c.factor, 0) end)::double as value,  -- in the item's canonical unit; null = blank or not convertible
    i.unit::varchar as unit,  -- canonical unit of the item
    r.evidence_tier::varchar as evidence_tier,  -- measured, reported or estimated
    (case when i.item is null then 'ITEM_UNKNOWN' when u.quantity is null or u.quantity <> i.quantity then 'UNIT_UNKNOWN' end)::varchar as error_code,  -- null = converted
    r.source_file_id::varchar as source_file_id,  -- sha256 of the received file
    r.source_row_number::bigint as source_row_number  -- row in that file
from stg_monitoring__periodic_returns as r
left join ref_rules__return_items as i on r.item = i.item
left join ref_rules__units as u on r.unit = u.unit
left join ref_rules__units as c on i.unit = c.unit
