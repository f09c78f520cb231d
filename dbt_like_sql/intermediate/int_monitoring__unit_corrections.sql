/*
description: >-
  Readings whose unit is read as another by a correction that two people signed (rules/corrections): what a value is multiplied by in place of the
  factor of the unit sent, in every spelling of it. Nothing is ever corrected without such a file.
grain: [stack_id, indicator_id, unit, first_day_no]
*/
select
    c.stack_id::varchar as stack_id,  -- stack
    c.indicator_id::varchar as indicator_id,  -- indicator
    s.unit::varchar as unit,  -- unit as sent
    (c.first_date - date '1970-01-01')::integer as first_day_no,  -- first local day, days since 1970-01-01
    (c.last_date - date '1970-01-01')::integer as last_day_no,  -- last local day
    f.factor::double as factor,  -- unit of the indicator per unit meant
    f.is_actual::boolean as is_actual,  -- the unit meant is stated at duct conditions
    c.correction_id::varchar as correction_id  -- rule file
from ref_rules__corrections as c
inner join ref_rules__units as n on c.sent_unit = n.unit
inner join ref_rules__units as s on n.quantity = s.quantity and n.factor = s.factor
inner join int_monitoring__unit_factors as f on c.indicator_id = f.indicator_id and c.means_unit = f.unit
