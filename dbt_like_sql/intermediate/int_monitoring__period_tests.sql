/*
description: >-
  What each stack measured against each dated threshold, period by period: how many averaging periods were valid, how many
  stayed within the limit, the mean and the worst average, all at the threshold's own reference oxygen. Of the month that is running there are
  only tests that no average may fail, of averages shorter than a month, and of these only what has failed: the rest is open until the month is over.
grain: [threshold_id, entity_id, period_end_date]
by_stacks: [int_plants__entities, int_monitoring__levels, int_monitoring__period_fold, int_monitoring__day_tests]
*/
with spans as (
    select threshold_id, max(case when averaging = 'year' or period_share_over = 'year' then 1 else 0 end) as is_yearly
    from ref_rules__tests
    group by threshold_id
),

-- thresholds and stacks, periods, and what a limit wants of a series are numbered: whole numbers are joined faster than words
periods as materialized (
    select *, (row_number() over (order by period_kind, period_end_date))::integer as period_no
    from int_run__periods
),

measured as (
    select stack_id, indicator_id
    from int_monitoring__period_fold
    group by stack_id, indicator_id
),

bound_pairs as (
    select
        a.threshold_id,
        a.entity_id,
        t.rule_id,
        t.tier,
        e.stack_id,
        t.indicator_id,
        t.ref_o2_pct,
        coalesce(t.excluded_states, '') as excluded_states,
        t.max_excluded_hours,
        t.max_invalid_days,
        a.bound_from_date,
        a.bound_to_date,
        case when n.is_yearly = 1 then 'year' else 'month' end as period_kind
    from int_rules__applicability as a
    inner join ref_rules__thresholds as t on a.threshold_id = t.threshold_id
    inner join spans as n on a.threshold_id = n.threshold_id
    inner join ref_rules__indicators as i on t.indicator_id = i.indicator_id and i.measured_by = 'stack'
    inner join int_plants__entities as e on a.entity_id = e.entity_id and e.entity_type = 'stack'
    inner join measured as m on e.stack_id = m.stack_id and t.indicator_id = m.indicator_id
    left join int_rules__adjusted_limits as x on a.threshold_id = x.threshold_id and a.entity_id = x.entity_id
    where a.is_applicable = 'yes' and coalesce(x.limit_value, t.limit_value) is not null
),

wanted as materialized (
    select stack_id, indicator_id, excluded_states, (row_number() over (order by stack_id, indicator_id, excluded_states))::integer as wanted_no
    from bound_pairs
    group by stack_id, indicator_id, excluded_states
),

pairs as materialized (
    select
        b.*,
        case when b.ref_o2_pct is null then 1 else 21 - b.ref_o2_pct end as o2_factor,
        w.wanted_no,
        (row_number() over (order by b.threshold_id, b.entity_id))::integer as pair_no,
        max(case when b.max_excluded_hours is null then 0 else 1 end) over (partition by b.rule_id, b.tier, b.entity_id) as has_cap
    from bound_pairs as b
    inner join wanted as w on b.stack_id = w.stack_id and b.indicator_id = w.indicator_id and b.excluded_states = w.excluded_states
),

-- limits of a year, too, look at the month that is running
judged_periods as (
    select period_kind as judged_kind, period_no, period_end_date, is_over from periods
    union all
    select 'year' as judged_kind, period_no, period_end_date, is_over from periods where not is_over
),

bound as materialized (
    select b.pair_no, b.wanted_no, p.period_no, p.is_over
    from pairs as b
    inner join judged_periods as p
        on b.period_kind = p.judged_kind and p.period_end_date >= b.bound_from_date and (b.bound_to_date is null or p.period_end_date < b.bound_to_date)
),

-- what the period holds: hours of each class, for each set of classes that a limit leaves out
exclusions as (
    select c.class_no, x.excluded_states, list_contains(string_split(x.excluded_states, ','), c.reading_class) as is_excluded
    from int_monitoring__reading_classes as c
    cross join (select distinct excluded_states from wanted) as x
),

-- classes 4 to 7 of plain hours stand beside those of class 0: 1 where the limit leaves them out
exclusions_beside as (
    select
        excluded_states,
        max(case when class_no = 4 and is_excluded then 1 else 0 end) as excludes_4,
        max(case when class_no = 5 and is_excluded then 1 else 0 end) as excludes_5,
        max(case when class_no = 6 and is_excluded then 1 else 0 end) as excludes_6,
        max(case when class_no = 7 and is_excluded then 1 else 0 end) as excludes_7
    from exclusions
    group by excluded_states
),

-- the highest and its day stand in one number: a year has at most 366, a value is not believed above 300,000. Counts are made narrow: what is joined 1.2 million times is as fast as it is small
sums as (
    select
        w.wanted_no,
        p.period_no,
        sum(case when x.is_excluded then 0 else f.valid_count end)::integer as valid_count,
        sum(case when x.is_excluded then 0 else f.valid_with_o2_count end)::integer as valid_with_o2_count,
        sum(case when x.is_excluded then 0 else f.value_e9_sum end) as value_e9_sum,
        sum(case when x.is_excluded then 0 else f.value_per_o2_e9_sum end) as value_per_o2_e9_sum,
        sum(case when x.is_excluded then f.reading_count else 0 end + coalesce(f.class_4_count * b.excludes_4 + f.class_5_count * b.excludes_5
            + f.class_6_count * b.excludes_6 + f.class_7_count * b.excludes_7, 0))::integer as excluded_count,
        sum(case when f.reading_class = 'stopped' then f.reading_count else 0 end + coalesce(f.class_6_count, 0))::integer as stopped_count,
        sum(case when f.reading_class = 'error' then f.reading_count else 0 end)::integer as error_count,
        min(case when f.reading_class = 'error' then f.class_code end) as error_code,
        sum(f.o2_capped_count)::integer as o2_capped_count,
        p.period_start_date + (max(case when f.class_no <= 3 and not x.is_excluded then f.highest_e9 * 512 + (f.highest_date - p.period_start_date) end) % 512)::integer as highest_date
    from wanted as w
    inner join int_monitoring__period_fold as f
        on w.stack_id = f.stack_id and w.indicator_id = f.indicator_id and f.averaging = 'hour' and f.block_no = 0
    inner join periods as p on f.period_kind = p.period_kind and f.period_end_date = p.period_end_date
    inner join exclusions as x on f.class_no = x.class_no and w.excluded_states = x.excluded_states
    inner join exclusions_beside as b on w.excluded_states = b.excluded_states
    group by w.wanted_no, p.period_no, p.period_start_date
),

low as (
    select b.stack_id, b.indicator_id, x.excluded_states, p.period_no, sum(b.reading_count)::integer as below_detection_count
    from int_monitoring__below_detection as b
    inner join periods as p on b.day_date between p.period_start_date and p.period_end_date
    inner join exclusions as x on b.class_no = x.class_no and not x.is_excluded
    group by b.stack_id, b.indicator_id, x.excluded_states, p.period_no
),

held as materialized (
    select
        w.wanted_no,
        p.period_no,
        coalesce(e.expected_hours, p.day_count * 24)::integer as expected_hours,
        coalesce(h.valid_count, 0) as valid_count,
        coalesce(h.valid_with_o2_count, 0) as valid_with_o2_count,
        h.value_e9_sum,
        h.value_per_o2_e9_sum,
        coalesce(h.excluded_count, 0) as excluded_count,
        coalesce(h.stopped_count, 0) as stopped_count,
        coalesce(h.error_count, 0) as error_count,
        h.error_code,
        coalesce(h.o2_capped_count, 0) as o2_capped_count,
        h.highest_date,
        coalesce(o.below_detection_count, 0) as below_detection_count
    from wanted as w
    cross join periods as p
    left join sums as h on w.wanted_no = h.wanted_no and p.period_no = h.period_no
    left join int_monitoring__expected_hours as e
        on w.stack_id = e.stack_id and w.indicator_id = e.indicator_id and p.period_kind = e.period_kind and p.period_end_date = e.period_end_date
    left join low as o
        on w.stack_id = o.stack_id and w.indicator_id = o.indicator_id and w.excluded_states = o.excluded_states and p.period_no = o.period_no
),

averagings as (
    select averaging, (row_number() over (order by averaging))::tinyint as averaging_no
    from (select distinct averaging from int_monitoring__levels) as l
),

-- most limits are one test: what it found is what the limit found
levels_of_pairs as (
    select b.pair_no, b.wanted_no, l.*, v.averaging_no,
        count(*) over (partition by b.pair_no) = 1 and l.test_no = 1 and l.decision = 'fail' as is_alone,
        count(*) over (partition by b.pair_no, l.group_no) = 1 and l.decision = 'fail' as is_alone_in_group,
        min(case when l.pass_share_ratio >= 1 and l.averaging not in ('month', 'year') then 1 else 0 end) over (partition by b.pair_no, l.group_no) = 1 as is_lasting
    from int_monitoring__levels as l
    inner join pairs as b on l.threshold_id = b.threshold_id and l.entity_id = b.entity_id
    inner join averagings as v on l.averaging = v.averaging
),

-- levels of one block are counted by one pass, on one scale
blocks as materialized (
    select wanted_no, averaging, max_invalid_half_hours, block_no, max(case when is_per_o2 then 1 else 0 end) = 1 as is_per_o2,
        min(stack_id) as stack_id, min(indicator_id) as indicator_id, min(excluded_states) as excluded_states,
        (row_number() over (order by wanted_no, averaging, max_invalid_half_hours, block_no))::integer as block_key
    from levels_of_pairs
    where averaging not in ('month', 'year')
    group by wanted_no, averaging, max_invalid_half_hours, block_no
),

-- the main test is the first; of the month that is running the first of those that count there
levels as materialized (
    select l.pair_no, l.test_no::smallint as test_no, l.group_no, l.decision, l.is_alone, l.is_alone_in_group, l.is_lasting, l.averaging, l.averaging_no,
        l.pass_share_ratio, l.is_per_o2, l.counted_e9, l.is_over_bad, l.slot_no, b.block_key,
        (min(case when l.is_lasting then l.test_no end) over (partition by l.pair_no))::smallint as running_main_no
    from levels_of_pairs as l
    left join blocks as b
        on l.wanted_no = b.wanted_no and l.averaging = b.averaging and l.block_no = b.block_no
            and l.max_invalid_half_hours is not distinct from b.max_invalid_half_hours
),

-- hours above each level, once for all limits that leave out the same classes
hours as (
    select
        b.block_key,
        p.period_no,
        sum(case when b.is_per_o2 then f.valid_with_o2_count else f.valid_count end)::integer as average_count,
        0 as invalid_count,
        sum(case when b.is_per_o2 then f.value_per_o2_e9_sum else f.value_e9_sum end) as average_e9_sum,
        max(f.highest_e9 * 512 + (f.highest_date - p.period_start_date)) as highest_key,
        p.period_start_date,
        sum(f.over_1_count)::integer as over_1_count,
        sum(f.over_2_count)::integer as over_2_count,
        sum(f.over_3_count)::integer as over_3_count,
        sum(f.over_4_count)::integer as over_4_count,
        sum(f.over_5_count)::integer as over_5_count,
        sum(f.over_6_count)::integer as over_6_count,
        sum(f.over_7_count)::integer as over_7_count,
        sum(f.over_8_count)::integer as over_8_count
    from blocks as b
    inner join wanted as w on b.wanted_no = w.wanted_no
    inner join int_monitoring__period_fold as f
        on w.stack_id = f.stack_id and w.indicator_id = f.indicator_id and b.averaging = f.averaging and b.block_no = f.block_no
    inner join periods as p on f.period_kind = p.period_kind and f.period_end_date = p.period_end_date
    inner join exclusions as x on f.class_no = x.class_no and w.excluded_states = x.excluded_states and not x.is_excluded
    where f.class_no <= 3 and b.averaging in ('hour', 'half_hour')
    group by b.block_key, p.period_no, p.period_start_date
),

-- of averages of hours and days what lies above each of eight levels
counted as materialized (
    select block_key, period_no, average_count, invalid_count, average_e9_sum, highest_key // 512 as highest_e9,
        period_start_date + (highest_key % 512)::integer as highest_date,
        over_1_count, over_2_count, over_3_count, over_4_count, over_5_count, over_6_count, over_7_count, over_8_count
    from hours
    where average_count > 0
    union all
    select b.block_key, p.period_no, f.average_count::integer as average_count, f.invalid_count::integer as invalid_count, f.mean_e9_sum as average_e9_sum,
        f.highest_e9, f.highest_date, f.over_1_count::integer as over_1_count, f.over_2_count::integer as over_2_count, f.over_3_count::integer as over_3_count,
        f.over_4_count::integer as over_4_count, f.over_5_count::integer as over_5_count, f.over_6_count::integer as over_6_count,
        f.over_7_count::integer as over_7_count, f.over_8_count::integer as over_8_count
    from blocks as b
    inner join int_monitoring__day_tests as f
        on b.stack_id = f.stack_id and b.indicator_id = f.indicator_id and b.averaging = f.averaging and b.excluded_states = f.excluded_states
            and b.max_invalid_half_hours = f.max_invalid_half_hours and b.block_no = f.block_no
    inner join periods as p on f.period_kind = p.period_kind and f.period_end_date = p.period_end_date
    where f.average_count > 0 or f.invalid_count > 0
),

-- the period itself is the average
means as (
    select
        l.pair_no,
        p.period_no,
        l.test_no,
        l.decision,
        l.counted_e9,
        h.highest_date,
        round(case when l.is_per_o2 then h.value_per_o2_e9_sum / nullif(h.valid_with_o2_count, 0)
            else h.value_e9_sum / nullif(h.valid_count, 0) end)::bigint as average_e9
    from levels as l
    inner join pairs as b on l.pair_no = b.pair_no
    inner join periods as p on l.averaging = p.period_kind
    inner join held as h on b.wanted_no = h.wanted_no and p.period_no = h.period_no
    where l.averaging in ('month', 'year')
),

-- every test of every period, also those of which nothing could be averaged; of the month that is running those that a single average fails for good
results as not materialized (
    select
        b.pair_no, b.wanted_no, b.period_no, l.test_no, l.group_no, l.decision, l.is_alone, l.is_alone_in_group,
        l.test_no = case when b.is_over then 1 else l.running_main_no end as is_main,
        l.averaging_no,
        l.pass_share_ratio,
        coalesce(k.average_count, 0) as average_count,
        coalesce(k.invalid_count, 0) as invalid_count,
        k.average_e9_sum,
        k.highest_e9,
        k.highest_date,
        l.is_over_bad,
        case l.slot_no when 1 then k.over_1_count when 2 then k.over_2_count when 3 then k.over_3_count when 4 then k.over_4_count when 5 then k.over_5_count when 6 then k.over_6_count when 7 then k.over_7_count when 8 then k.over_8_count end as over_count
    from bound as b
    inner join levels as l on b.pair_no = l.pair_no and (b.is_over or l.is_lasting)
    left join counted as k on l.block_key = k.block_key and b.period_no = k.period_no
    where l.averaging not in ('month', 'year')
    union all
    select
        b.pair_no, b.wanted_no, b.period_no, l.test_no, l.group_no, l.decision, l.is_alone, l.is_alone_in_group,
        l.test_no = 1 as is_main,
        l.averaging_no,
        l.pass_share_ratio,
        case when m.average_e9 is not null then 1 else 0 end as average_count,
        0 as invalid_count,
        m.average_e9 as average_e9_sum,
        m.average_e9 as highest_e9,
        case when m.average_e9 is not null then m.highest_date end as highest_date,
        l.is_over_bad,
        case when m.average_e9 > m.counted_e9 then 1 when m.average_e9 is not null then 0 end as over_count
    from bound as b
    inner join levels as l on b.pair_no = l.pair_no
    left join means as m on l.pair_no = m.pair_no and l.test_no = m.test_no and l.decision = m.decision and b.period_no = m.period_no
    where l.averaging in ('month', 'year') and b.is_over
),

tested as not materialized (
    select *, coalesce(case when is_over_bad then average_count - over_count else over_count end, 0) as within_count
    from results
),

of_several as materialized (
    select *, case when average_count > 0 then case when within_count >= pass_share_ratio * average_count then 1 else 0 end end as is_held
    from tested
    where not is_alone
),

-- tests of one group are alternatives: 1 = held, 0 = none is, null = nothing to test, or one could not be tested and the others are not held. Most groups are one test
groups as (
    select pair_no, period_no, wanted_no, is_held, null::integer as is_held_surely,
        case when average_count = 0 then averaging_no end as missing_no, test_no,
        case when is_main then average_count end as average_count, case when is_main then within_count end as within_count,
        case when is_main then invalid_count end as invalid_count, case when is_main then average_e9_sum end as average_e9_sum,
        case when is_main then highest_e9 end as highest_e9, case when is_main then highest_date end as highest_date,
        case when is_main then averaging_no end as averaging_no
    from of_several
    where is_alone_in_group
    union all
    select
        pair_no,
        period_no,
        max(wanted_no) as wanted_no,
        case when max(case when decision = 'fail' then is_held end) = 0 and count(case when decision = 'fail' and is_held is null then 1 end) > 0 then null
            else max(case when decision = 'fail' then is_held end) end as is_held,
        max(case when decision = 'pass' then is_held end) as is_held_surely,
        min(case when average_count = 0 then averaging_no end) as missing_no,
        min(test_no) as test_no,
        max(case when is_main and decision = 'fail' then average_count end) as average_count,
        max(case when is_main and decision = 'fail' then within_count end) as within_count,
        max(case when is_main and decision = 'fail' then invalid_count end) as invalid_count,
        max(case when is_main and decision = 'fail' then average_e9_sum end) as average_e9_sum,
        max(case when is_main and decision = 'fail' then highest_e9 end) as highest_e9,
        max(case when is_main and decision = 'fail' then highest_date end) as highest_date,
        max(case when is_main and decision = 'fail' then averaging_no end) as averaging_no
    from of_several
    where not is_alone_in_group
    group by pair_no, period_no, group_no
),

-- with what the main test of the threshold found
judged_groups as (
    select
        pair_no,
        period_no,
        max(wanted_no) as wanted_no,
        count_if(is_held = 0)::integer as failed_count,
        count_if(is_held is null)::integer as untested_count,
        count_if(is_held = 1 and is_held_surely = 0)::integer as straddling_count,
        min(case when is_held = 0 then test_no end) as failed_test_no,
        min(case when is_held is null then missing_no end) as missing_no,
        max(average_count) as average_count,
        max(within_count) as within_count,
        max(invalid_count) as invalid_count,
        max(average_e9_sum) as average_e9_sum,
        max(highest_e9) as highest_e9,
        max(highest_date) as highest_date,
        max(averaging_no) as averaging_no
    from groups
    group by pair_no, period_no
),

-- few limits test half-hours: how many were due and there, and how many hours came without
tests_of_halves as (
    select pair_no, max(case when test_no = 1 then is_half else 0 end) as is_main, max(is_needed) as is_needed
    from (
        select pair_no, test_no, case when averaging = 'half_hour' then 1 else 0 end as is_half,
            min(case when averaging = 'half_hour' then 1 else 0 end) over (partition by pair_no, group_no) as is_needed
        from levels_of_pairs
    ) as tests
    group by pair_no
    having max(is_half) = 1
),

halves as (
    select t.pair_no, p.period_no, t.is_main = 1 as is_main, case when t.is_needed = 1 then f.coarse_hour_count else 0 end as coarse_hour_count,
        f.valid_count / nullif(2 * h.expected_hours - f.not_due_count, 0) as capture_ratio,
        f.valid_with_o2_count / nullif(2 * h.expected_hours - f.not_due_count, 0) as with_o2_ratio
    from tests_of_halves as t
    inner join pairs as a on t.pair_no = a.pair_no
    inner join int_monitoring__half_hours as f on a.stack_id = f.stack_id and a.indicator_id = f.indicator_id and a.excluded_states = f.excluded_states
    inner join periods as p on f.period_kind = p.period_kind and f.period_end_date = p.period_end_date
    inner join held as h on a.wanted_no = h.wanted_no and p.period_no = h.period_no
),

-- few limits say how many hours of a calendar year may be left out: how many were by the end of a month, whichever dated threshold of the rule left them out, also before
-- the window. The threshold judged by the year leaves out those of its window
left_out as (
    select a.pair_no, a.period_kind, m.month_date,
        sum(m.excluded_count) over (partition by a.rule_id, a.tier, a.entity_id, date_trunc('year', m.month_date) order by m.month_date) as excluded_so_far_count
    from pairs as a
    inner join int_monitoring__excluded_months as m on a.stack_id = m.stack_id and a.indicator_id = m.indicator_id and a.excluded_states = m.excluded_states
    left join periods as y on a.period_kind = 'year' and y.period_kind = 'year' and m.month_date between y.period_start_date and y.period_end_date
    where a.has_cap = 1 and coalesce(y.period_end_date, m.month_end_date) >= a.bound_from_date
        and (a.bound_to_date is null or coalesce(y.period_end_date, m.month_end_date) < a.bound_to_date)
),

excluded_years as (
    select l.pair_no, p.period_no, max(l.excluded_so_far_count)::integer as excluded_so_far_count
    from left_out as l
    inner join judged_periods as j on l.period_kind = j.judged_kind
    inner join periods as p on j.period_no = p.period_no and l.month_date between p.period_start_date and p.period_end_date
    group by l.pair_no, p.period_no
),

-- few limits say how many days of a year may be invalid
invalid_years as (
    select a.pair_no, p.period_no, max(f.invalid_in_year_count)::integer as invalid_in_year_count
    from pairs as a
    inner join levels_of_pairs as l on a.pair_no = l.pair_no and l.averaging = 'day'
    inner join int_monitoring__day_tests as f
        on l.stack_id = f.stack_id and l.indicator_id = f.indicator_id and l.averaging = f.averaging and l.excluded_states = f.excluded_states
            and l.max_invalid_half_hours = f.max_invalid_half_hours and l.block_no = f.block_no
    inner join periods as p on f.period_kind = p.period_kind and f.period_end_date = p.period_end_date
    where a.max_invalid_days is not null and f.invalid_in_year_count > 0
    group by a.pair_no, p.period_no
),

further as (
    select pair_no, period_no, test_no, averaging_no, average_count, within_count, highest_date
    from of_several
    where not is_main and decision = 'fail'
),

judged as (
    select
        pair_no, wanted_no, period_no, average_count, within_count, invalid_count, average_e9_sum, highest_e9, highest_date,
        case when average_count > 0 and not within_count >= pass_share_ratio * average_count then 1 else 0 end as failed_count,
        case when average_count = 0 then 1 else 0 end as untested_count,
        0 as straddling_count,
        case when average_count > 0 and not within_count >= pass_share_ratio * average_count then test_no end as failed_test_no,
        case when average_count = 0 then averaging_no end as missing_no,
        averaging_no as failed_no,
        average_count as failed_average_count,
        average_count - within_count as failed_over_count
    from tested
    where is_alone
    union all
    select
        j.pair_no, j.wanted_no, j.period_no, j.average_count, j.within_count, j.invalid_count, j.average_e9_sum, j.highest_e9, coalesce(f.highest_date, j.highest_date) as highest_date,
        j.failed_count,
        j.untested_count,
        j.straddling_count,
        j.failed_test_no,
        j.missing_no,
        case when f.test_no is null then j.averaging_no else f.averaging_no end as failed_no,
        case when f.test_no is null then j.average_count else f.average_count end as failed_average_count,
        case when f.test_no is null then j.average_count - j.within_count else f.average_count - f.within_count end as failed_over_count
    from judged_groups as j
    left join further as f on j.pair_no = f.pair_no and j.period_no = f.period_no and j.failed_test_no = f.test_no
)

select
    a.threshold_id::varchar as threshold_id,  -- dated threshold
    a.entity_id::varchar as entity_id,  -- stack
    p.period_start_date::date as period_start_date,  -- first day
    p.period_end_date::date as period_end_date,  -- last day; the threshold in force on it judges the period
    p.is_over::boolean as is_over,  -- false: of the month that is running, up to the as-of day
    h.valid_count::bigint as valid_count,  -- usable hours that the rule does not exclude
    h.expected_hours::bigint as expected_count,  -- hours in the calendar of the stack while its unit was in service, or ran
    (h.expected_hours - h.stopped_count - h.excluded_count)::bigint as operating_count,  -- hours in which a valid reading was due
    h.excluded_count::bigint as excluded_count,  -- hours left out because the rule says so
    h.below_detection_count::bigint as below_detection_count,  -- readings below the limit of detection among the usable ones, as sent
    h.error_count::bigint as error_count,  -- hours that could not be normalised
    h.error_code::varchar as error_code,  -- missing input of those hours
    (h.valid_count - h.valid_with_o2_count)::bigint as without_o2_count,  -- usable hours without oxygen
    h.o2_capped_count::bigint as o2_capped_count,  -- hours near ambient oxygen
    (a.ref_o2_pct is not null)::boolean as needs_o2,  -- the limit has a reference oxygen
    j.average_count::bigint as average_count,  -- averages of the main test
    j.within_count::bigint as within_count,  -- of them within the limit
    j.invalid_count::bigint as invalid_day_count,  -- days without a mean because too many half-hours were discarded
    coalesce(y.invalid_in_year_count, 0)::bigint as invalid_in_year_count,  -- of limits that say how many days of a calendar year may be invalid: those up to the last in the period, also before the window; 0 = none in the period
    (coalesce(y.invalid_in_year_count, 0) > a.max_invalid_days)::boolean as has_too_many_invalid_days,  -- more of them than the rule allows; null = it says nothing
    coalesce(j.failed_count, 0)::bigint as failed_count,  -- tests not held; alternatives count as one
    coalesce(j.untested_count, 0)::bigint as untested_count,  -- tests of which nothing could be averaged
    coalesce(j.straddling_count, 0)::bigint as straddling_count,  -- tests held, but not beyond the uncertainty (guard band)
    j.failed_test_no::integer as failed_test_no,  -- first test not held, see ref_rules__tests
    (case when j.failed_test_no is not null then v.averaging end)::varchar as failed_averaging,  -- its averages
    (case when j.failed_test_no is not null then j.failed_average_count end)::bigint as failed_average_count,  -- how many there were
    (case when j.failed_test_no is not null then j.failed_over_count end)::bigint as failed_over_count,  -- of them beyond its level
    m.averaging::varchar as missing_averaging,  -- averages that a test wants and the readings do not give
    coalesce(z.excluded_so_far_count, 0)::bigint as excluded_so_far_count,  -- of limits with a yearly cap: hours of the calendar year left out up to the last month of the period in which some were, also before the window; of two years the more; 0 = none in the period
    a.max_excluded_hours::integer as max_excluded_hours,  -- hours that the rule lets be left out in a year; null = no cap
    (coalesce(z.excluded_so_far_count, 0) > a.max_excluded_hours)::boolean as is_over_excluded_cap,  -- more of them than the rule allows; null = no cap
    (case when a.bound_from_date > p.period_start_date then a.bound_from_date end)::date as limit_changed_date,  -- day within the period from which the limit binds; it judges the whole period. null = it bound before
    round(j.average_e9_sum / nullif(j.average_count, 0) * a.o2_factor / 1000000000, 9)::double as mean_value,  -- mean of the averages, unit of the indicator
    round(j.highest_e9 * a.o2_factor / 1000000000, 9)::double as worst_value,  -- highest average, unit of the indicator
    j.highest_date::date as highest_date,  -- local day of the highest average, of the first test not held if there is one; where the average is of the whole period the day of its highest hour
    (case when q.is_main then q.capture_ratio else h.valid_count / nullif(h.expected_hours - h.stopped_count - h.excluded_count, 0) end)::double as capture_ratio,  -- valid over operating hours, of a limit on half-hours over operating half-hours; null when the unit never ran
    (case when q.is_main then q.with_o2_ratio else h.valid_with_o2_count / nullif(h.expected_hours - h.stopped_count - h.excluded_count, 0) end)::double as with_o2_ratio,  -- the same of those with oxygen
    q.capture_ratio::double as half_hour_capture_ratio,  -- usable half-hours over those due; null = no test of half-hours, or nothing was sent
    coalesce(q.coarse_hour_count, 0)::bigint as coarse_hour_count  -- usable hours of which a test of half-hours that no other test can stand in for sees nothing
from judged as j
inner join pairs as a on j.pair_no = a.pair_no
inner join periods as p on j.period_no = p.period_no
inner join held as h on j.wanted_no = h.wanted_no and j.period_no = h.period_no
left join halves as q on j.pair_no = q.pair_no and j.period_no = q.period_no
left join excluded_years as z on j.pair_no = z.pair_no and j.period_no = z.period_no
left join invalid_years as y on j.pair_no = y.pair_no and j.period_no = y.period_no
left join averagings as m on j.missing_no = m.averaging_no
left join averagings as v on j.failed_no = v.averaging_no
where p.is_over or j.failed_count > 0
