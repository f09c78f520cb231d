/*
description: >-
  Limits that are not simply the printed number: worked out from a formula, or moved by an overlay. Of several overlays the strictest result counts;
  the limit without overlay stays beside it. A threshold that is not here is judged by its printed limit.
grain: [threshold_id, entity_id]
*/
with plain as (
    select a.threshold_id, a.entity_id, t.operator, coalesce(c.value, t.limit_value) as limit_value, c.missing_inputs, t.limit_expression is not null as is_formula
    from int_rules__applicability as a
    inner join ref_rules__thresholds as t on a.threshold_id = t.threshold_id
    left join int_rules__computed_limits as c on a.threshold_id = c.expression_id and a.entity_id = c.entity_id
    where a.is_applicable = 'yes' and t.kind = 'limit'
),

moved as (
    select
        p.threshold_id,
        p.entity_id,
        o.overlay_id,
        round(coalesce(o.replacement_value, p.limit_value * coalesce(o.factor_value, f.value)), 9) as limit_value,
        p.operator
    from plain as p
    inner join int_rules__overlays as o on p.threshold_id = o.threshold_id and p.entity_id = o.entity_id
    left join int_rules__computed_limits as f on o.overlay_id = f.expression_id and o.entity_id = f.entity_id
),

strictest as (
    select
        *,
        row_number() over (
            partition by threshold_id, entity_id
            order by case when operator in ('at_most', 'below') then limit_value else -limit_value end, overlay_id
        ) as place
    from moved
    where limit_value is not null
)

select
    p.threshold_id::varchar as threshold_id,  -- dated threshold
    p.entity_id::varchar as entity_id,  -- plant, unit or stack
    coalesce(m.limit_value, p.limit_value)::double as limit_value,  -- limit that judges, in the indicator's unit; null = an input is missing
    p.limit_value::double as limit_without_overlay,  -- limit of the rule itself
    m.overlay_id::varchar as overlay_id,  -- overlay that moved it; null = none
    (case when m.overlay_id is null then p.missing_inputs end)::varchar as missing_inputs  -- inputs that are not known; null = none
from plain as p
left join strictest as m on p.threshold_id = m.threshold_id and p.entity_id = m.entity_id and m.place = 1
where p.is_formula or m.overlay_id is not null
