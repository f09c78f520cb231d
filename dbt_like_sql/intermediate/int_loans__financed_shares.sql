/*
description: >-
  Part of each plant that each loan finances: owned share times attribution factor (F4). A plant that several loans, owners or lenders reach counts once: where
  their parts add up to more than the plant, they share it.
grain: [portfolio_id, loan_id, plant_id]
*/
with parts as (
    select
        a.portfolio_id,
        a.loan_id,
        a.plant_id,
        a.sector,
        a.company_id,
        a.ownership_ratio,
        a.allocation_method,
        a.has_unknown_share,
        a.has_circle,
        f.value_level,
        f.is_capped,
        f.reason_code,
        round(a.ownership_ratio * f.attribution_factor, 15) as part,
        round(a.ownership_ratio * f.commitment_factor, 15) as commitment_part
    from int_loans__attribution as a
    inner join int_loans__attribution_factors as f on a.portfolio_id = f.portfolio_id and a.loan_id = f.loan_id
),

totals as (
    select plant_id, sum(part::decimal(28, 15))::double as part_sum, sum(commitment_part::decimal(28, 15))::double as commitment_part_sum
    from parts
    group by plant_id
),

policy as (
    select
        max(case when key = 'split_penalty' then value::double end) as split_penalty,
        max(case when key = 'ownership_penalty' then value::double end) as ownership_penalty
    from ref_rules__policy
    where policy_id = 'attribution'
)

select
    p.portfolio_id::varchar as portfolio_id,  -- portfolio
    p.loan_id::varchar as loan_id,  -- loan
    p.plant_id::varchar as plant_id,  -- plant
    p.sector::varchar as sector,  -- sector of the plant
    p.company_id::varchar as company_id,  -- company whose holdings lead to the plant
    p.ownership_ratio::double as ownership_ratio,  -- its share in the plant
    (p.part / greatest(coalesce(t.part_sum, 0), 1))::double as financed_ratio,  -- part of the plant that what is drawn finances, 0-1; null = attribution factor not known
    (p.commitment_part / greatest(coalesce(t.commitment_part_sum, 0), 1))::double as commitment_ratio,  -- the same for what is committed; beside it, never added
    coalesce(t.part_sum > 1, false)::boolean as is_plant_capped,  -- the loans together would count for more than the plant
    coalesce(p.is_capped, false)::boolean as is_capped,  -- the loans together are worth more than the company
    (case when p.allocation_method in ('stated', 'single') then 0 else y.split_penalty end
        + case when p.has_unknown_share or p.has_circle or p.value_level = 'parent' then y.ownership_penalty else 0 end)::double as quality_penalty,  -- points of data quality that assumptions cost
    (case when p.reason_code is not null then p.reason_code when p.has_circle then 'OWNERSHIP_CIRCLE' end)::varchar as reason_code  -- why it is not known, or what is doubtful; null = fine
from parts as p
left join totals as t on p.plant_id = t.plant_id
cross join policy as y
