/*
description: >-
  Headline that each portfolio and sector would have if the rules below the evidence bar counted, and how many plants would change class.
  The headline that counts stands in mart_portfolio__headline; the two differ by nothing but the bar (rules/policy/evidence_bar.yaml).
grain: [portfolio_id, sector]
*/
with plants as (
    select l.portfolio_id, a.sector, a.plant_id, c.plant_class, c.plant_class_all, g.awaiting_verification_count, g.awaiting_verification_fail_count, a.exposure_usd
    from mart_portfolio__loans as l
    inner join int_loans__attribution as a on l.portfolio_id = a.portfolio_id and l.loan_id = a.loan_id
    inner join int_plants__class as c on a.plant_id = c.plant_id
    inner join int_plants__legal as g on a.plant_id = g.plant_id
    where l.is_in_scope
),

both_ways as (
    select portfolio_id, sector, plant_id, plant_class, plant_class_all, awaiting_verification_count, awaiting_verification_fail_count, exposure_usd
    from plants
    union all
    select portfolio_id, 'all' as sector, plant_id, plant_class, plant_class_all, awaiting_verification_count, awaiting_verification_fail_count, exposure_usd
    from plants
),

sums as (
    select
        portfolio_id,
        sector,
        round(sum(case when plant_class_all = 'green' then exposure_usd else 0 end), 2) as green_usd,
        round(sum(case when plant_class_all = 'transition' then exposure_usd else 0 end), 2) as transition_usd,
        round(sum(case when plant_class_all = 'not_green' then exposure_usd else 0 end), 2) as not_green_usd,
        round(sum(case when plant_class_all = 'unknown' then exposure_usd else 0 end), 2) as unknown_usd,
        count(distinct case when plant_class_all <> plant_class then plant_id end) as changed_plant_count,
        round(sum(case when plant_class_all <> plant_class then exposure_usd else 0 end), 2) as changed_usd,
        count(distinct case when awaiting_verification_count > 0 then plant_id end) as waiting_plant_count,
        count(distinct case when awaiting_verification_fail_count > 0 then plant_id end) as waiting_fail_plant_count
    from both_ways
    group by portfolio_id, sector
)

select
    h.portfolio_id::varchar as portfolio_id,  -- portfolio
    h.sector::varchar as sector,  -- sector; all = the whole portfolio
    h.exposure_usd::double as exposure_usd,  -- scope, US dollars, the same either way
    coalesce(s.green_usd, 0)::double as green_usd,  -- behind plants that would be green
    coalesce(s.transition_usd, 0)::double as transition_usd,  -- that would be transition
    coalesce(s.not_green_usd, 0)::double as not_green_usd,  -- that would not be green
    coalesce(s.unknown_usd, 0)::double as unknown_usd,  -- whose class would be unknown
    h.unmatched_usd::double as unmatched_usd,  -- no plant known
    (s.green_usd / nullif(s.green_usd + s.transition_usd + s.not_green_usd, 0))::double as assessed_rate_ratio,  -- green over assessed; null = not assessable
    ((coalesce(s.green_usd, 0) + coalesce(s.transition_usd, 0) + coalesce(s.not_green_usd, 0)) / nullif(h.exposure_usd, 0))::double as coverage_ratio,  -- assessed over scope
    (coalesce(s.green_usd, 0) / nullif(h.exposure_usd, 0))::double as lower_ratio,  -- green share if every unknown failed
    ((coalesce(s.green_usd, 0) + coalesce(s.unknown_usd, 0) + h.unmatched_usd) / nullif(h.exposure_usd, 0))::double as upper_ratio,  -- green share if every unknown passed
    coalesce(s.changed_plant_count, 0)::bigint as changed_plant_count,  -- plants whose class would be another
    coalesce(s.changed_usd, 0)::double as changed_usd,  -- exposure behind them
    coalesce(s.waiting_plant_count, 0)::bigint as waiting_plant_count,  -- plants with a binding rule below the bar
    coalesce(s.waiting_fail_plant_count, 0)::bigint as waiting_fail_plant_count  -- plants that fail such a rule
from mart_portfolio__headline as h
left join sums as s on h.portfolio_id = s.portfolio_id and h.sector = s.sector
