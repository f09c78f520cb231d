/*
description: >-
  The verdict of every rule on everything in its scope, in one set-based pass: PASS, FAIL, INDETERMINATE, NO_DATA, NOT_APPLICABLE or ERROR,
  each with a reason code. Stack rules are judged by month (or over the window where the rule counts by year), the others over the window; of the month
  that is running stands what can no longer be made good.
grain: [threshold_id, entity_id, period_end_date]
*/
with candidates as (
    select
        a.threshold_id,
        a.entity_id,
        a.is_applicable,
        a.not_applicable_reason,
        a.is_binding_tier,
        a.bound_from_date,
        a.bound_to_date,
        t.rule_id,
        t.tier,
        t.kind,
        t.indicator_id,
        t.operator,
        case when t.kind = 'limit' then coalesce(x.limit_value, t.limit_value) end as limit_value,
        x.missing_inputs,
        x.overlay_id,
        case when x.overlay_id is not null then x.limit_without_overlay end as limit_without_overlay,
        t.or_meets_rule_ids,
        t.pass_test,
        t.pass_share_ratio,
        t.min_capture_ratio,
        coalesce(t.excluded_states, '') as excluded_states,
        t.required_item,
        i.measured_by,
        i.unit,
        e.entity_type,
        e.plant_id,
        e.unit_id,
        e.stack_id,
        e.sector,
        s.window_start_date,
        s.window_end_date,
        s.as_of_date
    from int_rules__applicability as a
    inner join ref_rules__thresholds as t on a.threshold_id = t.threshold_id
    inner join int_plants__entities as e on a.entity_id = e.entity_id
    cross join ref_run__settings as s
    left join ref_rules__indicators as i on t.indicator_id = i.indicator_id
    left join int_rules__adjusted_limits as x on a.threshold_id = x.threshold_id and a.entity_id = x.entity_id
),

-- the limit in force on the last day of the window, the other rules on the as-of day; stack tests carry their own periods
in_force as (
    select *
    from candidates
    where bound_from_date <= case when kind = 'limit' then window_end_date else as_of_date end
        and (bound_to_date is null or bound_to_date > case when kind = 'limit' then window_end_date else as_of_date end)
),

stack_verdicts as not materialized (
    select
        c.*,
        p.period_start_date,
        p.period_end_date,
        p.worst_value as measured_value,
        case when not p.is_over and p.failed_test_no > 1 then null else p.within_count / nullif(p.average_count, 0) end as within_ratio,  -- of a running month the test that failed may be a further one
        p.capture_ratio,
        p.valid_count,
        p.operating_count,
        p.excluded_count,
        'measured' as evidence_tier,
        case
            when p.operating_count <= 0 then 'NOT_APPLICABLE'
            when p.average_count = 0 and p.needs_o2 and p.without_o2_count > 0 then 'ERROR'
            when p.average_count = 0 and p.error_count > 0 then 'ERROR'
            when p.average_count = 0 then 'NO_DATA'
            when c.pass_test = 'share_of_periods' and p.capture_ratio < coalesce(c.min_capture_ratio, 0) and p.failed_count = 1 and p.failed_test_no = 1 then 'NO_DATA'
            when p.capture_ratio < coalesce(c.min_capture_ratio, 0) and p.failed_count = 1 and p.failed_averaging in ('month', 'year') then 'NO_DATA'
            when p.failed_count > 0 then 'FAIL'
            when p.is_over_excluded_cap and p.excluded_count > 0 then 'FAIL'
            when p.capture_ratio < coalesce(c.min_capture_ratio, 0) then 'NO_DATA'
            when p.needs_o2 and p.without_o2_count > 0 and p.with_o2_ratio < coalesce(c.min_capture_ratio, 0)
                then 'ERROR'
            when p.has_too_many_invalid_days then 'NO_DATA'
            when p.untested_count > 0 then 'NO_DATA'
            when p.coarse_hour_count > 0 and p.half_hour_capture_ratio < coalesce(c.min_capture_ratio, 1) then 'NO_DATA'
            when p.straddling_count > 0 then 'INDETERMINATE'
            else 'PASS'
        end as state,
        case
            when p.operating_count <= 0 then 'NOT_OPERATING'
            when p.average_count = 0 and p.needs_o2 and p.without_o2_count > 0 then 'OXYGEN_MISSING'
            when p.average_count = 0 and p.error_count > 0 then p.error_code
            when p.average_count = 0 and p.missing_averaging = 'half_hour' and p.valid_count > 0 then 'RESOLUTION_TOO_COARSE'
            when p.average_count = 0 and p.missing_averaging = 'rolling_30_operating_days' and p.valid_count > 0 then 'TOO_FEW_OPERATING_DAYS'
            when p.average_count = 0 then 'NO_READINGS'
            when c.pass_test = 'share_of_periods' and p.capture_ratio < coalesce(c.min_capture_ratio, 0) and p.failed_count = 1 and p.failed_test_no = 1 then 'LOW_CAPTURE'
            when p.capture_ratio < coalesce(c.min_capture_ratio, 0) and p.failed_count = 1 and p.failed_averaging in ('month', 'year') then 'LOW_CAPTURE'
            when p.failed_count > 0 then 'LIMIT_EXCEEDED'
            when p.is_over_excluded_cap and p.excluded_count > 0 then 'EXCLUDED_HOURS_OVER_CAP'
            when p.capture_ratio < coalesce(c.min_capture_ratio, 0) then 'LOW_CAPTURE'
            when p.needs_o2 and p.without_o2_count > 0 and p.with_o2_ratio < coalesce(c.min_capture_ratio, 0)
                then 'OXYGEN_MISSING'
            when p.has_too_many_invalid_days then 'TOO_MANY_INVALID_DAYS'
            when p.untested_count > 0 and p.missing_averaging = 'half_hour' then 'RESOLUTION_TOO_COARSE'
            when p.untested_count > 0 and p.missing_averaging = 'rolling_30_operating_days' then 'TOO_FEW_OPERATING_DAYS'
            when p.untested_count > 0 then 'NO_READINGS'
            when p.coarse_hour_count > 0 and p.half_hour_capture_ratio < coalesce(c.min_capture_ratio, 1) then 'RESOLUTION_TOO_COARSE'
            when p.straddling_count > 0 then 'WITHIN_UNCERTAINTY'
            else 'WITHIN_LIMIT'
        end as reason_code,
        r.source_file_id,
        r.source_row_number,
        true as is_measured,
        p.is_over,
        p.below_detection_count,
        p.limit_changed_date,
        p.failed_test_no,
        p.failed_over_count,
        p.failed_average_count,
        p.failed_averaging,
        p.excluded_so_far_count,
        p.max_excluded_hours,
        p.invalid_in_year_count,
        case when p.half_hour_capture_ratio > 0 then p.coarse_hour_count else 0 end as coarse_hour_count
    from int_monitoring__period_tests as p
    inner join candidates as c on p.threshold_id = c.threshold_id and p.entity_id = c.entity_id
    left join int_monitoring__deciding_readings as r
        on c.stack_id = r.stack_id and c.indicator_id = r.indicator_id and p.needs_o2 = r.is_per_o2
            and p.highest_date = r.day_date
            and c.excluded_states = r.excluded_states and coalesce(p.failed_averaging = 'half_hour', false) = r.is_half_hour and p.failed_count > 0
),

silent_stacks as (
    select
        c.threshold_id, c.entity_id, c.window_start_date as period_start_date, c.window_end_date as period_end_date,
        null::double as measured_value, null::double as within_ratio, 0.0 as capture_ratio, 0 as valid_count, null::bigint as operating_count, 0 as excluded_count,
        null as evidence_tier, case when c.missing_inputs is null then 'NO_DATA' else 'ERROR' end as state,
        case when c.missing_inputs is null then 'NO_READINGS' else 'INPUT_MISSING' end as reason_code, null as source_file_id, null::bigint as source_row_number
    from in_force as c
    left join int_monitoring__period_tests as p on c.threshold_id = p.threshold_id and c.entity_id = p.entity_id
    where c.kind = 'limit' and c.measured_by = 'stack' and c.is_applicable = 'yes' and p.threshold_id is null
),

-- what stands for an earlier year of returns is dated by it; where there is nothing, by the window
returned as (
    select
        *,
        case when value is not null or error_code is not null then period_start_date end as judged_start_date,
        case when value is not null or error_code is not null then period_end_date end as judged_end_date
    from int_returns__indicators
),

return_verdicts as (
    select
        c.threshold_id,
        c.entity_id,
        coalesce(r.judged_start_date, c.window_start_date) as period_start_date,
        coalesce(r.judged_end_date, c.window_end_date) as period_end_date,
        r.value as measured_value,
        null::double as within_ratio,
        r.capture_ratio,
        r.complete_days as valid_count,
        coalesce(r.judged_end_date, c.window_end_date) - coalesce(r.judged_start_date, c.window_start_date) + 1 as operating_count,
        0 as excluded_count,
        r.evidence_tier,
        case
            when c.limit_value is null and c.missing_inputs is null then 'NOT_APPLICABLE'
            when r.entity_id is null then 'NO_DATA'
            when r.error_code is not null then 'ERROR'
            when r.value is null then 'NO_DATA'
            when c.missing_inputs is not null then 'ERROR'
            when r.capture_ratio < coalesce(c.min_capture_ratio, 0) then 'NO_DATA'
            when r.evidence_tier = 'estimated' then 'INDETERMINATE'
            when (c.operator = 'at_most' and r.value <= c.limit_value) or (c.operator = 'below' and r.value < c.limit_value)
                or (c.operator = 'at_least' and r.value >= c.limit_value) or (c.operator = 'above' and r.value > c.limit_value) then 'PASS'
            else 'FAIL'
        end as state,
        case
            when c.limit_value is null and c.missing_inputs is null then 'OUT_OF_SCOPE'
            when r.entity_id is null then 'NO_RETURNS'
            when r.error_code is not null then r.error_code
            when r.value is null then 'NO_RETURNS'
            when c.missing_inputs is not null then 'INPUT_MISSING'
            when r.capture_ratio < coalesce(c.min_capture_ratio, 0) then 'LOW_CAPTURE'
            when r.evidence_tier = 'estimated' then 'ESTIMATE_ONLY'
            when (c.operator = 'at_most' and r.value <= c.limit_value) or (c.operator = 'below' and r.value < c.limit_value)
                or (c.operator = 'at_least' and r.value >= c.limit_value) or (c.operator = 'above' and r.value > c.limit_value) then 'WITHIN_LIMIT'
            else 'LIMIT_EXCEEDED'
        end as reason_code,
        r.source_file_id,
        r.source_row_number
    from in_force as c
    left join returned as r on c.entity_id = r.entity_id and c.indicator_id = r.indicator_id
    where c.kind = 'limit' and c.measured_by <> 'stack' and c.is_applicable = 'yes'
),

equipment_verdicts as (
    select
        c.threshold_id, c.entity_id, c.as_of_date as period_start_date, c.as_of_date as period_end_date,
        null::double as measured_value, null::double as within_ratio, null::double as capture_ratio,
        null::bigint as valid_count, null::bigint as operating_count, 0 as excluded_count, 'reported' as evidence_tier,
        case c.is_applicable when 'yes' then 'FAIL' when 'no' then 'PASS' else 'NO_DATA' end as state,
        case c.is_applicable when 'yes' then 'EQUIPMENT_PROHIBITED' when 'no' then 'EQUIPMENT_NOT_LISTED' else c.not_applicable_reason end as reason_code,
        u.source_file_id, u.source_row_number
    from in_force as c
    left join stg_plants__process_units as u on c.unit_id = u.unit_id
    where c.kind = 'prohibition'
),

evidence as (
    select
        m.plant_id,
        m.item,
        max(case when m.status = 'yes' and m.valid_from_date <= s.as_of_date and (m.valid_to_date is null or m.valid_to_date >= s.as_of_date) then 1 else 0 end) as is_met,
        max(case when m.status = 'yes' and m.valid_to_date < s.as_of_date then 1 else 0 end) as is_expired,
        max(case when m.status = 'no' then 1 else 0 end) as is_not_met,
        min(m.source_file_id) as source_file_id,
        min(m.source_row_number) as source_row_number
    from stg_monitoring__management_evidence as m
    cross join ref_run__settings as s
    group by m.plant_id, m.item
),

requirement_verdicts as (
    select
        c.threshold_id, c.entity_id, c.as_of_date as period_start_date, c.as_of_date as period_end_date,
        null::double as measured_value, null::double as within_ratio, null::double as capture_ratio,
        null::bigint as valid_count, null::bigint as operating_count, 0 as excluded_count, 'reported' as evidence_tier,
        case when m.plant_id is null then 'NO_DATA' when m.is_met = 1 then 'PASS' when m.is_not_met = 1 or m.is_expired = 1 then 'FAIL' else 'NO_DATA' end as state,
        case when m.plant_id is null then 'EVIDENCE_UNKNOWN' when m.is_met = 1 then 'REQUIREMENT_MET' when m.is_not_met = 1 then 'REQUIREMENT_NOT_MET'
            when m.is_expired = 1 then 'EVIDENCE_EXPIRED' else 'EVIDENCE_UNKNOWN' end as reason_code,
        m.source_file_id, m.source_row_number
    from in_force as c
    left join evidence as m on c.plant_id = m.plant_id and c.required_item = m.item
    where c.kind = 'requirement' and c.is_applicable <> 'no'
),

undecided_scope as (
    select
        c.threshold_id, c.entity_id, c.window_start_date as period_start_date, c.window_end_date as period_end_date,
        null::double as measured_value, null::double as within_ratio, null::double as capture_ratio,
        null::bigint as valid_count, null::bigint as operating_count, 0 as excluded_count, null as evidence_tier,
        case c.is_applicable when 'no' then 'NOT_APPLICABLE' else 'NO_DATA' end as state, c.not_applicable_reason as reason_code,
        null as source_file_id, null::bigint as source_row_number
    from in_force as c
    where c.kind = 'limit' and c.is_applicable <> 'yes'
),

other_verdicts as (
    select * from silent_stacks
    union all
    select * from return_verdicts
    union all
    select * from equipment_verdicts
    union all
    select * from requirement_verdicts
    union all
    select * from undecided_scope
),

verdicts as not materialized (
    select * from stack_verdicts
    union all
    select c.*, v.period_start_date, v.period_end_date, v.measured_value, v.within_ratio, v.capture_ratio, v.valid_count, v.operating_count, v.excluded_count,
        v.evidence_tier, v.state, v.reason_code, v.source_file_id, v.source_row_number, false as is_measured, true as is_over,
        null as below_detection_count, null as limit_changed_date, null as failed_test_no, null as failed_over_count,
        null as failed_average_count, null as failed_averaging, null as excluded_so_far_count, null as max_excluded_hours, null as invalid_in_year_count, null as coarse_hour_count
    from other_verdicts as v
    inner join candidates as c on v.threshold_id = c.threshold_id and v.entity_id = c.entity_id
),

-- rules of which one is enough in place of another: met when nothing that they judge at the plant ended otherwise
wanted_alternatives as (
    select c.threshold_id, c.plant_id, c.tier, unnest(string_split(c.or_meets_rule_ids, ',')) as alternative_rule_id
    from (select distinct threshold_id, plant_id, tier, or_meets_rule_ids from candidates where or_meets_rule_ids is not null) as c
),

met_alternatives as (
    select w.threshold_id, w.plant_id, w.alternative_rule_id
    from wanted_alternatives as w
    inner join verdicts as v
        on w.plant_id = v.plant_id and trim(w.alternative_rule_id) = v.rule_id and (v.tier is null or w.tier is null or v.tier = w.tier)
    where v.state <> 'NOT_APPLICABLE'
    group by w.threshold_id, w.plant_id, w.alternative_rule_id
    having min(case when v.state = 'PASS' then 1 else 0 end) = 1
),

corrected as (
    select p.threshold_id, p.entity_id, p.period_end_date, string_agg(distinct r.correction_id, ', ' order by r.correction_id) as correction_ids
    from int_monitoring__period_tests as p
    inner join candidates as c on p.threshold_id = c.threshold_id and p.entity_id = c.entity_id
    inner join ref_rules__corrections as r
        on c.stack_id = r.stack_id and c.indicator_id = r.indicator_id and r.first_date <= p.period_end_date and r.last_date >= p.period_start_date
    group by p.threshold_id, p.entity_id, p.period_end_date
),

alternatives as (
    select threshold_id, plant_id, min(trim(alternative_rule_id)) as rule_id
    from met_alternatives
    group by threshold_id, plant_id
)

select
    s.run_id::varchar as run_id,  -- run that judged
    v.rule_id::varchar as rule_id,  -- rule
    r.rule_version::varchar as rule_version,  -- first 8 hex digits of the rule file's sha256
    v.threshold_id::varchar as threshold_id,  -- dated threshold of the rule
    v.tier::varchar as tier,  -- I, II, III or null
    v.is_binding_tier::boolean as is_binding_tier,  -- this tier binds the entity (II new, III existing plants; always true without tiers)
    v.kind::varchar as kind,  -- limit, prohibition or requirement
    r.family::varchar as family,  -- air, energy, water, carbon, equipment, management …
    v.indicator_id::varchar as indicator_id,  -- indicator, or the item of evidence that is required; null for prohibitions
    r.instrument_id::varchar as instrument_id,  -- instrument the rule belongs to
    r.layer::varchar as layer,  -- layer of the instrument
    r.evidence::varchar as evidence,  -- printed_text, secondary or unverified
    r.severity::varchar as severity,  -- error, warning or info
    v.entity_id::varchar as entity_id,  -- plant:…, unit:… or stack:…
    v.entity_type::varchar as entity_type,  -- plant, unit or stack
    v.plant_id::varchar as plant_id,  -- plant
    v.unit_id::varchar as unit_id,  -- process unit; null = not of one unit
    v.stack_id::varchar as stack_id,  -- stack; null = not of one stack
    v.sector::varchar as sector,  -- cement, steel or flat_glass
    v.period_start_date::date as period_start_date,  -- first day judged
    v.period_end_date::date as period_end_date,  -- last day judged; the threshold in force on it counts, of returns that on the last day of the window
    v.is_over::boolean as is_over,  -- false: of the month that is running, of which only what can no longer be made good is judged
    v.measured_value::double as measured_value,  -- worst average (stacks) or the window's value, in unit; null = none
    v.limit_value::double as limit_value,  -- limit in force, in unit; null = no number
    v.unit::varchar as unit,  -- canonical unit of the indicator
    v.operator::varchar as operator,  -- at_most, below, at_least, above, prohibited or required
    (case when v.operator in ('at_most', 'below') then (v.limit_value - v.measured_value) / nullif(abs(v.limit_value), 0)
        when v.operator in ('at_least', 'above') then (v.measured_value - v.limit_value) / nullif(abs(v.limit_value), 0) end)::double as headroom_ratio,  -- (limit - value)/|limit|, mirrored for minimum rules; negative = beyond the limit
    v.within_ratio::double as within_ratio,  -- averaging periods within the limit over all; null = not counted in periods
    v.capture_ratio::double as capture_ratio,  -- valid over operating hours (half-hours, where the limit is on these), or complete over all days of the window
    v.valid_count::bigint as valid_count,  -- valid hours or days
    v.operating_count::bigint as operating_count,  -- hours or days a value was due
    v.excluded_count::bigint as excluded_count,  -- hours left out because the rule says so
    v.evidence_tier::varchar as evidence_tier,  -- measured, reported or estimated; null = nothing there
    (case when v.state = 'FAIL' and k.rule_id is not null then 'PASS' else v.state end)::varchar as state,  -- PASS, FAIL, INDETERMINATE, NO_DATA, NOT_APPLICABLE or ERROR
    (case when v.state = 'FAIL' and k.rule_id is not null then 'ALTERNATIVE_MET' else v.reason_code end)::varchar as reason_code,  -- see rules/reason_codes.yaml
    nullif(concat_ws('; ', case when v.kind = 'limit' and v.stack_id is null and v.measured_value is not null and v.reason_code <> 'INPUT_MISSING' and v.period_end_date < s.window_end_date then 'the newest year of returns, from ' || v.period_start_date || ' to ' || v.period_end_date end, case when not v.is_over then 'the month is not over: read to ' || v.period_end_date end, case when v.state = 'FAIL' and k.rule_id is not null then k.rule_id when v.reason_code = 'INPUT_MISSING' then v.missing_inputs
        when v.reason_code = 'LIMIT_EXCEEDED' and v.failed_test_no > 1
            then 'test ' || v.failed_test_no || ': ' || v.failed_over_count || ' of ' || v.failed_average_count || ' averages (' || v.failed_averaging || ') beyond its level'
        when v.limit_changed_date is not null then 'limit in force from ' || v.limit_changed_date || ' judges the whole period' end,
        case when v.below_detection_count > 0 then v.below_detection_count || ' readings below the limit of detection' end,
        case when n.correction_ids is not null then 'unit corrected by ' || n.correction_ids end,
        case when v.is_measured and u.uncertainty_pct is not null and t.decision_rule <> 'simple' then 'uncertainty of the stack: ' || u.uncertainty_pct || ' %' || case when t.decision_rule in ('operator_favourable', 'guard_band')
                and u.uncertainty_pct > t.uncertainty_pct then ', of which the operator is granted the ' || t.uncertainty_pct || ' % of the rule' else '' end end,
        case when v.coarse_hour_count > 0 then v.coarse_hour_count || ' hours came in readings that make no half-hours' end,
        case when v.invalid_in_year_count > 0 then v.invalid_in_year_count || ' of at most ' || t.max_invalid_days::integer || ' days of the year with too many half-hours discarded' end,
        case when v.max_excluded_hours is not null and v.excluded_so_far_count > 0
            then v.excluded_so_far_count || ' of at most ' || v.max_excluded_hours || ' hours of the calendar year left out' end), '')::varchar as reason_detail,  -- a month that is not over, the year of returns that stands for the window, the rule met in place of this one, missing inputs, the further test not held, a limit that changed in the period, readings below detection, a unit that was corrected, the stack's own uncertainty, hours that no test of half-hours saw, days of the year that had too many half-hours discarded, hours left out under a yearly cap; null = nothing more to say
    v.below_detection_count::bigint as below_detection_count,  -- usable readings sent as below the limit of detection; null = not judged by readings
    v.overlay_id::varchar as overlay_id,  -- overlay that moved the limit; null = none
    v.limit_without_overlay::double as limit_without_overlay,  -- limit of the rule itself where an overlay moved it; null = none did
    v.source_file_id::varchar as source_file_id,  -- file of the row that decided it
    v.source_row_number::bigint as source_row_number,  -- its row
    (case when v.period_end_date <= s.as_of_date - cast(w.value as integer) * interval 1 day then 'FINAL' else 'PROVISIONAL' end)::varchar as result_status  -- FINAL once the time for corrections is over, else PROVISIONAL
from verdicts as v
inner join ref_rules__rules as r on v.rule_id = r.rule_id
inner join ref_rules__thresholds as t on v.threshold_id = t.threshold_id
left join stg_plants__emission_points as u on v.stack_id = u.stack_id
cross join ref_run__settings as s
left join ref_rules__policy as w on w.policy_id = 'corrections' and w.key = 'window_days'
left join corrected as n on v.threshold_id = n.threshold_id and v.entity_id = n.entity_id and v.period_end_date = n.period_end_date and v.is_measured
left join alternatives as k on v.threshold_id = k.threshold_id and v.plant_id = k.plant_id
