/*
description: >-
  Limits that a standard gives as a formula, worked out for each plant, unit or stack they bind: the nodes of the formula are joined with the
  inputs and worked up level by level. A formula with an unknown input, or with a division by zero, has no limit and names what is missing.
grain: [threshold_id, entity_id]
*/
with recursive bound as (
    select a.threshold_id, a.entity_id
    from int_rules__applicability as a
    inner join ref_rules__thresholds as t on a.threshold_id = t.threshold_id
    where t.limit_expression is not null and a.is_applicable = 'yes'
),

leaves as (
    select b.threshold_id, b.entity_id, n.node_no, n.parent_no, n.position, n.input_name, coalesce(n.number_value, i.value) as value
    from bound as b
    inner join ref_rules__expression_nodes as n on b.threshold_id = n.expression_id and n.height = 0
    left join int_rules__inputs as i on b.entity_id = i.entity_id and n.input_name = i.input_name
),

worked as (
    select threshold_id, entity_id, node_no, parent_no, position, value
    from leaves
    union all
    select
        c.threshold_id,
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
            when 'max' then case when c.left_value >= c.right_value then c.left_value when c.right_value > c.left_value then c.right_value end
        end as value
    from (
        select
            w.threshold_id,
            w.entity_id,
            n.node_no,
            n.parent_no,
            n.position,
            n.operation,
            max(case when w.position = 1 then w.value end) as left_value,
            max(case when w.position = 2 then w.value end) as right_value
        from worked as w
        inner join ref_rules__expression_nodes as n on w.threshold_id = n.expression_id and w.parent_no = n.node_no
        group by w.threshold_id, w.entity_id, n.node_no, n.parent_no, n.position, n.operation
    ) as c
),

missing as (
    select threshold_id, entity_id, string_agg(distinct input_name, ', ' order by input_name) as missing_inputs
    from leaves
    where input_name is not null and value is null
    group by threshold_id, entity_id
)

select
    b.threshold_id::varchar as threshold_id,  -- dated threshold
    b.entity_id::varchar as entity_id,  -- plant, unit or stack
    round(w.value, 9)::double as limit_value,  -- in the indicator's unit; null = an input is missing
    (case when w.value is null then coalesce(m.missing_inputs, 'division by zero') end)::varchar as missing_inputs  -- which inputs; null = none
from bound as b
left join worked as w on b.threshold_id = w.threshold_id and b.entity_id = w.entity_id and w.parent_no is null
left join missing as m on b.threshold_id = m.threshold_id and b.entity_id = m.entity_id
