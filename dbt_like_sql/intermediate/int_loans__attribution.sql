/*
description: >-
  Which plants a loan finances and with which part: stated links and pairs a person accepted first, then plants the borrower owns (direct before through holdings), then accepted name matches,
  last the plants of the nearest majority owner. What no statement divides is divided across sectors as rules/policy/attribution.yaml says, and within a sector by
  capacity times owned share, or equally where a capacity is unknown. Each plant is counted once per loan; a rejected pair never. The part that leads to a plant
  over refused holdings keeps no plant (project finance that names its plant does); a loan that is repaid or written off finances nothing.
grain: [portfolio_id, loan_id, plant_id]
*/
with rejected as (
    select distinct portfolio_id, loan_id, plant_id
    from raw_matching__links
    where decision_state = 'rejected'
),

stated as (
    select e.portfolio_id, e.loan_id, e.counterparty_id as company_id, k.plant_id, k.allocation_ratio, 'link' as match_method, 1 as kind, 1 as priority,
        coalesce(k.reason, 'stated by ' || coalesce(k.decided_by, 'the bank')) as match_reason, 1.0 as match_score,
        case when e.facility_type = 'project_finance' then 1.0 when c.has_refused_share then null else c.share_ratio end as share_ratio, c.has_unknown_share,
        c.has_circle, c.has_owner_change
    from int_loans__exposure as e
    inner join stg_bank__loan_plant_links as k on e.loan_id = k.loan_id and (k.portfolio_id = e.portfolio_id or k.portfolio_id = '*')
    left join int_ownership__chains as c on e.counterparty_id = c.owner_id and k.plant_id = c.reached_id
),

owned as (
    select e.portfolio_id, e.loan_id, e.counterparty_id as company_id, c.reached_id as plant_id, null::double as allocation_ratio, 'owner' as match_method, 2 as kind,
        1 + c.depth as priority, 'owned: ' || c.path as match_reason, 1.0 as match_score, case when not c.has_refused_share then c.share_ratio end as share_ratio, c.has_unknown_share, c.has_circle, c.has_owner_change
    from int_loans__exposure as e
    inner join int_ownership__chains as c on e.counterparty_id = c.owner_id
    left join rejected as r on e.portfolio_id = r.portfolio_id and e.loan_id = r.loan_id and c.reached_id = r.plant_id
    where r.loan_id is null
),

named as (
    select m.portfolio_id, m.loan_id, e.counterparty_id as company_id, m.plant_id, null::double as allocation_ratio, m.match_method,
        case when m.match_method = 'decision' then 1 else 3 end as kind, case when m.match_method = 'decision' then 2 else 100 end as priority, m.match_reason, m.match_score, null::double as share_ratio, null::boolean as has_unknown_share, null::boolean as has_circle, null::boolean as has_owner_change
    from raw_matching__links as m
    inner join int_loans__exposure as e on m.portfolio_id = e.portfolio_id and m.loan_id = e.loan_id
    where m.is_match
),

found as (
    select * from stated
    union all
    select * from owned
    union all
    select * from named
),

plants as (
    select f.*, p.capacity_t_per_year, p.sector,
        r.loan_id is not null and not (f.match_method = 'link' and coalesce(e.facility_type, '-') = 'project_finance') as is_refused
    from found as f
    inner join stg_plants__plants as p on f.plant_id = p.plant_id
    inner join int_loans__exposure as e on f.portfolio_id = e.portfolio_id and f.loan_id = e.loan_id
    left join int_loans__refused_plants as r on f.portfolio_id = r.portfolio_id and f.loan_id = r.loan_id and f.plant_id = r.plant_id and not r.is_of_parent
    where p.status not in ('retired', 'cancelled')
        and (e.sector is null or e.sector not in ('cement', 'steel', 'flat_glass') or f.kind = 1 or e.sector = p.sector)
),

-- loans of companies without a plant: the nearest owner that holds more than half of the borrower
orphans as (
    select e.portfolio_id, e.loan_id, e.sector, u.owner_id, row_number() over (partition by e.portfolio_id, e.loan_id order by u.depth, u.share_ratio desc, u.owner_id) as choice
    from int_loans__exposure as e
    inner join int_ownership__chains as u on e.counterparty_id = u.reached_id and u.share_ratio > 0.5 and not u.has_refused_share
    left join plants as f on e.portfolio_id = f.portfolio_id and e.loan_id = f.loan_id
    where f.loan_id is null
),

of_parent as (
    select o.portfolio_id, o.loan_id, o.owner_id as company_id, c.reached_id as plant_id, null::double as allocation_ratio, 'parent' as match_method, 4 as kind,
        200 + c.depth as priority, 'owned by the parent: ' || c.path as match_reason, 1.0 as match_score, case when not c.has_refused_share then c.share_ratio end as share_ratio,
        c.has_unknown_share, c.has_circle, c.has_owner_change, p.capacity_t_per_year, p.sector, c.has_refused_share as is_refused
    from orphans as o
    inner join int_ownership__chains as c on o.owner_id = c.owner_id
    inner join stg_plants__plants as p on c.reached_id = p.plant_id
    left join rejected as r on o.portfolio_id = r.portfolio_id and o.loan_id = r.loan_id and c.reached_id = r.plant_id
    where o.choice = 1 and r.loan_id is null and p.status not in ('retired', 'cancelled')
        and (o.sector is null or o.sector not in ('cement', 'steel', 'flat_glass') or o.sector = p.sector)
),

reached as (
    select *, min(kind) over (partition by portfolio_id, loan_id) as best_kind
    from plants
    union all
    select *, 4 as best_kind
    from of_parent
),

chosen as (
    select *, row_number() over (partition by portfolio_id, loan_id, plant_id order by priority, share_ratio desc nulls last, match_reason) as repeat_number
    from reached
    where kind = best_kind
),

-- a part that nobody stated is divided over the plants without a statement
weighted as (
    select
        *,
        coalesce(sum(allocation_ratio::decimal(18, 12)) over (partition by portfolio_id, loan_id), 0)::double as stated_ratio,
        count(*) over (partition by portfolio_id, loan_id) as plant_count,
        count(*) over (partition by portfolio_id, loan_id, allocation_ratio is null) as open_count,
        count(*) over (partition by portfolio_id, loan_id, allocation_ratio is null, sector) as open_in_sector_count,
        count(capacity_t_per_year) over (partition by portfolio_id, loan_id, allocation_ratio is null, sector) as capacity_count,
        sum((capacity_t_per_year * coalesce(share_ratio, 1.0))::decimal(28, 6)) over (partition by portfolio_id, loan_id, allocation_ratio is null, sector)::double as capacity_sum,
        dense_rank() over (partition by portfolio_id, loan_id, allocation_ratio is null order by sector) as sector_rank
    from chosen
    where repeat_number = 1
),

counted as (
    select *, max(sector_rank) over (partition by portfolio_id, loan_id, allocation_ratio is null) as sector_count
    from weighted
),

policy as (
    select max(case when key = 'across_sectors' then value end) as across_sectors
    from ref_rules__policy
    where policy_id = 'attribution'
),

allocated as (
    select
        c.*,
        case
            when c.allocation_ratio is not null then c.allocation_ratio
            when c.plant_count = 1 then 1.0
            else greatest(1 - c.stated_ratio, 0)
                * case when p.across_sectors = 'equal' then 1.0 / nullif(c.sector_count, 0) else c.open_in_sector_count::double / nullif(c.open_count, 0) end
                * case when c.capacity_count = c.open_in_sector_count and c.capacity_sum > 0
                    then c.capacity_t_per_year * coalesce(c.share_ratio, 1.0) / nullif(c.capacity_sum, 0)
                    else 1.0 / nullif(c.open_in_sector_count, 0) end
        end as ratio,
        case
            when c.allocation_ratio is not null then 'stated'
            when c.plant_count = 1 then 'single'
            when c.sector_count > 1 then 'sectors'
            when c.capacity_count = c.open_in_sector_count and c.capacity_sum > 0 then 'capacity'
            else 'equal'
        end as allocation_method
    from counted as c
    cross join policy as p
)

select
    a.portfolio_id::varchar as portfolio_id,  -- portfolio
    a.loan_id::varchar as loan_id,  -- loan
    a.plant_id::varchar as plant_id,  -- plant
    a.sector::varchar as sector,  -- sector of the plant
    round(a.ratio, 12)::double as allocation_ratio,  -- part of the loan, 0-1
    a.allocation_method::varchar as allocation_method,  -- stated, single, capacity, equal, or sectors (first across sectors, then within)
    a.company_id::varchar as company_id,  -- company whose holdings lead to the plant: the borrower, or its parent; null = borrower without an id
    coalesce(a.share_ratio, 1.0)::double as ownership_ratio,  -- share of that company in the plant; 1 for project finance, and where the share is unknown
    (a.share_ratio is null or coalesce(a.has_unknown_share, false))::boolean as has_unknown_share,  -- the share, or one on the way to it, is not known
    coalesce(a.has_circle, false)::boolean as has_circle,  -- the way to the plant passes through a circle of companies
    coalesce(a.has_owner_change, false)::boolean as has_owner_change,  -- an owner on the way changed within the assessment window; the owners of the day of the run count
    a.match_method::varchar as match_method,  -- link, decision, owner, lei, national_id, name or parent
    a.match_score::double as match_score,  -- 1 = certain
    a.match_reason::varchar as match_reason,  -- in words
    (e.exposure_usd * round(a.ratio, 12))::decimal(20, 6) as exposure_usd,  -- US dollars; null where the loan's exposure is not known
    (e.commitment_usd * round(a.ratio, 12))::decimal(20, 6) as commitment_usd  -- drawn and undrawn, US dollars; beside the exposure, never added to it
from allocated as a
inner join int_loans__exposure as e on a.portfolio_id = e.portfolio_id and a.loan_id = e.loan_id
where not a.is_refused and e.exposure_state <> 'closed'
