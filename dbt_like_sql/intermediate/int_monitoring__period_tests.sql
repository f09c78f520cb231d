/*
description: >-
  What each stack measured against each dated threshold, period by period: how many averaging periods were valid, how many
  stayed within the limit, the mean and the worst average, all at the threshold's own reference oxygen. Of the month that is running there are
  only tests that no average may fail, of averages shorter than a month, and of these only what has failed: the rest is open until the month is over.
grain: [threshold_id, entity_id, period_end_date]
by_stacks: int_plants__entities
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
        max(case when b.excluded_states = '' then 0 else 1 end) over (partition by b.rule_id, b.tier, b.entity_id) as has_exclusions
    from bound_pairs as b
    inner join wanted as w on b.stack_id = w.stack_id and b.indicator_id = w.indicator_id and b.excluded_states = w.excluded_states
),

-- limits of a year, too, look at the month that is running
judged_periods as (
    select period_kind as judged_kind, period_no, period_end_date, is_over from periods
    union all
    select 'year' as judged_kind, period_no, period_end_date, is_over from periods where not is_over
),

bound_periods as not materialized (
    select b.pair_no, b.wanted_no, p.period_no, p.is_over, b.has_exclusions
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

sums as (
    select
        w.wanted_no,
        f.period_kind,
        f.period_end_date,
        sum(case when x.is_excluded then 0 else f.valid_count end) as valid_count,
        sum(case when x.is_excluded then 0 else f.valid_with_o2_count end) as valid_with_o2_count,
        sum(case when x.is_excluded then 0 else f.value_e9_sum end) as value_e9_sum,
        sum(case when x.is_excluded then 0 else f.value_per_o2_e9_sum end) as value_per_o2_e9_sum,
        sum(case when x.is_excluded then f.reading_count else 0 end + coalesce(f.class_4_count * b.excludes_4 + f.class_5_count * b.excludes_5
            + f.class_6_count * b.excludes_6 + f.class_7_count * b.excludes_7, 0)) as excluded_count,
        sum(case when f.reading_class = 'stopped' then f.reading_count else 0 end + coalesce(f.class_6_count, 0)) as stopped_count,
        sum(case when f.reading_class = 'error' then f.reading_count else 0 end) as error_count,
        min(case when f.reading_class = 'error' then f.class_code end) as error_code,
        sum(f.o2_capped_count) as o2_capped_count,
        max_by(f.highest_date, (f.highest_e9, f.highest_date)) filter (where f.highest_e9 is not null and f.class_no <= 3 and not x.is_excluded) as highest_date
    from wanted as w
    inner join int_monitoring__period_fold as f
        on w.stack_id = f.stack_id and w.indicator_id = f.indicator_id and f.averaging = 'hour' and f.block_no = 0
    inner join exclusions as x on f.class_no = x.class_no and w.excluded_states = x.excluded_states
    inner join exclusions_beside as b on w.excluded_states = b.excluded_states
    group by w.wanted_no, f.period_kind, f.period_end_date
),

low as (
    select b.stack_id, b.indicator_id, x.excluded_states, p.period_no, sum(b.reading_count) as below_detection_count
    from int_monitoring__below_detection as b
    inner join periods as p on b.day_date between p.period_start_date and p.period_end_date
    inner join exclusions as x on b.class_no = x.class_no and not x.is_excluded
    group by b.stack_id, b.indicator_id, x.excluded_states, p.period_no
),

held as materialized (
    select
        w.wanted_no,
        p.period_no,
        coalesce(e.expected_hours, p.day_count * 24) as expected_hours,
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
    left join sums as h on w.wanted_no = h.wanted_no and p.period_kind = h.period_kind and p.period_end_date = h.period_end_date
    left join int_monitoring__expected_hours as e
        on w.stack_id = e.stack_id and w.indicator_id = e.indicator_id and p.period_kind = e.period_kind and p.period_end_date = e.period_end_date
    left join low as o
        on w.stack_id = o.stack_id and w.indicator_id = o.indicator_id and w.excluded_states = o.excluded_states and p.period_no = o.period_no
),

-- hours left out since the window began, whichever dated threshold of the rule left them out
bound as materialized (
    select pair_no, wanted_no, period_no, is_over, 0 as excluded_so_far_count
    from bound_periods
    where has_exclusions = 0
    union all
    select
        b.pair_no,
        b.wanted_no,
        b.period_no,
        b.is_over,
        sum(h.excluded_count) over (
            partition by a.rule_id, a.tier, a.entity_id order by p.period_end_date rows between unbounded preceding and current row
        ) as excluded_so_far_count
    from bound_periods as b
    inner join pairs as a on b.pair_no = a.pair_no
    inner join periods as p on b.period_no = p.period_no
    inner join held as h on b.wanted_no = h.wanted_no and b.period_no = h.period_no
    where b.has_exclusions = 1
),

-- most limits are one test: what it found is what the limit found
levels_of_pairs as (
    select b.pair_no, b.wanted_no, l.*, (row_number() over (order by b.pair_no, l.test_no, l.decision))::integer as level_no,
        count(*) over (partition by b.pair_no) = 1 and l.test_no = 1 and l.decision = 'fail' as is_alone,
        min(case when l.pass_share_ratio >= 1 and l.averaging not in ('month', 'year') then 1 else 0 end) over (partition by b.pair_no, l.group_no) = 1 as is_lasting
    from int_monitoring__levels as l
    inner join pairs as b on l.threshold_id = b.threshold_id and l.entity_id = b.entity_id
),

-- the main test is the first; of the month that is running the first of those that count there
levels as materialized (
    select *, min(case when is_lasting then test_no end) over (partition by pair_no) as running_main_no
    from levels_of_pairs
),

-- hours above each level, once for all limits that leave out the same classes; the highest and its day stand in one number, a year has at most 366
hours as (
    select
        w.wanted_no,
        f.averaging,
        f.block_no,
        p.period_no,
        p.period_start_date,
        sum(f.valid_count) as valid_count,
        sum(f.valid_with_o2_count) as valid_with_o2_count,
        sum(f.value_e9_sum) as value_e9_sum,
        sum(f.value_per_o2_e9_sum) as value_per_o2_e9_sum,
        max(f.highest_e9 * 512 + (f.highest_date - p.period_start_date)) as highest_key,
        sum(f.over_1_count) as over_1_count,
        sum(f.over_2_count) as over_2_count,
        sum(f.over_3_count) as over_3_count,
        sum(f.over_4_count) as over_4_count,
        sum(f.over_5_count) as over_5_count,
        sum(f.over_6_count) as over_6_count,
        sum(f.over_7_count) as over_7_count,
        sum(f.over_8_count) as over_8_count
    from (select distinct wanted_no, averaging, block_no from levels where averaging in ('hour', 'half_hour')) as l
    inner join wanted as w on l.wanted_no = w.wanted_no
    inner join int_monitoring__period_fold as f
        on w.stack_id = f.stack_id and w.indicator_id = f.indicator_id and l.averaging = f.averaging and l.block_no = f.block_no
    inner join periods as p on f.period_kind = p.period_kind and f.period_end_date = p.period_end_date
    inner join exclusions as x on f.class_no = x.class_no and w.excluded_states = x.excluded_states and not x.is_excluded
    where f.class_no <= 3
    group by w.wanted_no, f.averaging, f.block_no, p.period_no, p.period_start_date
),

counted as (
    select
        l.level_no,
        f.period_no,
        case when l.is_per_o2 then f.valid_with_o2_count else f.valid_count end as average_count,
        0 as invalid_count,
        case when l.is_per_o2 then f.value_per_o2_e9_sum else f.value_e9_sum end as average_e9_sum,
        f.highest_key // 512 as highest_e9,
        f.period_start_date + (f.highest_key % 512)::integer as highest_date,
        case l.slot_no when 1 then f.over_1_count when 2 then f.over_2_count when 3 then f.over_3_count when 4 then f.over_4_count when 5 then f.over_5_count when 6 then f.over_6_count when 7 then f.over_7_count when 8 then f.over_8_count end as over_count
    from levels as l
    inner join hours as f on l.wanted_no = f.wanted_no and l.averaging = f.averaging and l.block_no = f.block_no
    union all
    select
        l.level_no,
        p.period_no,
        f.average_count,
        f.invalid_count,
        f.mean_e9_sum as average_e9_sum,
        f.highest_e9,
        f.highest_date,
        case l.slot_no when 1 then f.over_1_count when 2 then f.over_2_count when 3 then f.over_3_count when 4 then f.over_4_count when 5 then f.over_5_count when 6 then f.over_6_count when 7 then f.over_7_count when 8 then f.over_8_count end as over_count
    from levels as l
    inner join int_monitoring__day_tests as f
        on l.stack_id = f.stack_id and l.indicator_id = f.indicator_id and l.averaging = f.averaging and l.excluded_states = f.excluded_states
            and l.max_invalid_half_hours = f.max_invalid_half_hours and l.block_no = f.block_no
    inner join periods as p on f.period_kind = p.period_kind and f.period_end_date = p.period_end_date
),

-- the period itself is the average
means as (
    select
        l.level_no,
        p.period_no,
        l.counted_e9,
        h.highest_date,
        round(case when l.is_per_o2 then h.value_per_o2_e9_sum / nullif(h.valid_with_o2_count, 0)
            else h.value_e9_sum / nullif(h.valid_count, 0) end)::bigint as average_e9
    from levels as l
    inner join periods as p on l.averaging = p.period_kind
    inner join held as h on l.wanted_no = h.wanted_no and p.period_no = h.period_no
    where l.averaging in ('month', 'year')
),

tested as (
    select level_no, period_no, average_count, invalid_count, average_e9_sum, highest_e9, highest_date, over_count
    from counted
    where average_count > 0 or invalid_count > 0
    union all
    select level_no, period_no, 1 as average_count, 0 as invalid_count, average_e9 as average_e9_sum, average_e9 as highest_e9,
        highest_date, case when average_e9 > counted_e9 then 1 else 0 end as over_count
    from means
    where average_e9 is not null
),

-- every test of every period, also those of which nothing could be averaged; of the month that is running those that a single average fails for good
results as materialized (
    select
        b.pair_no,
        b.wanted_no,
        b.period_no,
        b.excluded_so_far_count,
        l.test_no,
        l.group_no,
        l.decision,
        l.is_alone,
        l.test_no = case when b.is_over then 1 else l.running_main_no end as is_main,
        l.averaging,
        l.pass_share_ratio,
        coalesce(k.average_count, 0) as average_count,
        coalesce(k.invalid_count, 0) as invalid_count,
        k.average_e9_sum,
        k.highest_e9,
        k.highest_date,
        coalesce(case when l.is_over_bad then k.average_count - k.over_count else k.over_count end, 0) as within_count
    from bound as b
    inner join levels as l on b.pair_no = l.pair_no and (b.is_over or l.is_lasting)
    left join tested as k on l.level_no = k.level_no and b.period_no = k.period_no
),

-- tests of one group are alternatives: 1 = held, 0 = not, null = nothing to test
groups as (
    select
        pair_no,
        period_no,
        group_no,
        max(wanted_no) as wanted_no,
        max(excluded_so_far_count) as excluded_so_far_count,
        max(case when decision = 'fail' and average_count > 0 then case when within_count >= pass_share_ratio * average_count then 1 else 0 end end) as is_held,
        max(case when decision = 'pass' and average_count > 0 then case when within_count >= pass_share_ratio * average_count then 1 else 0 end end) as is_held_surely,
        min(case when average_count = 0 then averaging end) as missing_averaging,
        min(test_no) as test_no,
        max(case when is_main and decision = 'fail' then average_count end) as average_count,
        max(case when is_main and decision = 'fail' then within_count end) as within_count,
        max(case when is_main and decision = 'fail' then invalid_count end) as invalid_count,
        max(case when is_main and decision = 'fail' then average_e9_sum end) as average_e9_sum,
        max(case when is_main and decision = 'fail' then highest_e9 end) as highest_e9,
        max(case when is_main and decision = 'fail' then highest_date end) as highest_date,
        max(case when is_main and decision = 'fail' then averaging end) as averaging
    from results
    where not is_alone
    group by pair_no, period_no, group_no
),

-- with what the first test of the threshold, its main one, found
judged_groups as (
    select
        pair_no,
        period_no,
        max(wanted_no) as wanted_no,
        max(excluded_so_far_count) as excluded_so_far_count,
        count_if(is_held = 0) as failed_count,
        count_if(is_held is null) as untested_count,
        count_if(is_held = 1 and is_held_surely = 0) as straddling_count,
        min(case when is_held = 0 then test_no end) as failed_test_no,
        min(case when is_held is null then missing_averaging end) as missing_averaging,
        max(average_count) as average_count,
        max(within_count) as within_count,
        max(invalid_count) as invalid_count,
        max(average_e9_sum) as average_e9_sum,
        max(highest_e9) as highest_e9,
        max(highest_date) as highest_date,
        max(averaging) as averaging
    from groups
    group by pair_no, period_no
),

further as (
    select pair_no, period_no, test_no, averaging, average_count, within_count, highest_date
    from results
    where not is_main and decision = 'fail'
),

judged as (
    select
        pair_no, wanted_no, period_no, excluded_so_far_count, average_count, within_count, invalid_count, average_e9_sum, highest_e9, highest_date,
        case when average_count > 0 and not within_count >= pass_share_ratio * average_count then 1 else 0 end as failed_count,
        case when average_count = 0 then 1 else 0 end as untested_count,
        0 as straddling_count,
        case when average_count > 0 and not within_count >= pass_share_ratio * average_count then 1 end as failed_test_no,
        case when average_count = 0 then averaging end as missing_averaging,
        averaging as failed_averaging,
        average_count as failed_average_count,
        average_count - within_count as failed_over_count
    from results
    where is_alone
    union all
    select
        j.pair_no, j.wanted_no, j.period_no, j.excluded_so_far_count, j.average_count, j.within_count, j.invalid_count, j.average_e9_sum, j.highest_e9, coalesce(f.highest_date, j.highest_date) as highest_date,
        j.failed_count,
        j.untested_count,
        j.straddling_count,
        j.failed_test_no,
        j.missing_averaging,
        case when f.test_no is null then j.averaging else f.averaging end as failed_averaging,
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
    (j.invalid_count > a.max_invalid_days)::boolean as has_too_many_invalid_days,  -- more of them than the rule allows; null = it says nothing
    coalesce(j.failed_count, 0)::bigint as failed_count,  -- tests not held; alternatives count as one
    coalesce(j.untested_count, 0)::bigint as untested_count,  -- tests of which nothing could be averaged
    coalesce(j.straddling_count, 0)::bigint as straddling_count,  -- tests held, but not beyond the uncertainty (guard band)
    j.failed_test_no::integer as failed_test_no,  -- first test not held, see ref_rules__tests
    (case when j.failed_test_no is not null then j.failed_averaging end)::varchar as failed_averaging,  -- its averages
    (case when j.failed_test_no is not null then j.failed_average_count end)::bigint as failed_average_count,  -- how many there were
    (case when j.failed_test_no is not null then j.failed_over_count end)::bigint as failed_over_count,  -- of them beyond its level
    j.missing_averaging::varchar as missing_averaging,  -- averages that a test wants and the readings do not give
    coalesce(j.excluded_so_far_count, 0)::bigint as excluded_so_far_count,  -- hours left out since the window began, this period included
    a.max_excluded_hours::integer as max_excluded_hours,  -- hours that the rule lets be left out in a year; null = no cap
    (coalesce(j.excluded_so_far_count, 0) > a.max_excluded_hours)::boolean as is_over_excluded_cap,  -- more hours left out since the window began than the rule allows a year; null = no cap
    (case when a.bound_from_date > p.period_start_date then a.bound_from_date end)::date as limit_changed_date,  -- day within the period from which the limit binds; it judges the whole period. null = it bound before
    round(j.average_e9_sum / nullif(j.average_count, 0) * a.o2_factor / 1000000000, 9)::double as mean_value,  -- mean of the averages, unit of the indicator
    round(j.highest_e9 * a.o2_factor / 1000000000, 9)::double as worst_value,  -- highest average, unit of the indicator
    j.highest_date::date as highest_date,  -- local day of the highest average, of the first test not held if there is one; where the average is of the whole period the day of its highest hour
    (h.valid_count / nullif(h.expected_hours - h.stopped_count - h.excluded_count, 0))::double as capture_ratio  -- valid over operating hours; null when the unit never ran
from judged as j
inner join pairs as a on j.pair_no = a.pair_no
inner join periods as p on j.period_no = p.period_no
inner join held as h on j.wanted_no = h.wanted_no and j.period_no = h.period_no
where p.is_over or j.failed_count > 0
