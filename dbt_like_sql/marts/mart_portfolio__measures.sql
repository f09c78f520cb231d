/*
description: >-
  What would help: for each plant behind a portfolio that is not green the fewest measures found that make it green, and what they do to the portfolio's headline, made
  again by the same SQL models with that plant green. Ranked by the rise of the lowest possible green share (rules/policy/measures.yaml); plants that no measure reaches
  stand last with the reason.
grain: [portfolio_id, plant_id]
*/
with policy as (
    select
        max(case when key = 'shown' then value::integer end) as shown_count,
        max(case when key = 'rank_by' then value end) as rank_by
    from ref_rules__policy
    where policy_id = 'measures'
),

joined as (
    select
        p.portfolio_id,
        p.plant_id,
        p.plant_name,
        p.country_iso3,
        p.sector,
        p.plant_class,
        p.exposure_usd,
        m.reach,
        m.class_after,
        m.action_count,
        m.figure_count,
        m.check_count,
        m.measures,
        h.assessed_rate_ratio as assessed_rate_before_ratio,
        h.lower_ratio as lower_before_ratio,
        e.assessed_rate_ratio as assessed_rate_after_ratio,
        e.lower_ratio as lower_after_ratio,
        100 * (e.lower_ratio - h.lower_ratio) as lower_points,
        100 * (e.assessed_rate_ratio - h.assessed_rate_ratio) as assessed_rate_points,
        100 * (e.lower_ratio - h.lower_ratio) / nullif(p.exposure_usd / 100000000, 0) as points_per_100m_usd
    from mart_portfolio__plants as p
    inner join mart_plants__measures as m on p.plant_id = m.plant_id
    inner join mart_portfolio__headline as h on p.portfolio_id = h.portfolio_id and h.sector = 'all'
    left join raw_measures__effects as e on p.portfolio_id = e.portfolio_id and p.plant_id = e.plant_id
),

ranked as (
    select
        j.*,
        g.shown_count,
        row_number() over (
            partition by j.portfolio_id
            order by case g.rank_by when 'points_per_exposure' then j.points_per_100m_usd else j.lower_points end desc nulls last, j.action_count, j.plant_id
        ) as rank_no
    from joined as j
    cross join policy as g
)

select
    portfolio_id::varchar as portfolio_id,  -- portfolio
    plant_id::varchar as plant_id,  -- plant
    rank_no::bigint as rank_no,  -- 1 = helps most
    (lower_points is not null and rank_no <= shown_count)::boolean as is_shown,  -- among the first that the policy shows
    plant_name::varchar as plant_name,  -- name as sent
    country_iso3::varchar as country_iso3,  -- host country
    sector::varchar as sector,  -- cement, steel or flat_glass
    plant_class::varchar as plant_class,  -- class today
    exposure_usd::double as exposure_usd,  -- of the portfolio behind the plant
    class_after::varchar as class_after,  -- green; not_reached = no measure of the plant makes it green
    reach::varchar as reach,  -- how far the measures go; null = not reached
    action_count::bigint as action_count,  -- measures needed together
    figure_count::bigint as figure_count,  -- of them figures that are only missing; the plant is green if they meet the limit
    check_count::bigint as check_count,  -- of them values that failed and pass again: only their check is waited for
    measures::varchar as measures,  -- in words
    lower_before_ratio::double as lower_before_ratio,  -- lowest possible green share today
    lower_after_ratio::double as lower_after_ratio,  -- with this plant green; null = not reached
    lower_points::double as lower_points,  -- rise, percentage points
    assessed_rate_before_ratio::double as assessed_rate_before_ratio,  -- green of assessed today; null = nothing assessed
    assessed_rate_after_ratio::double as assessed_rate_after_ratio,  -- with this plant green
    assessed_rate_points::double as assessed_rate_points,  -- rise, percentage points
    points_per_100m_usd::double as points_per_100m_usd  -- rise of the lowest possible share for 100 m of exposure behind the plant
from ranked
