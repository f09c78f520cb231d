"""The SQL that lays one finding of a run open: verdicts, rows received, every step of the sum, limits chosen and rejected.

Parameters are named: `$rule_id`, `$tier`, `$entity_id`, `$plant_id`, `$indicator_id`, `$averaging` of the finding; `$threshold_id`,
`$stack_id`, `$counted_averaging` of the verdict looked at; `$first_date`, `$last_date` of its readings.
Each query has its own order, so equal runs give equal rows.
"""

from __future__ import annotations

FINDING = "select * from mart_findings__register where finding_id = $finding_id"

#: What was judged and is no finding, with what the register would say of it.
SUBJECT = """
with exposure as (
    select plant_id, sum(exposure_usd::decimal(20, 6))::double as exposure_usd, count(distinct loan_id) as loan_count
    from int_loans__attribution
    group by plant_id
)

select s.*, 'NO_FINDING' as state, r.title, r.instrument_title, r.layer, r.severity, r.evidence, r.clause,
    p.plant_name, p.country_iso3, p.sector, coalesce(e.loan_count, 0) as loan_count, coalesce(e.exposure_usd, 0) as exposure_usd
from int_findings__subjects as s
left join ref_rules__rules as r on s.rule_id = r.rule_id
left join stg_plants__plants as p on s.plant_id = p.plant_id
left join exposure as e on s.plant_id = e.plant_id
where s.finding_id = $finding_id
"""
SUBJECTS = "select * from int_findings__subjects where finding_id >= $first and finding_id <= $last order by finding_id"
REGISTER_COLUMNS = "select column_name from duckdb_columns() where table_name = 'mart_findings__register'"

#: All verdicts of a finding over the window; `uncertainty_pct` and `decision_rule` as the limit states them.
VERDICTS = """
select v.*, t.averaging, t.pass_test, t.pass_share_ratio, t.min_capture_ratio, t.ref_o2_pct, t.printed_value, t.printed_unit,
    t.uncertainty_pct, t.uncertainty_of, t.decision_rule, t.excluded_states, t.clause as limit_clause, t.href as limit_href,
    p.highest_date, p.average_count, p.within_count, p.failed_averaging, p.failed_test_no, p.mean_value, p.needs_o2, c.title as reason_words
from int_plants__verdicts as v
left join ref_rules__thresholds as t on v.threshold_id = t.threshold_id
left join int_monitoring__period_tests as p
    on v.threshold_id = p.threshold_id and v.entity_id = p.entity_id and v.period_end_date = p.period_end_date
left join ref_rules__reason_codes as c on v.reason_code = c.reason_code
where v.rule_id = $rule_id and coalesce(v.tier, '-') = $tier and v.entity_id = $entity_id
    and coalesce(v.indicator_id, '-') = $indicator_id and coalesce(t.averaging, '-') = $averaging
order by v.period_end_date, v.threshold_id
"""

#: Every dated limit of the rule here, and why it applies or does not.
APPLICABILITY = """
select a.threshold_id, a.is_applicable, a.not_applicable_reason, a.is_new, a.is_binding_tier, a.bound_from_date, a.bound_to_date,
    t.printed_value, t.printed_unit, t.limit_value, x.limit_value as limit_with_overlay, x.overlay_id, x.missing_inputs, t.limit_expression
from int_rules__applicability as a
inner join ref_rules__thresholds as t on a.threshold_id = t.threshold_id
left join int_rules__adjusted_limits as x on a.threshold_id = x.threshold_id and a.entity_id = x.entity_id
where a.rule_id = $rule_id and a.entity_id = $entity_id
order by a.threshold_id
"""

SCOPE = "select * from ref_rules__scopes where rule_id = $rule_id order by scope_no"

#: Each condition of each scope of a prohibition, held against the unit; `holds` null = the unit's own is unknown.
EQUIPMENT = """
with units as (
    select process, technology, size_value, size_unit, fuel from int_plants__entities where entity_id = $entity_id
),

scopes as (
    select * from ref_rules__scopes where rule_id = $rule_id
)

select s.scope_no, 1 as condition_no, 'process' as condition, s.process as asked, u.process as found, s.process = u.process as holds
from scopes as s cross join units as u
where s.process is not null
union all
select s.scope_no, 2, 'technology', s.technology, u.technology, s.technology = u.technology
from scopes as s cross join units as u
where s.technology is not null
union all
select s.scope_no, 3, 'smallest size',
    concat_ws(' ', case when s.size_from_inclusive then 'from' else 'above' end, s.size_from, s.size_unit),
    concat_ws(' ', u.size_value, u.size_unit), u.size_value > s.size_from or s.size_from_inclusive and u.size_value = s.size_from
from scopes as s cross join units as u
where s.size_from is not null
union all
select s.scope_no, 4, 'largest size', concat_ws(' ', case when s.size_to_inclusive then 'up to' else 'below' end, s.size_to, s.size_unit),
    concat_ws(' ', u.size_value, u.size_unit), u.size_value < s.size_to or s.size_to_inclusive and u.size_value = s.size_to
from scopes as s cross join units as u
where s.size_to is not null
union all
select s.scope_no, 5, 'fuel', s.fuel, u.fuel, s.fuel = u.fuel
from scopes as s cross join units as u
where s.fuel is not null
order by scope_no, condition_no
"""

WAIVERS = "select * from mart_findings__waivers where rule_id = $rule_id and plant_id = $plant_id order by waiver_id"

#: Every regime for the indicator here, chosen or not, with the reason.
LIMITS = """
select * from mart_plants__regimes
where plant_id = $plant_id and entity_id = $entity_id and indicator_id = $indicator_id
order by basis, basis_o2_pct nulls first, strictness_rank, rule_id, tier
"""

#: Rows received about the plant, its units, stacks and further inputs: what the choice of rules rests on.
PLACE = {
    "plants": "select * from raw_plants__plants where plant_id = $plant_id",
    "process_units": "select * from raw_plants__process_units where plant_id = $plant_id",
    "emission_points": "select * from raw_plants__emission_points where plant_id = $plant_id",
    "site_inputs": "select * from raw_plants__site_inputs where plant_id = $plant_id",
}
MANAGEMENT_EVIDENCE = "select * from raw_monitoring__management_evidence where plant_id = $plant_id and item = $indicator_id"

#: Returns of the items that enter the indicator, whether they were counted or not; and what each period contributed.
RETURNS = """
select * from raw_monitoring__periodic_returns as r
where r.plant_id = $plant_id and exists (
    select 1 from int_returns__indicator_periods as p
    where p.entity_id = $entity_id and p.indicator_id = $indicator_id
        and coalesce(p.source_file_id, '') <= r.source_file_id and coalesce(p.last_source_file_id, p.source_file_id, '') >= r.source_file_id
        and p.first_source_row_number <= r.source_row_number and p.last_source_row_number >= r.source_row_number)
"""
#: The same rows on their way to the canonical unit of their item; `unit_factor` holds unit and, where a fuel came by mass or volume, heat.
RETURN_ROWS = f"""
with received as ({RETURNS})

select i.item, i.unit_id, i.period_start_date, i.period_end_date, i.sent_value, i.sent_unit,
    i.value / nullif(i.sent_value, 0) as unit_factor, i.heat_factor_id, i.value, i.unit, i.evidence_tier, i.error_code,
    r.source_file_id, r.source_file_name, r.source_row_number
from int_returns__items as i
inner join received as r
    on i.source_file_id = r.source_file_id and i.source_row_number = r.source_row_number and i.plant_id = r.plant_id and i.item = r.item
order by i.item, i.unit_id, i.period_start_date, i.period_end_date, r.source_file_id, r.source_row_number
"""
RETURN_STEPS = """
select * from int_returns__steps where entity_id = $entity_id and indicator_id = $indicator_id order by role desc, item, factor
"""
RETURN_PERIODS = """
select * from int_returns__indicator_periods where entity_id = $entity_id and indicator_id = $indicator_id
order by period_start_date, period_end_date, role desc, item, source_file_id, first_source_row_number
"""
RETURN_VALUE = "select * from int_returns__indicators where entity_id = $entity_id and indicator_id = $indicator_id"

#: Readings, each with every factor of its way to the limit's reference and the product of them, and with the hour (half-hour) that the fold
#: made of it: it enters the average with all of that hour or not at all. {limits}: reference oxygen, excluded states and minutes of the
#: averages, one row a limit; {joined}: which reading meets which limit; {chosen}: which readings; {averages}: stack_id and day_no of them;
#: {more}: further columns of the limits.
_READINGS = """
with limits as (
    {limits}
),

averages as (
    select a.*, c.reading_class
    from int_monitoring__averages as a
    inner join int_monitoring__reading_classes as c on a.class_no = c.class_no
    where {averages}
),

sent as (
    select
        r.stack_id, n.indicator_id, n.period_start_at, n.utc_offset_minutes, n.interval_minutes,
        n.sent_value, n.sent_unit, n.is_below_detection, n.sent_flag, n.reading_class, n.class_code,
        r.gas_basis, r.temperature_c, r.pressure_kpa, r.moisture_pct, n.o2_pct,
        u.factor as unit_factor, n.sent_value * u.factor as value_in_unit,
        case when u.is_actual then (273.15 + r.temperature_c) / 273.15 * 101.325 / nullif(r.pressure_kpa, 0) else 1 end
            as temperature_pressure_factor,
        case when r.gas_basis = 'wet' and not s.is_ambient then 1 / nullif(1 - r.moisture_pct / 100, 0) else 1 end as dry_factor,
        n.value_dry_mg_per_nm3 as value_dry,
        l.ref_o2_pct, n.o2_capped_pct,
        case when l.ref_o2_pct is null then 1 else (21 - l.ref_o2_pct) / nullif(21 - n.o2_capped_pct, 0) end as oxygen_factor,
        l.averaging_minutes, a.reading_class as average_class,
        case when l.ref_o2_pct is null then a.value_e9 else a.value_per_o2_e9 * (21 - l.ref_o2_pct) end / 1000000000
            as average_at_reference,
        coalesce(not list_contains(string_split(l.excluded_states, ','), a.reading_class), false) as is_counted,
        r.source_file_id, r.source_file_name, r.source_sheet, r.source_row_number{more}
    from int_monitoring__readings as n
    inner join int_monitoring__series as s on n.series_no = s.series_no
    inner join raw_monitoring__stack_readings as r
        on n.stack_id = r.stack_id and s.sent_name = r.indicator and n.period_start_at = r.period_start_at
            and n.source_file_id = r.source_file_id and n.source_row_number = r.source_row_number
    left join int_monitoring__unit_factors as u on n.indicator_id = u.indicator_id and n.sent_unit = u.unit
    inner join limits as l on {joined}
    left join averages as a
        on n.series_no = a.series_no and n.day_no = a.day_no and n.utc_offset_minutes = a.utc_offset_minutes
            and l.averaging_minutes = a.averaging_minutes
            and (epoch_us(n.period_start_at) // 60000000 + n.utc_offset_minutes) // l.averaging_minutes = a.average_no
            and case when a.is_made then n.interval_minutes < a.averaging_minutes and a.averaging_minutes % n.interval_minutes = 0
                else n.interval_minutes >= a.averaging_minutes end
    where {chosen}
)

select *, value_in_unit * temperature_pressure_factor as value_at_normal_state, value_dry * oxygen_factor as value_at_reference,
    is_counted and value_dry * oxygen_factor is not null and average_at_reference is not null as enters_average
from sent
order by period_start_at
"""
#: A row where the database holds every reading of its run; see `run_readings.leave_readings`.
CARRIES_READINGS = "select 1 as n from duckdb_tables() where table_name = 'int_monitoring__folded'"
_MINUTES = "case {averaging} when 'half_hour' then 30 else 60 end"

#: Readings of a span of local days.
READINGS = _READINGS.format(
    limits=f"""select ref_o2_pct, coalesce(excluded_states, '') as excluded_states,
        {_MINUTES.format(averaging="$counted_averaging")} as averaging_minutes
    from ref_rules__thresholds
    where threshold_id = $threshold_id""",
    joined="true",
    chosen="""n.stack_id = $stack_id and n.indicator_id = $indicator_id
        and n.day_no between $first_date::date - date '1970-01-01' and $last_date::date - date '1970-01-01'""",
    averages="""a.stack_id = $stack_id
        and a.day_no between $first_date::date - date '1970-01-01' and $last_date::date - date '1970-01-01'""",
    more="",
)

#: Hours or half-hours that the limit counts, up to $last_date, as the fold made them: whole numbers, their sum is that of the verdict.
_COUNTED = f"""
select a.day_no, case when t.ref_o2_pct is null then a.value_e9 else a.value_per_o2_e9 end as x_e9,
    case when t.ref_o2_pct is null then 1 else 21 - t.ref_o2_pct end as o2_factor
from int_monitoring__averages as a
inner join int_monitoring__reading_classes as c on a.class_no = c.class_no and a.class_no <= 3
inner join ref_rules__thresholds as t on t.threshold_id = $threshold_id
where a.stack_id = $stack_id and a.averaging_minutes = {_MINUTES.format(averaging="$counted_averaging")}
    and a.series_no in (select series_no from int_monitoring__series where stack_id = $stack_id and indicator_id = $indicator_id)
    and a.day_no <= $last_date::date - date '1970-01-01'
    and not list_contains(string_split(coalesce(t.excluded_states, ''), ','), c.reading_class)
    and case when t.ref_o2_pct is null then a.value_e9 else a.value_per_o2_e9 end is not null
"""
#: The first of the thirty operating days that end on $last_date.
FIRST_OF_THIRTY = f"""
select date '1970-01-01' + min(day_no) as first_date
from (select distinct day_no from ({_COUNTED}) as counted order by day_no desc limit 30) as days
"""
#: The average that is held against the limit, made anew as the verdict made it: the highest hour or half-hour, else the mean of hours.
AVERAGE = f"""
with counted as (
    {_COUNTED}
        and a.day_no >= $first_date::date - date '1970-01-01'
)

select $counted_averaging as averaging, count(*) as block_count,
    round(case when $counted_averaging in ('hour', 'half_hour') then max(x_e9) else round(sum(x_e9) / nullif(count(*), 0))::bigint end
        * max(o2_factor) / 1000000000, 9)::double as value
from counted
"""

_READINGS_OF_DAYS = _READINGS.format(
    limits=f"""select w.threshold_id, w.stack_id, w.indicator_id, w.day_no, w.averaging, t.ref_o2_pct,
        coalesce(t.excluded_states, '') as excluded_states, {_MINUTES.format(averaging="w.averaging")} as averaging_minutes
    from (values {{wanted}}) as w (threshold_id, stack_id, indicator_id, day_no, averaging)
    inner join ref_rules__thresholds as t on w.threshold_id = t.threshold_id""",
    joined="n.stack_id = l.stack_id and n.indicator_id = l.indicator_id and n.day_no = l.day_no",
    chosen="n.stack_id in ({stacks}) and n.day_no in ({days})",
    averages="a.stack_id in ({stacks}) and a.day_no in ({days})",
    more=""", l.threshold_id, l.averaging, n.day_no, a.average_no, a.is_made,
        case when l.ref_o2_pct is null then a.value_e9 else a.value_per_o2_e9 end as x_e9""",
)
#: Readings of single days of several stacks, each day with the average that its test is held against: of half-hours and hours the highest,
#: else the mean of the hours. {wanted}: rows of threshold_id, stack_id, indicator_id, day_no, averaging of the test; {stacks}, {days}: the
#: stacks and days as literals, so that only their part of the store is read. Grows with the days asked for.
DAY_READINGS = f"""
with readings as materialized (
    {_READINGS_OF_DAYS}
),

counted as (
    select distinct threshold_id, stack_id, indicator_id, day_no, averaging, average_no, utc_offset_minutes, is_made, x_e9,
        case when ref_o2_pct is null then 1 else 21 - ref_o2_pct end as o2_factor
    from readings
    where is_counted and x_e9 is not null
),

days as (
    select threshold_id, stack_id, indicator_id, day_no, averaging, count(*) as block_count,
        round(case when averaging in ('hour', 'half_hour') then max(x_e9) else round(sum(x_e9) / nullif(count(*), 0))::bigint end
            * max(o2_factor) / 1000000000, 9)::double as average_value
    from counted
    group by threshold_id, stack_id, indicator_id, day_no, averaging
)

select r.*, r.period_start_at + to_minutes(r.utc_offset_minutes::bigint) as local_at, date '1970-01-01' + r.day_no as day_date,
    d.block_count, d.average_value
from readings as r
left join days as d
    on r.threshold_id = d.threshold_id and r.stack_id = d.stack_id and r.indicator_id = d.indicator_id and r.day_no = d.day_no
        and r.averaging = d.averaging
order by r.threshold_id, r.stack_id, r.indicator_id, r.averaging, r.period_start_at
"""

#: Names and register numbers of borrowers, lenders, owners and plants: all that `--redacted` replaces.
NAMES = """
select distinct trim(name) as name
from (
    select counterparty_name as name from raw_bank__counterparties
    union all select lei from raw_bank__counterparties
    union all select national_id from raw_bank__counterparties
    union all select counterparty_name from raw_bank__loans
    union all select project_name from raw_bank__loans
    union all select lender_name from raw_bank__loans
    union all select lei from raw_bank__loans
    union all select owner_name from raw_bank__ownership
    union all select plant_name from raw_plants__plants
    union all select plant_name_local from raw_plants__plants
    union all select unnest(string_split(alternative_names, ';')) from raw_plants__plants
    union all select owner_name from raw_plants__plants
    union all select parent_name from raw_plants__plants
) as found
where trim(name) <> ''
order by name
"""
