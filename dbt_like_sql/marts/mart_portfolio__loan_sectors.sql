/*
description: >-
  Each loan in each sector that it finances: the exposure behind plants of the sector by their class, as int_loans__attribution divides it, and what is behind no
  plant in the sector of the loan. Amounts are rounded to cents by running sums, so that the rows of a loan add up to its row in mart_portfolio__loans.
grain: [portfolio_id, loan_id, sector]
*/
with behind as (
    select
        a.portfolio_id,
        a.loan_id,
        a.sector,
        count(*) as plant_count,
        sum(a.allocation_ratio::decimal(18, 12)) as allocation_ratio,
        sum(case when c.plant_class = 'green' then coalesce(a.exposure_usd, 0) else 0 end) as green_usd,
        sum(case when c.plant_class = 'transition' then coalesce(a.exposure_usd, 0) else 0 end) as transition_usd,
        sum(case when c.plant_class = 'not_green' then coalesce(a.exposure_usd, 0) else 0 end) as not_green_usd,
        sum(case when c.plant_class = 'unknown' then coalesce(a.exposure_usd, 0) else 0 end) as unknown_usd
    from int_loans__attribution as a
    inner join int_plants__class as c on a.plant_id = c.plant_id
    group by a.portfolio_id, a.loan_id, a.sector
),

running as (
    select
        b.portfolio_id,
        b.loan_id,
        b.sector,
        b.plant_count,
        row_number() over (partition by b.portfolio_id, b.loan_id order by b.sector) as place,
        round(sum(b.green_usd) over (partition by b.portfolio_id, b.loan_id order by b.sector), 2) as green_usd,
        round(sum(b.transition_usd) over (partition by b.portfolio_id, b.loan_id order by b.sector), 2) as transition_usd,
        round(sum(b.not_green_usd) over (partition by b.portfolio_id, b.loan_id order by b.sector), 2) as not_green_usd,
        round(sum(b.unknown_usd) over (partition by b.portfolio_id, b.loan_id order by b.sector), 2) as unknown_usd,
        round(coalesce(l.undrawn_usd, 0) * round(sum(b.allocation_ratio) over (partition by b.portfolio_id, b.loan_id order by b.sector), 9), 2) as undrawn_usd
    from behind as b
    inner join mart_portfolio__loans as l on b.portfolio_id = l.portfolio_id and b.loan_id = l.loan_id
),

steps as (
    select
        r.portfolio_id,
        r.loan_id,
        r.sector,
        r.plant_count,
        r.green_usd - coalesce(p.green_usd, 0) as green_usd,
        r.transition_usd - coalesce(p.transition_usd, 0) as transition_usd,
        r.not_green_usd - coalesce(p.not_green_usd, 0) as not_green_usd,
        r.unknown_usd - coalesce(p.unknown_usd, 0) as unknown_usd,
        r.undrawn_usd - coalesce(p.undrawn_usd, 0) as undrawn_usd
    from running as r
    left join running as p on r.portfolio_id = p.portfolio_id and r.loan_id = p.loan_id and r.place = p.place + 1
),

-- what no plant carries stands in the sector of the loan
drawn_behind as (
    select portfolio_id, loan_id, max(undrawn_usd) as undrawn_usd
    from running
    group by portfolio_id, loan_id
),

open_parts as (
    select l.portfolio_id, l.loan_id, l.sector, l.unmatched_usd::decimal(20, 2) as unmatched_usd, (coalesce(l.undrawn_usd, 0) - coalesce(d.undrawn_usd, 0)) as undrawn_usd
    from mart_portfolio__loans as l
    left join drawn_behind as d on l.portfolio_id = d.portfolio_id and l.loan_id = d.loan_id
    where d.loan_id is null or l.unmatched_usd <> 0 or coalesce(l.undrawn_usd, 0) <> d.undrawn_usd
),

parts as (
    select portfolio_id, loan_id, sector, plant_count, green_usd, transition_usd, not_green_usd, unknown_usd, 0 as unmatched_usd, undrawn_usd
    from steps
    union all
    select portfolio_id, loan_id, sector, 0 as plant_count, 0 as green_usd, 0 as transition_usd, 0 as not_green_usd, 0 as unknown_usd, unmatched_usd, undrawn_usd
    from open_parts
),

summed as (
    select
        portfolio_id,
        loan_id,
        sector,
        sum(plant_count) as plant_count,
        sum(green_usd) as green_usd,
        sum(transition_usd) as transition_usd,
        sum(not_green_usd) as not_green_usd,
        sum(unknown_usd) as unknown_usd,
        sum(unmatched_usd) as unmatched_usd,
        sum(undrawn_usd) as undrawn_usd
    from parts
    group by portfolio_id, loan_id, sector
)

select
    s.portfolio_id::varchar as portfolio_id,  -- portfolio
    s.loan_id::varchar as loan_id,  -- loan
    s.sector::varchar as sector,  -- sector of the plants; of what no plant carries the sector of the loan
    l.is_in_scope::boolean as is_in_scope,  -- the loan counts in the headline
    l.exposure_state::varchar as exposure_state,  -- ok, error or closed
    l.exposure_basis::varchar as exposure_basis,  -- outstanding or commitment
    s.plant_count::bigint as plant_count,  -- plants of the sector behind the loan
    (case when l.exposure_state = 'ok' then s.green_usd + s.transition_usd + s.not_green_usd + s.unknown_usd + s.unmatched_usd end)::decimal(20, 2) as exposure_usd,  -- part of the loan's exposure, US dollars; null = not known, or closed
    (case when l.undrawn_usd is not null then s.undrawn_usd end)::decimal(20, 2) as undrawn_usd,  -- part of what is undrawn, US dollars, never added; null = not reported
    s.green_usd::double as green_usd,  -- exposure behind green plants
    s.transition_usd::double as transition_usd,  -- behind transition plants
    s.not_green_usd::double as not_green_usd,  -- behind plants that are not green
    s.unknown_usd::double as unknown_usd,  -- behind plants whose class is unknown
    s.unmatched_usd::double as unmatched_usd  -- behind no known plant
from summed as s
inner join mart_portfolio__loans as l on s.portfolio_id = l.portfolio_id and s.loan_id = l.loan_id
