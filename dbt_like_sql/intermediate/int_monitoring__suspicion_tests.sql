/*
description: >-
  Every suspicion test of the window with its statistic: one row per place, indicator and test that could be made. A place is a stack, or a plant for returns.
  p-values are made of the parameters afterwards (raw_monitoring__significance); flags stand in mart_plants__suspicions and never change a verdict.
grain: [entity_id, indicator_id, test]
*/
with policy as (
    select
        min(case when key = 'min_readings' then value end)::double as min_readings,
        min(case when key = 'min_spread_steps' then value end)::double as min_spread_steps,
        min(case when key = 'flat_line_hours' then value end)::double as flat_line_hours,
        min(case when key = 'copied_days' then value end)::double as copied_days,
        min(case when key = 'min_peers' then value end)::double as min_peers,
        min(case when key = 'peer_distance' then value end)::double as peer_distance,
        min(case when key = 'peer_spread_ratio' then value end)::double as peer_spread_ratio,
        min(case when key = 'pile_up_share_ratio' then value end)::double as pile_up_share_ratio,
        min(case when key = 'digit_spread_steps' then value end)::double as digit_spread_steps,
        min(case when key = 'digit_effect_ratio' then value end)::double as digit_effect_ratio,
        min(case when key = 'ambient_share_ratio' then value end)::double as ambient_share_ratio,
        min(case when key = 'min_events' then value end)::double as min_events,
        min(case when key = 'step_effect_ratio' then value end)::double as step_effect_ratio,
        min(case when key = 'production_spread_ratio' then value end)::double as production_spread_ratio,
        min(case when key = 'emission_spread_ratio' then value end)::double as emission_spread_ratio,
        min(case when key = 'unit_slip_days' then value end)::double as unit_slip_days,
        min(case when key = 'unit_slip_band' then value end)::double as unit_slip_band,
        min(case when key = 'ppm_slip_days' then value end)::double as ppm_slip_days,
        min(case when key = 'min_unit_days' then value end)::double as min_unit_days
    from ref_rules__policy
    where policy_id = 'suspicion'
),

days as (
    select d.*
    from int_monitoring__day_shapes as d
    cross join ref_run__settings as s
    where d.day_date between s.window_start_date and s.as_of_date
),

digit_sums as (
    select
        stack_id,
        indicator_id,
        k.digit,
        sum((unit_digits >> (4 * (k.digit - 1))) & 15) as unit_count,
        sum((tenth_digits >> (4 * (k.digit - 1))) & 15) as tenth_count,
        sum((hundredth_digits >> (4 * (k.digit - 1))) & 15) as hundredth_count
    from days
    cross join (values (1), (2), (3), (4), (5), (6), (7), (8), (9)) as k (digit)
    where sampled_count > 0
    group by stack_id, indicator_id, k.digit
),

resolutions as (
    select
        stack_id,
        indicator_id,
        case when sum(hundredth_count) > 0 then 2 when sum(tenth_count) > 0 then 1 else 0 end as decimals
    from digit_sums
    group by stack_id, indicator_id
),

-- spread outside days with a flat quarter, in thousandths of the sent unit
series as (
    select
        d.stack_id,
        d.indicator_id,
        sum(d.value_count) as value_count,
        sum(d.sampled_count) as sampled_count,
        sum(d.finer_count) as finer_count,
        sum(d.under_count) as under_count,
        sum(d.over_count) as over_count,
        sum(d.o2_count) as o2_count,
        sum(d.ambient_count) as ambient_count,
        10 * sum(d.value_sum)::double / nullif(sum(d.value_count), 0) as mean_value,
        sum(case when q.is_varied then d.value_count else 0 end) as varied_count,
        10 * sqrt(greatest(sum(case when q.is_varied then d.square_sum end)::double / nullif(sum(case when q.is_varied then d.value_count end), 0)
            - power(sum(case when q.is_varied then d.value_sum end)::double / nullif(sum(case when q.is_varied then d.value_count end), 0), 2), 0)) as spread
    from days as d
    inner join (
        select stack_id, indicator_id, day_date,
            flat_00_value is null and flat_06_value is null and flat_12_value is null and flat_18_value is null as is_varied
        from days
    ) as q on d.stack_id = q.stack_id and d.indicator_id = q.indicator_id and d.day_date = q.day_date
    group by d.stack_id, d.indicator_id
),

measured as (
    select
        s.*,
        e.plant_id,
        e.process,
        case when s.finer_count > 0 then 1 when r.decimals = 2 then 10 when r.decimals = 1 then 100 else 1000 end as step,
        case when s.finer_count > 0 then 3 else r.decimals end as decimals
    from series as s
    inner join int_plants__entities as e on e.entity_id = 'stack:' || s.stack_id
    left join resolutions as r on s.stack_id = r.stack_id and s.indicator_id = r.indicator_id
),

flat_quarters as (
    select stack_id, indicator_id, 4 * (day_date - date '1970-01-01') + k.quarter as quarter_no,
        case k.quarter when 0 then flat_00_value when 1 then flat_06_value when 2 then flat_12_value else flat_18_value end as flat_value
    from days
    cross join (values (0), (1), (2), (3)) as k (quarter)
    where flat_00_value is not null or flat_06_value is not null or flat_12_value is not null or flat_18_value is not null
),

flat_islands as (
    select stack_id, indicator_id, flat_value, quarter_no,
        quarter_no - row_number() over (partition by stack_id, indicator_id, flat_value order by quarter_no) as island
    from flat_quarters
    where flat_value is not null
),

flat_lines as (
    select stack_id, indicator_id, max(quarter_count) as quarter_count, max_by(first_quarter_no, (quarter_count, -first_quarter_no)) as first_quarter_no
    from (
        select stack_id, indicator_id, flat_value, island, count(*) as quarter_count, min(quarter_no) as first_quarter_no
        from flat_islands
        group by stack_id, indicator_id, flat_value, island
    ) as lines
    group by stack_id, indicator_id
),

-- days with equal signature, of those in which a full day varies by more than the analyser's steps
day_groups as (
    select d.stack_id, d.indicator_id, count(*) as day_count, min(d.day_date) as first_date, max(d.day_date) as last_date
    from days as d
    inner join measured as m on d.stack_id = m.stack_id and d.indicator_id = m.indicator_id
    cross join policy as p
    where d.value_count >= 20
        and 100 * (d.square_sum::double / d.value_count - power(d.value_sum::double / d.value_count, 2)) >= power(p.min_spread_steps * m.step, 2)
    group by d.stack_id, d.indicator_id, d.value_count, d.value_sum, d.square_sum, d.hour_sum, d.hour_square_sum, d.lowest_value, d.highest_value
),

copies as (
    select stack_id, indicator_id, sum(day_count) as day_count, sum(day_count - 1) as copied_count,
        min(case when day_count > 1 then first_date end) as first_date, max(case when day_count > 1 then last_date end) as last_date
    from day_groups
    group by stack_id, indicator_id
),

masks as (
    select
        d.stack_id,
        d.indicator_id,
        d.present_mask,
        d.high_mask,
        ((d.present_mask | d.closed_mask) >> 1) | case
            when lead(d.day_date) over (partition by d.stack_id, d.indicator_id order by d.day_date) is null then 8388608
            when lead(d.day_date) over (partition by d.stack_id, d.indicator_id order by d.day_date) = d.day_date + 1
                then ((lead(d.present_mask | d.closed_mask) over (partition by d.stack_id, d.indicator_id order by d.day_date)) & 1) << 23
            else 0 end as followed_mask
    from days as d
    inner join int_monitoring__aimed_limits as l on d.stack_id = l.stack_id and d.indicator_id = l.indicator_id
),

gaps as (
    select
        stack_id,
        indicator_id,
        sum(bit_count(present_mask)) as reading_count,
        sum(bit_count(present_mask & high_mask)) as high_count,
        sum(bit_count(present_mask) - bit_count(present_mask & followed_mask)) as gap_count,
        sum(bit_count(present_mask & high_mask) - bit_count(present_mask & high_mask & followed_mask)) as high_gap_count
    from masks
    group by stack_id, indicator_id
),

digit_counts as (
    select
        m.stack_id,
        m.indicator_id,
        m.sampled_count,
        d.digit,
        case m.decimals when 0 then d.unit_count when 1 then d.tenth_count else d.hundredth_count end as digit_count
    from measured as m
    inner join digit_sums as d on m.stack_id = d.stack_id and m.indicator_id = d.indicator_id
    where m.decimals <= 2
),

digit_tests as (
    select
        stack_id,
        indicator_id,
        sampled_count,
        round((sum(power(digit_count - sampled_count / 10.0, 2)) + power(sampled_count - sum(digit_count) - sampled_count / 10.0, 2)) / (sampled_count / 10.0), 6) as chi_square
    from digit_counts
    group by stack_id, indicator_id, sampled_count
),

-- mean of three days after a day over that of three days before it, for days with and without calibration
steps as (
    select
        stack_id,
        indicator_id,
        is_calibrated,
        ln((sum_after / nullif(count_after, 0)) / nullif(sum_before / nullif(count_before, 0), 0)) as step
    from (
        select
            stack_id,
            indicator_id,
            calibration_count > 0 as is_calibrated,
            sum(value_sum) over (partition by stack_id, indicator_id order by day_date range between interval 3 day preceding and interval 1 day preceding)::double as sum_before,
            sum(value_count) over (partition by stack_id, indicator_id order by day_date range between interval 3 day preceding and interval 1 day preceding) as count_before,
            sum(value_sum) over (partition by stack_id, indicator_id order by day_date range between interval 1 day following and interval 3 day following)::double as sum_after,
            sum(value_count) over (partition by stack_id, indicator_id order by day_date range between interval 1 day following and interval 3 day following) as count_after
        from days
    ) as around
    where count_before >= 24 and count_after >= 24 and sum_before > 0 and sum_after > 0
),

calibrations as (
    select
        stack_id,
        indicator_id,
        count(*) as day_count,
        count(case when is_calibrated then 1 end) as event_count,
        sum(case when is_calibrated then step::decimal(18, 9) end)::double / nullif(count(case when is_calibrated then 1 end), 0) as mean_step,
        sum(case when not is_calibrated then (step * step)::decimal(18, 9) end)::double / nullif(count(case when not is_calibrated then 1 end), 0) as step_variance
    from steps
    group by stack_id, indicator_id
),

variation as (
    select stack_id, indicator_id, plant_id, process, value_count, ln(spread / nullif(mean_value, 0)) as log_variation
    from measured
    cross join policy as p
    where spread > 0 and mean_value > 0 and varied_count >= p.min_readings and process is not null
),

peers as (
    select process, indicator_id, count(*) as peer_count, median(log_variation) as median_variation
    from variation
    group by process, indicator_id
),

peer_spread as (
    select v.process, v.indicator_id, median(abs(v.log_variation - p.median_variation)) as median_deviation
    from variation as v
    inner join peers as p on v.process = p.process and v.indicator_id = p.indicator_id
    group by v.process, v.indicator_id
),

-- months of a plant in which product and emission were both returned
loads as (
    select
        e.plant_id,
        e.item,
        count(*) as month_count,
        sum(ln(p.value)::decimal(18, 9))::double as log_production_sum,
        sum((round(ln(p.value), 9) * round(ln(p.value), 9))::decimal(28, 15))::double as log_production_square_sum,
        sum(ln(e.value)::decimal(18, 9))::double as log_emission_sum,
        sum((round(ln(e.value), 9) * round(ln(e.value), 9))::decimal(28, 15))::double as log_emission_square_sum
    from int_returns__item_periods as e
    inner join (
        select plant_id, period_start_date, period_end_date, value,
            row_number() over (partition by plant_id, period_start_date, period_end_date
                order by case item when 'production_clinker' then 1 when 'production_crude_steel' then 2 when 'production_melted_glass' then 3 else 4 end, item) as choice
        from int_returns__item_periods
        where level = 'plant' and gap_code is null and item in ('production_clinker', 'production_crude_steel', 'production_melted_glass', 'production_cement') and value > 0
    ) as p on e.plant_id = p.plant_id and e.period_start_date = p.period_start_date and e.period_end_date = p.period_end_date and p.choice = 1
    where e.level = 'plant' and e.gap_code is null and e.value > 0 and e.item in ('co2_scope1', 'emission_pm', 'emission_so2', 'emission_nox', 'emission_hcl', 'emission_hf')
    group by e.plant_id, e.item
),

load_spreads as (
    select
        plant_id,
        item,
        month_count,
        round(sqrt(greatest(log_production_square_sum - log_production_sum * log_production_sum / month_count, 0) / (month_count - 1)), 6) as production_spread,
        round(sqrt(greatest(log_emission_square_sum - log_emission_sum * log_emission_sum / month_count, 0) / (month_count - 1)), 6) as emission_spread
    from loads
    where month_count >= 6
),

tests as (
    select
        'stack:' || m.stack_id as entity_id, m.plant_id, m.indicator_id, 'flat_line' as test, m.value_count as n, 6.0 * coalesce(f.quarter_count, 0) as statistic,
        p.flat_line_hours as threshold, null as distribution, null::double as parameter_1, null::double as parameter_2, null::double as parameter_3, null::double as parameter_4,
        (date '1970-01-01' + (f.first_quarter_no // 4)::integer)::date as example_date, null::date as other_date
    from measured as m
    cross join policy as p
    left join flat_lines as f on m.stack_id = f.stack_id and m.indicator_id = f.indicator_id
    where m.value_count >= p.min_readings and (m.varied_count = 0 or m.spread >= p.min_spread_steps * m.step)
    union all
    select
        'stack:' || m.stack_id, m.plant_id, m.indicator_id, 'copied_days', c.day_count, c.copied_count, p.copied_days, null, null, null, null, null, c.first_date, c.last_date
    from measured as m
    cross join policy as p
    inner join copies as c on m.stack_id = c.stack_id and m.indicator_id = c.indicator_id
    union all
    select
        'stack:' || m.stack_id, m.plant_id, m.indicator_id, 'last_digit', d.sampled_count, sqrt(d.chi_square / 9 / d.sampled_count), p.digit_effect_ratio,
        'chi_square', d.chi_square, 9, null, null, null, null
    from measured as m
    cross join policy as p
    inner join digit_tests as d on m.stack_id = d.stack_id and m.indicator_id = d.indicator_id
    where d.sampled_count >= p.min_readings / 4 and m.spread >= p.digit_spread_steps * m.step
    union all
    select
        'stack:' || m.stack_id, m.plant_id, m.indicator_id, 'pile_up', m.under_count + m.over_count, m.under_count / (m.under_count + m.over_count), p.pile_up_share_ratio,
        'binomial', m.under_count, m.under_count + m.over_count, p.pile_up_share_ratio, null, null, null
    from measured as m
    cross join policy as p
    where m.under_count + m.over_count >= 30
    union all
    select
        'stack:' || g.stack_id, m.plant_id, g.indicator_id, 'gaps_after_highs', g.reading_count,
        (g.high_gap_count / g.high_count) / nullif((g.gap_count - g.high_gap_count) / nullif(g.reading_count - g.high_count, 0), 0), 1,
        'hypergeometric', g.high_gap_count, g.reading_count, g.high_count, g.gap_count, null, null
    from gaps as g
    cross join policy as p
    inner join measured as m on g.stack_id = m.stack_id and g.indicator_id = m.indicator_id
    where g.high_count >= p.min_events and g.gap_count > 0 and g.reading_count > g.high_count and g.reading_count >= p.min_readings
    union all
    select
        'stack:' || m.stack_id, m.plant_id, m.indicator_id, 'ambient_oxygen', m.o2_count, m.ambient_count / m.o2_count, p.ambient_share_ratio, null, null, null, null, null, null, null
    from measured as m
    cross join policy as p
    where m.o2_count >= p.min_readings
    union all
    select
        'stack:' || m.stack_id, m.plant_id, m.indicator_id, 'calibration_step', c.event_count, exp(c.mean_step) - 1, p.step_effect_ratio, 'normal',
        round(c.mean_step / nullif(sqrt(c.step_variance / least(c.event_count, c.day_count / 7.0)), 0), 9), null, null, null, null, null
    from calibrations as c
    cross join policy as p
    inner join measured as m on c.stack_id = m.stack_id and c.indicator_id = m.indicator_id
    where c.event_count >= p.min_events and c.day_count - c.event_count >= 30 and c.step_variance > 0
    union all
    select
        'stack:' || v.stack_id, v.plant_id, v.indicator_id, 'low_variation', v.value_count,
        (v.log_variation - p.median_variation) / nullif(1.4826 * s.median_deviation, 0), -y.peer_distance, null,
        case when exp(v.log_variation - p.median_variation) <= y.peer_spread_ratio then 1 else 0 end, p.peer_count, null, null, null, null
    from variation as v
    cross join policy as y
    inner join peers as p on v.process = p.process and v.indicator_id = p.indicator_id
    inner join peer_spread as s on v.process = s.process and v.indicator_id = s.indicator_id
    where p.peer_count >= y.min_peers and s.median_deviation > 0
    union all
    select
        'plant:' || l.plant_id, l.plant_id, l.item, 'emission_flat', l.month_count, l.emission_spread / nullif(l.production_spread, 0), p.emission_spread_ratio, 'f',
        round(power(l.production_spread, 2) / nullif(power(greatest(l.emission_spread, 0.000001), 2), 0), 6), l.month_count - 1, l.month_count - 1, l.production_spread, null, null
    from load_spreads as l
    cross join policy as p
    where l.production_spread >= p.production_spread_ratio
    union all
    select
        'stack:' || u.stack_id, e.plant_id, u.indicator_id, 'unit_slip', u.day_count, u.thousand_days, p.unit_slip_days, null, null, null, null, null,
        u.thousand_first_date, u.thousand_last_date
    from int_monitoring__unit_slips as u
    cross join policy as p
    inner join int_plants__entities as e on e.entity_id = 'stack:' || u.stack_id
    where u.day_count >= p.min_unit_days
    union all
    select
        'stack:' || u.stack_id, e.plant_id, u.indicator_id, 'unit_slip_ppm', u.day_count, u.ppm_days, p.ppm_slip_days, null, u.ppm_factor, null, null, null,
        u.ppm_first_date, u.ppm_last_date
    from int_monitoring__unit_slips as u
    cross join policy as p
    inner join int_plants__entities as e on e.entity_id = 'stack:' || u.stack_id
    where u.day_count >= p.min_unit_days and u.ppm_days is not null
    union all
    select
        'stack:' || u.stack_id, e.plant_id, u.indicator_id, 'unit_slip_peers', u.day_count, u.peer_decades, 3 - log10(p.unit_slip_band), null,
        case when abs(abs(u.peer_decades) - 3 * round(abs(u.peer_decades) / 3)) <= log10(p.unit_slip_band) then 1 else 0 end, u.peer_count, null, null, null, null
    from int_monitoring__unit_slips as u
    cross join policy as p
    inner join int_plants__entities as e on e.entity_id = 'stack:' || u.stack_id
    where u.day_count >= p.min_unit_days and u.peer_count >= p.min_peers
    union all
    select
        'stack:' || u.stack_id, e.plant_id, u.indicator_id, 'not_believed', u.hour_count, u.not_believed_days, p.unit_slip_days, null, null, null, null, null,
        u.not_believed_date, null
    from int_monitoring__unit_slips as u
    cross join policy as p
    inner join int_plants__entities as e on e.entity_id = 'stack:' || u.stack_id
)

select
    entity_id::varchar as entity_id,  -- stack:… or plant:…
    plant_id::varchar as plant_id,  -- plant
    indicator_id::varchar as indicator_id,  -- indicator of the readings, or item of the returns
    test::varchar as test,  -- flat_line, copied_days, last_digit, pile_up, gaps_after_highs, ambient_oxygen, calibration_step, low_variation, emission_flat, unit_slip, unit_slip_ppm, unit_slip_peers or not_believed
    n::bigint as n,  -- readings, days, calibrations or months that went into it
    round(statistic, 9)::double as statistic,  -- what the test measures; see docs/method_suspicion.md
    threshold::double as threshold,  -- size from which it is worth a look (rules/policy/suspicion.yaml)
    (case test
        when 'low_variation' then statistic <= threshold and parameter_1 = 1
        when 'emission_flat' then statistic <= threshold
        when 'calibration_step' then abs(statistic) >= threshold
        when 'unit_slip_peers' then abs(statistic) >= threshold and parameter_1 = 1
        when 'gaps_after_highs' then coalesce(statistic > threshold, parameter_1 > 0)
        when 'ambient_oxygen' then statistic > threshold
        else statistic >= threshold end)::boolean as is_beyond,  -- the statistic reaches the threshold
    distribution::varchar as distribution,  -- binomial, chi_square, hypergeometric, normal or f; null = the size alone decides
    parameter_1::double as parameter_1,  -- count, chi-square, count, z or variance ratio; of low_variation 1 where the spread is small beside the peers' too, of unit_slip_peers 1 where the distance is a power of 1,000, of unit_slip_ppm the factor
    parameter_2::double as parameter_2,  -- trials, degrees of freedom, all readings, -, degrees of freedom; of low_variation and unit_slip_peers the peers
    parameter_3::double as parameter_3,  -- probability, -, high readings, -, degrees of freedom
    parameter_4::double as parameter_4,  -- -, -, gaps, -, spread of production
    example_date::date as example_date,  -- a day to look at; null = none stands out
    other_date::date as other_date  -- a second day of the example
from tests
where statistic is not null or test = 'gaps_after_highs'
