/*
description: >-
  What a verifier would look at: one row per place, indicator and test whose statistic is large enough and, where chance could make it, whose p-value
  holds after all tests of the run are counted. A flag says nothing about intent, and changes no verdict, class or index.
grain: [entity_id, indicator_id, test]
*/
with policy as (
    select min(case when key = 'false_discovery_ratio' then value end)::double as false_discovery_ratio
    from ref_rules__policy
    where policy_id = 'suspicion'
),

counts as (
    select count(*) as test_count
    from int_monitoring__suspicion_tests
),

flagged as (
    select t.*, g.p_value, g.adjusted_p_value, c.test_count
    from int_monitoring__suspicion_tests as t
    cross join policy as p
    cross join counts as c
    left join raw_monitoring__significance as g on t.entity_id = g.entity_id and t.indicator_id = g.indicator_id and t.test = g.test
    where t.is_beyond and (t.distribution is null or g.adjusted_p_value <= p.false_discovery_ratio)
)

select
    f.plant_id::varchar as plant_id,  -- plant
    f.entity_id::varchar as entity_id,  -- stack:… or plant:…
    (case when f.entity_id like 'stack:%' then replace(f.entity_id, 'stack:', '') end)::varchar as stack_id,  -- stack; null = returns of the plant
    f.indicator_id::varchar as indicator_id,  -- indicator of the readings, or item of the returns
    coalesce(i.title, r.title, f.indicator_id)::varchar as indicator_title,  -- its name
    s.window_start_date::date as period_start_date,  -- first day looked at
    s.as_of_date::date as period_end_date,  -- last day looked at
    f.test::varchar as test,  -- which test
    f.statistic::double as statistic,  -- what it measured, see docs/method_suspicion.md
    f.threshold::double as threshold,  -- size from which it is worth a look
    f.n::bigint as n,  -- readings, days, calibrations or months that went into it
    f.p_value::double as p_value,  -- chance of at least this under honest readings; null = no chance model, the size decides
    f.adjusted_p_value::double as adjusted_p_value,  -- the same after all tests of the run are counted
    f.test_count::bigint as test_count,  -- tests made in this run
    (case f.test
        when 'flat_line' then 'Readings repeat the same value for at least ' || f.statistic::integer::varchar || ' hours, from ' || f.example_date::varchar
            || '; a verifier would look at the analyser and its raw signal.'
        when 'copied_days' then f.statistic::integer::varchar || ' of ' || f.n::varchar || ' varied days repeat another day hour by hour, among them ' || f.example_date::varchar || ' and '
            || f.other_date::varchar || '; a verifier would look at how the file was made.'
        when 'last_digit' then 'Last digits of the readings are not equally frequent (effect ' || round(f.statistic, 2)::varchar || '); a verifier would look at rounding and at values set by hand.'
        when 'pile_up' then round(100 * f.statistic, 0)::integer::varchar || ' % of ' || f.n::varchar
            || ' readings next to the limit lie just under it; a verifier would look at control set-points and at data handling.'
        when 'gaps_after_highs' then 'Gaps begin ' || coalesce(round(f.statistic, 1)::varchar || ' times as often', 'only') || ' after readings near or above the limit ('
            || f.parameter_1::integer::varchar || ' of ' || f.parameter_4::integer::varchar || ' gaps); a verifier would look at the analyser log of those hours.'
        when 'ambient_oxygen' then round(100 * f.statistic, 1)::varchar || ' % of running hours show the oxygen of ambient air; a verifier would look at air leaks and at the sampling line.'
        when 'calibration_step' then 'The mean changes by ' || round(100 * f.statistic, 1)::varchar || ' % across ' || f.n::varchar || ' calibrations; a verifier would look at the calibration records.'
        when 'low_variation' then 'Readings vary far less than those of ' || f.parameter_2::integer::varchar || ' series of the same process; a verifier would look at averaging and range of the analyser.'
        when 'emission_flat' then 'Monthly production varies by ' || round(100 * f.parameter_4, 0)::integer::varchar || ' %, this emission by ' || round(100 * f.parameter_4 * f.statistic, 1)::varchar
            || ' %; a verifier would look at how the emission was worked out.'
        when 'unit_slip' then f.statistic::integer::varchar || ' of ' || f.n::varchar || ' days lie a power of 1,000 away from the series'' own level, from ' || f.example_date::varchar || ' to '
            || f.other_date::varchar || '; a verifier would look at the unit that the files of these days declare.'
        when 'unit_slip_ppm' then f.statistic::integer::varchar || ' days in a row, from ' || f.example_date::varchar || ' to ' || f.other_date::varchar || ', differ from the series'' own level by '
            || round(f.parameter_1, 2)::varchar || ', the factor between ppm and mg/Nm3; a verifier would look at the unit that the files of these days declare.'
        when 'unit_slip_peers' then 'The level is 10^' || round(f.statistic, 1)::varchar || ' times that of ' || f.parameter_2::integer::varchar
            || ' series of the same process; a verifier would look at the unit that the files declare.'
        when 'not_believed' then 'On ' || f.statistic::integer::varchar || case f.statistic::integer when 1 then ' day' else ' days' end || ' most values are higher than is believed, from ' || f.example_date::varchar
            || '; they are not used, and a verifier would look at the unit that the files declare.'
    end)::varchar as words  -- the same for a reader; neutral: a flag is no finding against anybody
from flagged as f
cross join ref_run__settings as s
left join ref_rules__indicators as i on f.indicator_id = i.indicator_id
left join ref_rules__return_items as r on f.indicator_id = r.item
