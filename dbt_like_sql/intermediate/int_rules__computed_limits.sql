/*
description: >-
  Limits and overlay factors that are formulas, worked out for each plant, unit or stack they are about: the nodes of the formula are joined with
  the inputs and worked up level by level. A formula with an unknown input (unless it says what stands in, known_or), or with a
  division by zero, has no value and names what is missing.
grain: [expression_id, entity_id]
*/
with recursive bound as (
    select a.threshold_id as expression_id, a.entity_id
    from int_rules__applicability as a
    inner join ref_rules__thresholds as t on a.threshold_id = t.threshold_id
    where t.limit_expression is not null and a.is_applicable = 'yes'
    union
    select o.overlay_id as expression_id, o.entity_id
    from int_rules__overlays as o
    where o.factor_expression is not null
),

leaves as (
    select b.expression_id, b.entity_id, n.node_no, n.parent_no, n.position, n.input_name, coalesce(n.number_value, i.value) as value
    from bound as b
    inner join ref_rules__expression_nodes as n on b.expression_id = n.expression_id and n.height = 0
    left join int_rules__inputs as i on b.entity_id = i.entity_id and n.input_name = i.input_name
),

worked as (
    select expression_id, entity_id, node_no, parent_no, position, value
    from leaves
    union all
    select
        c.expression_id,
        c.entity_id,
        c.node_no,
        c.parent_no,
        c.position,
        case c.operation
            when 'same' then c.left_value
            when 'add' then c.left_value + c.right_value
            when 'subtract' then c.left_value - c.right_value
            when 'multiply' then c.left_value * c.right_value
            when 'divide' then c.left_value / nullif(c.right_value, 0)
            when 'min' then case when c.left_value <= c.right_value then c.left_value when c.right_value < c.left_value then c.right_value end
            when 'if_below' then case when c.left_value < c.right_value then c.third_value when c.left_value >= c.right_value then c.fourth_value end
            when 'if_at_most' then case when c.left_value <= c.right_value then c.third_value when c.left_value > c.right_value then c.fourth_value end
            when 'known_or' then coalesce(c.left_value, c.right_value)
            when 'max' then case when c.left_value >= c.right_value then c.left_value when c.right_value > c.left_value then c.right_value end
        end as value
    from (
        select
            w.expression_id,
            w.entity_id,
            n.node_no,
            n.parent_no,
            n.position,
            n.operation,
            max(case when w.position = 1 then w.value end) as left_value,
            max(case when w.position = 2 then w.value end) as right_value,
            max(case when w.position = 3 then w.value end) as third_value,
            max(case when w.position = 4 then w.value end) as fourth_value
        from worked as w
        inner join ref_rules__expression_nodes as n on w.expression_id = n.expression_id and w.parent_no = n.node_no
        group by w.expression_id, w.entity_id, n.node_no, n.parent_no, n.position, n.operation
    ) as c
),

missing as (
    select l.expression_id, l.entity_id, string_agg(distinct l.input_name, ', ' order by l.input_name) as missing_inputs
    from leaves as l
    left join ref_rules__expression_nodes as n on l.expression_id = n.expression_id and l.parent_no = n.node_no
    where l.input_name is not null and l.value is null and coalesce(n.operation, '-') <> 'known_or'
    group by l.expression_id, l.entity_id
)

select
    b.expression_id::varchar as expression_id,  -- dated threshold or overlay
    b.entity_id::varchar as entity_id,  -- plant, unit or stack
    round(w.value, 9)::double as value,  -- limit in the indicator's unit, or factor; null = an input is missing
    (case when w.value is null then coalesce(m.missing_inputs, 'division by zero') end)::varchar as missing_inputs  -- which inputs; null = none
from bound as b
left join worked as w on b.expression_id = w.expression_id and b.entity_id = w.entity_id and w.parent_no is null
left join missing as m on b.expression_id = m.expression_id and b.entity_id = m.entity_id
