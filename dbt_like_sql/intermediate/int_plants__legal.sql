/*
description: >-
  Legal answer of each plant: the worst state of the binding limits, prohibitions and requirements in force that are verified well enough
  (rules/policy: effective_layers and evidence_bar). Rules below the bar are judged all the same and counted apart.
grain: [plant_id]
*/
with counted as (
    select
        plant_id,
        count(case when is_binding and is_verified then 1 end) as binding_count,
        count(case when is_binding and is_verified and state = 'FAIL' then 1 end) as fail_count,
        count(case when is_binding and is_verified and state = 'ERROR' then 1 end) as error_count,
        count(case when is_binding and is_verified and state = 'NO_DATA' then 1 end) as no_data_count,
        count(case when is_binding and is_verified and state = 'INDETERMINATE' then 1 end) as indeterminate_count,
        count(case when is_binding and not is_verified then 1 end) as awaiting_count,
        count(case when is_binding and not is_verified and state = 'FAIL' then 1 end) as awaiting_fail_count,
        max(case when is_binding then case state when 'FAIL' then 5 when 'ERROR' then 4 when 'NO_DATA' then 3 when 'INDETERMINATE' then 2 else 1 end end) as all_rank,
        max(case when is_elimination then case state when 'FAIL' then 3 when 'PASS' then 1 else 2 end end) as all_elimination_rank,
        count(case when is_elimination and is_verified and state = 'FAIL' then 1 end) as eliminated_count,
        count(case when is_elimination and is_verified and state in ('NO_DATA', 'ERROR', 'INDETERMINATE') then 1 end) as elimination_unknown_count
    from int_plants__rule_standing
    group by plant_id
)

select
    p.plant_id::varchar as plant_id,  -- plant
    (case when coalesce(c.binding_count, 0) = 0 then 'NOT_APPLICABLE' when c.fail_count > 0 then 'FAIL' when c.error_count > 0 then 'ERROR'
        when c.no_data_count > 0 then 'NO_DATA' when c.indeterminate_count > 0 then 'INDETERMINATE' else 'PASS' end)::varchar as legal_state,  -- worst state of the binding, verified rules; NOT_APPLICABLE = none binds
    coalesce(c.binding_count, 0)::bigint as binding_rule_count,  -- binding rules verified well enough
    coalesce(c.fail_count, 0)::bigint as binding_fail_count,  -- of them failed
    coalesce(c.awaiting_count, 0)::bigint as awaiting_verification_count,  -- binding rules whose evidence is below the bar
    coalesce(c.awaiting_fail_count, 0)::bigint as awaiting_verification_fail_count,  -- of them failed
    (case when c.eliminated_count > 0 then 'FAIL' when c.elimination_unknown_count > 0 then 'NO_DATA' else 'PASS' end)::varchar as elimination_state,  -- FAIL = holds eliminated equipment; NO_DATA = cannot be excluded
    (case c.all_rank when 5 then 'FAIL' when 4 then 'ERROR' when 3 then 'NO_DATA' when 2 then 'INDETERMINATE' when 1 then 'PASS' else 'NOT_APPLICABLE' end)::varchar as legal_state_all,  -- legal state if the rules below the evidence bar counted
    (case c.all_elimination_rank when 3 then 'FAIL' when 2 then 'NO_DATA' else 'PASS' end)::varchar as elimination_state_all  -- elimination state if the rules below the evidence bar counted
from stg_plants__plants as p
left join counted as c on p.plant_id = c.plant_id
