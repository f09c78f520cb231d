/*
description: >-
  Periodic returns in the canonical unit of their item: one row per plant, unit, item and period. A fuel sent by mass or volume becomes energy with
  the heat value in force on the last day of the period. What does not convert is an error, never a number; an amount below zero is one too, because
  each item names its direction (what is sent out has items of its own).
grain: [plant_id, unit_id, item, period_start_date, period_end_date]
*/
with sent as (
    select
        r.*,
        i.item as known_item,
        i.quantity as item_quantity,
        i.unit as item_unit,
        u.quantity as sent_quantity,
        u.factor as sent_factor,
        c.factor as item_factor,
        case u.quantity when 'mass' then f.mass_heat_factor_id when 'volume' then f.volume_heat_factor_id when 'gas_volume' then f.volume_heat_factor_id end as heat_factor_id
    from stg_monitoring__periodic_returns as r
    left join ref_rules__return_items as i on r.item = i.item
    left join ref_rules__units as u on r.unit = u.unit
    left join ref_rules__units as c on i.unit = c.unit
    left join ref_energy__fuels as f on r.item = f.item
),

-- heat of one tonne or one cubic metre, in kgce; a figure in TJ/Gg is GJ a tonne
heated as (
    select
        s.*,
        case h.unit when 'kgce/kg' then 1000 * h.factor_value when 'kgce/m3' then h.factor_value when 'TJ/Gg' then h.factor_value * g.factor end as heat_kgce,
        h.instrument_title as heat_source
    from sent as s
    left join ref_rules__factors as h
        on s.heat_factor_id = h.factor_id and s.sent_quantity <> s.item_quantity
            and (h.valid_from_date is null or h.valid_from_date <= s.period_end_date)
            and (h.last_day_date is null or h.last_day_date >= s.period_end_date)
    left join ref_rules__units as g on g.unit = 'GJ'
)

select
    plant_id::varchar as plant_id,  -- plant
    unit_id::varchar as unit_id,  -- process unit; * = whole plant
    item::varchar as item,  -- what is returned
    period_start_date::date as period_start_date,  -- first day
    period_end_date::date as period_end_date,  -- last day
    (case when sent_quantity = item_quantity then value * sent_factor / nullif(item_factor, 0)
        else value * sent_factor * heat_kgce / nullif(item_factor, 0) end)::double as value,  -- in the item's canonical unit; null = blank or not convertible
    item_unit::varchar as unit,  -- canonical unit of the item
    value::double as sent_value,  -- as sent
    unit::varchar as sent_unit,  -- as sent
    (case when heat_kgce is not null then heat_factor_id end)::varchar as heat_factor_id,  -- heat value used (rules/factors); null = none was needed
    evidence_tier::varchar as evidence_tier,  -- measured, reported or estimated
    (case when known_item is null then 'ITEM_UNKNOWN'
        when sent_quantity is null then 'UNIT_UNKNOWN'
        when sent_quantity <> item_quantity and heat_factor_id is null then 'UNIT_UNKNOWN'
        when sent_quantity <> item_quantity and heat_kgce is null then 'FACTOR_NOT_IN_FORCE'
        when value < 0 then 'VALUE_NEGATIVE' end)::varchar as error_code,  -- why the value does not count; null = it does
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file
from heated
