/*
description: >-
  Which plants a loan finances and with which part: stated links first, then plants the borrower owns (direct before through holdings), then accepted name matches.
  Without a stated split the loan is divided by capacity times owned share, or equally where a capacity is unknown. Each plant is counted once per loan.
grain: [portfolio_id, loan_id, plant_id]
*/
with stated as (
    select e.portfolio_id, e.loan_id, k.plant_id, k.allocation_ratio, 1.0 as share_ratio, 'link' as match_method, 1 as priority,
        coalesce(k.reason, 'stated by ' || coalesce(k.decided_by, 'the bank')) as match_reason, 1.0 as match_score
    from int_loans__exposure as e
    inner join stg_bank__loan_plant_links as k on e.loan_id = k.loan_id and (k.portfolio_id = e.portfolio_id or k.portfolio_id = '*')
),

owned as (
    select e.portfolio_id, e.loan_id, c.reached_id as plant_id, null::double as allocation_ratio, c.share_ratio, 'owner' as match_method,
        1 + c.depth as priority, 'owned: ' || c.path as match_reason, 1.0 as match_score
    from int_loans__exposure as e
    inner join int_ownership__chains as c on e.counterparty_id = c.owner_id
),

named as (
    select m.portfolio_id, m.loan_id, m.plant_id, null::double as allocation_ratio, 1.0 as share_ratio, m.match_method, 100 as priority,
        m.match_reason, m.match_score
    from raw_matching__links as m
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
        min(case when f.priority = 1 then 1 when f.match_method = 'owner' then 2 else 3 end) over (partition by f.portfolio_id, f.loan_id) as best_kind,
        case when f.priority = 1 then 1 when f.match_method = 'owner' then 2 else 3 end as kind
    from found as f
    inner join stg_plants__plants as p on f.plant_id = p.plant_id
    inner join int_loans__exposure as e on f.portfolio_id = e.portfolio_id and f.loan_id = e.loan_id
    where p.status not in ('retired', 'cancelled')
        and (e.sector is null or e.sector not in ('cement', 'steel', 'flat_glass') or f.priority = 1 or e.sector = p.sector)
),

chosen as (
    select *, row_number() over (partition by portfolio_id, loan_id, plant_id order by priority, share_ratio desc, match_reason) as repeat_number
    from plants
    where kind = best_kind
),

weighted as (
    select
        *,
        count(allocation_ratio) over (partition by portfolio_id, loan_id) as stated_count,
        count(*) over (partition by portfolio_id, loan_id) as plant_count,
        count(capacity_t_per_year) over (partition by portfolio_id, loan_id) as capacity_count,
        sum((capacity_t_per_year * share_ratio)::decimal(28, 6)) over (partition by portfolio_id, loan_id)::double as capacity_sum
    from chosen
    where repeat_number = 1
),

allocated as (
    select
        *,
        case
            when stated_count = plant_count then allocation_ratio
            when plant_count = 1 then 1.0
            when capacity_count = plant_count and capacity_sum > 0 then round(capacity_t_per_year * share_ratio / nullif(capacity_sum, 0), 12)
            else 1.0 / nullif(plant_count, 0)
        end as ratio,
        case
            when stated_count = plant_count then 'stated'
            when plant_count = 1 then 'single'
            when capacity_count = plant_count and capacity_sum > 0 then 'capacity'
            else 'equal'
        end as allocation_method
    from weighted
)

select
    a.portfolio_id::varchar as portfolio_id,  -- portfolio
    a.loan_id::varchar as loan_id,  -- loan
    a.plant_id::varchar as plant_id,  -- plant
    a.sector::varchar as sector,  -- sector of the plant
    a.ratio::double as allocation_ratio,  -- part of the loan, 0-1
    a.allocation_method::varchar as allocation_method,  -- stated, single, capacity or equal
    a.match_method::varchar as match_method,  -- link, owner or name
    a.match_score::double as match_score,  -- 1 = certain
    a.match_reason::varchar as match_reason,  -- in words
    (e.exposure_usd * a.ratio)::decimal(20, 6) as exposure_usd  -- US dollars; null where the loan's exposure is not known
from allocated as a
inner join int_loans__exposure as e on a.portfolio_id = e.portfolio_id and a.loan_id = e.loan_id
