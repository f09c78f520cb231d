/*
description: >-
  Worst state of each group of indicators for each plant (FAIL > ERROR > NO_DATA > INDETERMINATE > PASS), over the rules that say must or
  should to it at the tier that binds it; a group for which there are none is judged by the rules for information, and says so. A group
  without any rule for the plant is NOT_APPLICABLE.
grain: [plant_id, family]
*/
with rules as (
    select
        s.plant_id,
        r.family,
        s.state,
        r.severity = 'info' as is_for_information
    from int_plants__rule_states as s
    inner join ref_rules__rules as r on s.rule_id = r.rule_id
    where s.is_binding_tier
),

kinds as (
    select plant_id, family, bool_and(is_for_information) as is_for_information
    from rules
    group by plant_id, family
),

counted as (
    select
        r.plant_id,
        r.family,
        k.is_for_information,
        count(*) as rule_count,
        sum(case when r.state = 'FAIL' then 1 else 0 end) as fail_count,
        sum(case when r.state = 'ERROR' then 1 else 0 end) as error_count,
        sum(case when r.state = 'NO_DATA' then 1 else 0 end) as no_data_count,
        sum(case when r.state = 'INDETERMINATE' then 1 else 0 end) as indeterminate_count,
        sum(case when r.state = 'PASS' then 1 else 0 end) as pass_count
    from rules as r
    inner join kinds as k on r.plant_id = k.plant_id and r.family = k.family
    where k.is_for_information or not r.is_for_information
    group by r.plant_id, r.family, k.is_for_information
),

families as (
    select distinct family
    from ref_rules__indicators
)

select
    p.plant_id::varchar as plant_id,  -- plant
    f.family::varchar as family,  -- group of indicators: air, energy, carbon, water, waste, equipment, management
    (case
        when c.rule_count is null then 'NOT_APPLICABLE'
        when c.fail_count > 0 then 'FAIL'
        when c.error_count > 0 then 'ERROR'
        when c.no_data_count > 0 then 'NO_DATA'
        when c.indeterminate_count > 0 then 'INDETERMINATE'
        else 'PASS'
    end)::varchar as state,  -- worst state
    coalesce(c.is_for_information, false)::boolean as is_for_information,  -- only rules for information speak to this plant in this group
    coalesce(c.rule_count, 0)::bigint as rule_count,  -- rules and tiers looked at
    coalesce(c.fail_count, 0)::bigint as fail_count,  -- of them failed
    coalesce(c.error_count, 0)::bigint as error_count,  -- could not be computed
    coalesce(c.no_data_count, 0)::bigint as no_data_count,  -- without data
    coalesce(c.indeterminate_count, 0)::bigint as indeterminate_count,  -- undecided
    coalesce(c.pass_count, 0)::bigint as pass_count  -- passed
from stg_plants__plants as p
cross join families as f
left join counted as c on p.plant_id = c.plant_id and f.family = c.family
