/*
description: >-
  Why the headline of a portfolio moved, in one sentence: the drivers with the largest part first, each with what changed. The green share of what was assessed is told;
  where it has no value at an end or on the way, the lowest possible share of the whole scope.
grain: [portfolio_id]
*/
with chosen as (
    select
        *,
        row_number() over (partition by portfolio_id, driver order by case when state = 'split' then 1 else 2 end, case when metric = 'assessed_rate_ratio' then 1 else 2 end) as choice
    from mart_portfolio__change
    where sector = 'all' and metric in ('assessed_rate_ratio', 'lower_ratio')
),

-- the plant with the largest part of each driver, where all plants together are not one and the same driver's book
plants as (
    select portfolio_id, driver, plant_name, verdict_changes, row_number() over (partition by portfolio_id, driver order by abs(shapley_points) desc, plant_id) as place
    from mart_portfolio__change_plants
    where driver in ('new_data', 'restated_data', 'rule_version', 'overlay', 'coverage') and shapley_points is not null
),

parts as (
    select
        c.portfolio_id,
        c.shapley_points,
        c.driver_no,
        case when c.shapley_points >= 0 then '+' else '-' end || abs(round(c.shapley_points::decimal(18, 6), 1))::decimal(9, 1)::varchar || ' ' || replace(c.driver, '_', ' ')
        || case when c.note is not null then ' (' || c.note || ')' else '' end
        || case when p.plant_name is not null then ', above all ' || p.plant_name || coalesce(' – ' || p.verdict_changes, '') else '' end as words
    from chosen as c
    left join plants as p on c.portfolio_id = p.portfolio_id and c.driver = p.driver and p.place = 1
    where c.choice = 1 and c.state = 'split' and abs(c.shapley_points) >= 0.05
),

told as (
    select portfolio_id, string_agg(words, '; ' order by abs(shapley_points) desc, driver_no) as words
    from parts
    group by portfolio_id
),

ends as (
    select
        portfolio_id,
        max(state) as state,
        max(metric) as metric,
        max(earlier_run_id) as earlier_run_id,
        max(earlier_as_of_date) as earlier_as_of_date,
        max(before_ratio) as before_ratio,
        max(after_ratio) as after_ratio,
        max(change_points) as change_points,
        max(residual_points) as residual_points,
        bool_and(is_exact) as is_exact
    from chosen
    where choice = 1
    group by portfolio_id
)

select
    e.portfolio_id::varchar as portfolio_id,  -- portfolio
    e.state::varchar as state,  -- as in mart_portfolio__change
    e.metric::varchar as metric,  -- the share that the sentence is about
    e.earlier_run_id::varchar as earlier_run_id,  -- run compared with; null = none
    e.earlier_as_of_date::date as earlier_as_of_date,  -- its day
    e.before_ratio::double as before_ratio,  -- null = not assessable
    e.after_ratio::double as after_ratio,  -- null = not assessable
    e.change_points::double as change_points,  -- percentage points
    e.residual_points::double as residual_points,  -- change that no driver explains, percentage points
    (case
        when e.state = 'no_earlier_run' then 'No earlier run to compare with.'
        when e.state = 'not_comparable' then 'Cannot be compared with the earlier run: ' || coalesce(r.reason, 'no reason was noted') || '.'
        when e.state = 'new_in_this_run' then 'This portfolio is new in this run.'
        when e.state = 'not_assessable' then 'The change cannot be split: the share has no value at an end or on the way there.'
        else case when e.change_points >= 0 then '+' else '-' end || abs(round(e.change_points::decimal(18, 6), 1))::decimal(9, 1)::varchar || ' points'
            || case when e.metric = 'lower_ratio' then ' of the lowest possible share' else '' end
            || coalesce(': of which ' || t.words, ': nothing moved it by a tenth of a point') || '.'
            || case when not e.is_exact then ' The drivers do not add up: a rest of ' || e.residual_points::varchar || ' points is unexplained.' else '' end
    end)::varchar as sentence  -- why it moved
from ends as e
left join told as t on e.portfolio_id = t.portfolio_id
left join raw_change__runs as r on e.state = r.state
