/*
description: >-
  Where the level of a series looks like another unit: days at a power of 1,000 of the series' own median day, the longest run of days at the ppm
  factor of its indicator, the median against that of peers, and days on which most values are higher than is believed. Nothing is corrected.
grain: [stack_id, indicator_id]
*/
with policy as (
    select
        min(case when key = 'unit_slip_band' then value end)::double as band,
        min(case when key = 'ppm_slip_band' then value end)::double as ppm_band
    from ref_rules__policy
    where policy_id = 'suspicion'
),

days as (
    select
        f.stack_id,
        f.indicator_id,
        f.day_date,
        sum(case when f.class_no = 0 then f.value_e9_sum end) / nullif(sum(case when f.class_no = 0 then f.valid_count end), 0)::double as mean_e9,
        sum(case when f.class_no = 0 then f.valid_count else 0 end) as valid_count,
        sum(case when f.class_no = 13 then f.reading_count else 0 end) as not_believed_count
    from int_monitoring__folded as f
    cross join ref_run__settings as s
    where f.averaging = 'hour' and f.block_no = 0 and f.class_no in (0, 13) and f.day_date between s.window_start_date and s.as_of_date
    group by f.stack_id, f.indicator_id, f.day_date
),

levels as (
    select
        stack_id,
        indicator_id,
        median(case when valid_count >= 6 and mean_e9 > 0 then mean_e9 end) as median_e9,
        count(case when valid_count >= 6 then 1 end) as day_count,
        sum(valid_count + not_believed_count) as hour_count,
        count(case when not_believed_count > valid_count then 1 end) as not_believed_days,
        min(case when not_believed_count > valid_count then day_date end) as not_believed_date
    from days
    group by stack_id, indicator_id
),

-- decades: distance from the median in powers of ten; ppm_distance: from the ppm factor, up or down, as a logarithm
distances as (
    select
        d.stack_id,
        d.indicator_id,
        d.day_date,
        round(log10(d.mean_e9 / nullif(l.median_e9, 0)), 9) as decades,
        round(abs(abs(ln(d.mean_e9 / nullif(l.median_e9, 0))) - ln(u.factor)), 9) as ppm_distance,
        d.mean_e9 > l.median_e9 as is_above
    from days as d
    inner join levels as l on d.stack_id = l.stack_id and d.indicator_id = l.indicator_id
    left join int_monitoring__unit_factors as u on d.indicator_id = u.indicator_id and u.unit = 'ppm' and u.factor > 1
    where d.valid_count >= 6 and d.mean_e9 > 0
),

thousands as (
    select d.stack_id, d.indicator_id, count(*) as day_count, min(d.day_date) as first_date, max(d.day_date) as last_date
    from distances as d
    cross join policy as p
    where abs(d.decades) >= 3 - log10(p.band) and abs(abs(d.decades) - 3 * round(abs(d.decades) / 3)) <= log10(p.band)
    group by d.stack_id, d.indicator_id
),

ppm_islands as (
    select d.stack_id, d.indicator_id, d.is_above, d.day_date,
        (d.day_date - date '1970-01-01') - row_number() over (partition by d.stack_id, d.indicator_id, d.is_above order by d.day_date) as island
    from distances as d
    cross join policy as p
    where d.ppm_distance <= ln(p.ppm_band)
),

ppm_runs as (
    select stack_id, indicator_id, is_above, island, count(*) as day_count, min(day_date) as first_date, max(day_date) as last_date
    from ppm_islands
    group by stack_id, indicator_id, is_above, island
),

ppm as (
    select
        stack_id,
        indicator_id,
        max(day_count) as day_count,
        min_by(first_date, (-day_count, first_date)) as first_date,
        min_by(last_date, (-day_count, first_date)) as last_date
    from ppm_runs
    group by stack_id, indicator_id
),

processes as (
    select l.stack_id, l.indicator_id, e.process, l.median_e9
    from levels as l
    inner join int_plants__entities as e on e.entity_id = 'stack:' || l.stack_id
    where e.process is not null and l.median_e9 > 0
),

peers as (
    select process, indicator_id, count(*) as peer_count, median(median_e9) as median_e9
    from processes
    group by process, indicator_id
)

select
    l.stack_id::varchar as stack_id,  -- stack
    l.indicator_id::varchar as indicator_id,  -- indicator
    l.day_count::bigint as day_count,  -- days with at least six hours in normal running
    l.hour_count::bigint as hour_count,  -- hours in normal running and hours not believed
    (l.median_e9 / 1000000000)::double as median_value,  -- median of the days' means, unit of the indicator; null = no day
    coalesce(t.day_count, 0)::bigint as thousand_days,  -- days at a power of 1,000 of it
    t.first_date::date as thousand_first_date,  -- first of them
    t.last_date::date as thousand_last_date,  -- last of them
    (case when u.factor > 1 then coalesce(p.day_count, 0) end)::bigint as ppm_days,  -- longest run of days at the ppm factor of the indicator; null = it has none
    p.first_date::date as ppm_first_date,  -- first day of the run
    p.last_date::date as ppm_last_date,  -- last day of the run
    u.factor::double as ppm_factor,  -- mg/Nm3 per ppm
    o.peer_count::bigint as peer_count,  -- series of the same process and indicator, this one included
    round(log10(l.median_e9 / nullif(o.median_e9, 0)), 9)::double as peer_decades,  -- distance of the median from theirs in powers of ten
    l.not_believed_days::bigint as not_believed_days,  -- days on which more hours were not believed than used
    l.not_believed_date::date as not_believed_date  -- first of them
from levels as l
left join thousands as t on l.stack_id = t.stack_id and l.indicator_id = t.indicator_id
left join ppm as p on l.stack_id = p.stack_id and l.indicator_id = p.indicator_id
left join int_monitoring__unit_factors as u on l.indicator_id = u.indicator_id and u.unit = 'ppm'
left join processes as r on l.stack_id = r.stack_id and l.indicator_id = r.indicator_id
left join peers as o on r.process = o.process and r.indicator_id = o.indicator_id
