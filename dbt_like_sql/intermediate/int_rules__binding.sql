/*
description: >-
  Where each rule can bind and whether it counts: its layer binds everywhere, or only where its instrument is law (rules/policy: effective_layers;
  severity "must"), and its evidence reaches the bar (evidence_bar). The one place that decides this.
grain: [rule_id]
*/
with bar as (
    select max(case when policy_id = 'evidence_bar' and key = 'minimum' then value end) as minimum_evidence
    from ref_rules__policy
),

-- layers that bind everywhere, and layers that bind only where their instrument is law
binding_layers as (
    select value as layer, bool_or(key = 'binding') as binds_everywhere
    from ref_rules__policy
    where policy_id = 'effective_layers' and key in ('binding', 'binding_at_home')
    group by value
)

select
    r.rule_id::varchar as rule_id,  -- rule
    (coalesce(b.binds_everywhere, false) and r.severity = 'error')::boolean as binds_everywhere,  -- binds every plant in its scope
    (b.layer is not null and r.severity = 'error')::boolean as binds_at_home,  -- binds plants in the countries where its instrument is law
    (case r.evidence when 'printed_text' then 3 when 'secondary' then 2 else 1 end
        >= case bar.minimum_evidence when 'printed_text' then 3 when 'secondary' then 2 else 1 end)::boolean as is_verified  -- evidence at or above the bar: it counts
from ref_rules__rules as r
cross join bar
left join binding_layers as b on r.layer = b.layer
