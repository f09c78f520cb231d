/*
description: >-
  Why the headline moved since the last published run, split by driver. Every value is the headline made again by the SQL models on a mixture of the two runs' tables;
  shapley = mean of what a driver adds over all orders in which the changed drivers could be swapped (F15), ordered = what it adds in the declared order.
  Program_version is what today's models say of the earlier run's own data, less what it published. One row, driver '-', where there is nothing to compare with.
grain: [portfolio_id, sector, metric, driver]
*/
with now as (
    select portfolio_id, sector, 'assessed_rate_ratio' as metric, assessed_rate_ratio as after_ratio from mart_portfolio__headline
    union all
    select portfolio_id, sector, 'coverage_ratio' as metric, coverage_ratio as after_ratio from mart_portfolio__headline
    union all
    select portfolio_id, sector, 'lower_ratio' as metric, lower_ratio as after_ratio from mart_portfolio__headline
    union all
    select portfolio_id, sector, 'upper_ratio' as metric, upper_ratio as after_ratio from mart_portfolio__headline
),

changed as (
    select driver, bit
    from raw_change__drivers
    where is_changed
),

counted as (
    select count(*) as driver_count
    from changed
),

sizes as (
    select v.coalition_no, count(case when floor(v.coalition_no / nullif(c.bit, 0))::bigint % 2 = 1 then 1 end) as member_count
    from (select distinct coalition_no from raw_change__values where coalition_no is not null) as v
    cross join changed as c
    group by v.coalition_no
),

-- what a driver adds to each coalition that it is not a member of, with the share of all orders in which it meets that coalition
added as (
    select
        c.driver,
        w.portfolio_id,
        w.sector,
        w.metric,
        t.value - w.value as added_ratio,
        factorial(s.member_count::integer)::double * factorial((k.driver_count - s.member_count - 1)::integer)::double
            / nullif(factorial(k.driver_count::integer)::double, 0) as order_share,
        s.coalition_no = c.bit - 1 as is_declared_order
    from changed as c
    cross join counted as k
    inner join sizes as s on floor(s.coalition_no / nullif(c.bit, 0))::bigint % 2 = 0
    inner join raw_change__values as w on s.coalition_no = w.coalition_no
    inner join raw_change__values as t
        on s.coalition_no + c.bit = t.coalition_no and w.portfolio_id = t.portfolio_id and w.sector = t.sector and w.metric = t.metric
),

effects as (
    select
        driver,
        portfolio_id,
        sector,
        metric,
        count(added_ratio) as known_count,
        sum((added_ratio * order_share)::decimal(38, 18))::double as shapley_ratio,
        max(case when is_declared_order then added_ratio end) as ordered_ratio
    from added
    group by driver, portfolio_id, sector, metric
),

drivers as (
    select driver_no, driver, is_changed from raw_change__drivers
    union all
    select 0 as driver_no, 'program_version' as driver, true as is_changed
    from raw_change__runs
    where state = 'compared'
    union all
    select 0 as driver_no, '-' as driver, false as is_changed
    from raw_change__runs
    where state <> 'compared'
),

joined as (
    select
        n.portfolio_id,
        n.sector,
        n.metric,
        d.driver_no,
        d.driver,
        d.is_changed,
        case when d.driver_no > 0 then coalesce(i.row_count, 0) end as row_count,
        i.note,
        r.state as run_state,
        r.earlier_run_id,
        r.earlier_as_of_date,
        n.after_ratio,
        b.portfolio_id is not null as has_before,
        b.value as before_ratio,
        case when d.driver = 'program_version' then z.value - b.value when not d.is_changed then 0.0 else e.shapley_ratio end as shapley_ratio,
        case when d.driver = 'program_version' then z.value - b.value when not d.is_changed then 0.0 else e.ordered_ratio end as ordered_ratio,
        -- every order must be known, else the mean is over something else
        case when d.driver = 'program_version' then z.value is not null when not d.is_changed then true
            else coalesce(e.known_count, 0) = pow(2, k.driver_count - 1)::bigint end as is_known
    from now as n
    cross join raw_change__runs as r
    cross join counted as k
    cross join drivers as d
    left join raw_change__values as b on b.coalition_no is null and n.portfolio_id = b.portfolio_id and n.sector = b.sector and n.metric = b.metric
    left join raw_change__values as z on z.coalition_no = 0 and n.portfolio_id = z.portfolio_id and n.sector = z.sector and n.metric = z.metric
    left join mart_portfolio__change_notes as i on n.portfolio_id = i.portfolio_id and d.driver = i.driver
    left join effects as e on d.driver = e.driver and n.portfolio_id = e.portfolio_id and n.sector = e.sector and n.metric = e.metric
),

summed as (
    select
        *,
        (after_ratio - before_ratio) - sum(shapley_ratio::decimal(38, 18)) over (partition by portfolio_id, sector, metric)::double as residual_ratio,
        min(case when is_known then 1 else 0 end) over (partition by portfolio_id, sector, metric) = 1 and before_ratio is not null and after_ratio is not null as is_split
    from joined
)

select
    portfolio_id::varchar as portfolio_id,  -- portfolio
    sector::varchar as sector,  -- sector; all = the whole portfolio
    metric::varchar as metric,  -- column of mart_portfolio__headline
    driver::varchar as driver,  -- what changed; - = there is nothing to compare with
    driver_no::bigint as driver_no,  -- place in the declared order; 0 = before all drivers
    (case when run_state <> 'compared' then run_state when not has_before then 'new_in_this_run' when not is_split then 'not_assessable' else 'split' end)::varchar as state,  -- split, not_assessable (an end or a step between has no value), new_in_this_run, no_earlier_run or not_comparable
    earlier_run_id::varchar as earlier_run_id,  -- run compared with; null = none
    earlier_as_of_date::date as earlier_as_of_date,  -- its day
    before_ratio::double as before_ratio,  -- as the earlier run published it; null = not assessable
    after_ratio::double as after_ratio,  -- as this run publishes it
    (100 * (after_ratio - before_ratio))::double as change_points,  -- percentage points; null = an end is missing
    is_changed::boolean as is_changed,  -- something of this driver differs between the runs
    row_count::bigint as row_count,  -- rows that differ: of the portfolio, and of tables that know none; null = not counted in rows
    note::varchar as note,  -- what differs, in words; loans and rates of this portfolio only; null = nothing of it
    (case when is_split then 100 * shapley_ratio end)::double as shapley_points,  -- mean over all orders, percentage points; null = not split
    (case when is_split then 100 * ordered_ratio end)::double as ordered_points,  -- in the declared order, percentage points
    (case when is_split then 100 * residual_ratio end)::double as residual_points,  -- change less all drivers, percentage points
    (case when is_split then abs(residual_ratio) < 1e-9 end)::boolean as is_exact  -- the drivers add up to the change; null = not split
from summed
