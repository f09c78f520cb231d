/*
description: >-
  The limit an operator has to keep at each stack and indicator: the strictest one in force at the end of the window that binds the plant. Suspicion
  tests look at readings around it.
grain: [stack_id, indicator_id]
*/
with binding as (
    select
        e.stack_id,
        t.indicator_id,
        a.threshold_id,
        coalesce(x.limit_value, t.limit_value) as limit_value,
        t.ref_o2_pct,
        coalesce(x.limit_value, t.limit_value) / nullif(case when t.ref_o2_pct is null then 1 else 21 - t.ref_o2_pct end, 0) as level_value
    from int_rules__applicability as a
    inner join ref_rules__thresholds as t on a.threshold_id = t.threshold_id and t.kind = 'limit' and t.operator in ('at_most', 'below')
    inner join ref_rules__indicators as i on t.indicator_id = i.indicator_id and i.measured_by = 'stack'
    inner join int_plants__entities as e on a.entity_id = e.entity_id and e.entity_type = 'stack'
    inner join int_rules__binding as g on a.rule_id = g.rule_id
    inner join ref_rules__rules as r on a.rule_id = r.rule_id
    cross join ref_run__settings as s
    left join ref_rules__instrument_countries as c on r.instrument_id = c.instrument_id and e.country_iso3 = c.country_iso3
    left join int_rules__adjusted_limits as x on a.threshold_id = x.threshold_id and a.entity_id = x.entity_id
    where a.is_applicable = 'yes' and a.is_binding_tier and (g.binds_everywhere or (g.binds_at_home and c.instrument_id is not null))
        and a.bound_from_date <= s.window_end_date and (a.bound_to_date is null or a.bound_to_date > s.window_end_date)
),

-- limits with and without a reference oxygen are compared at 10 %
ranked as (
    select
        *,
        row_number() over (partition by stack_id, indicator_id order by case when ref_o2_pct is null then limit_value / 11 else level_value end, threshold_id) as strictness
    from binding
    where limit_value > 0
)

select
    stack_id::varchar as stack_id,  -- stack
    indicator_id::varchar as indicator_id,  -- indicator
    threshold_id::varchar as threshold_id,  -- dated threshold
    limit_value::double as limit_value,  -- in the indicator's unit
    (ref_o2_pct is not null)::boolean as is_per_o2,  -- the limit has a reference oxygen: readings are compared as value over (21 - oxygen)
    level_value::double as level_value  -- limit, or limit over (21 - reference oxygen)
from ranked
where strictness = 1
