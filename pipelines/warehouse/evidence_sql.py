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
    p.highest_date, p.average_count, p.within_count, p.failed_averaging, p.mean_value, p.needs_o2, c.title as reason_words
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

#: Readings, each with every factor of its way to the limit's reference and the product of them. {limits}: reference oxygen and excluded
#: states, one row a limit; {joined}: which reading meets which limit; {chosen}: which readings; {more}: further columns of the limits.
_READINGS = """
with limits as (
    {limits}
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
        not list_contains(string_split(l.excluded_states, ','), n.reading_class) as is_counted,
        r.source_file_id, r.source_file_name, r.source_sheet, r.source_row_number{more}
    from int_monitoring__readings as n
    inner join int_monitoring__series as s on n.series_no = s.series_no
    inner join raw_monitoring__stack_readings as r
        on n.stack_id = r.stack_id and s.sent_name = r.indicator and n.period_start_at = r.period_start_at
            and n.source_file_id = r.source_file_id and n.source_row_number = r.source_row_number
    left join int_monitoring__unit_factors as u on n.indicator_id = u.indicator_id and n.sent_unit = u.unit
    inner join limits as l on {joined}
    where {chosen}
)

select *, value_in_unit * temperature_pressure_factor as value_at_normal_state, value_dry * oxygen_factor as value_at_reference,
    is_counted and value_dry * oxygen_factor is not null as enters_average
from sent
order by period_start_at
"""

#: Readings of a span of local days.
READINGS = _READINGS.format(
    limits="""select ref_o2_pct, coalesce(excluded_states, '') as excluded_states
    from ref_rules__thresholds
    where threshold_id = $threshold_id""",
    joined="true",
    chosen="""n.stack_id = $stack_id and n.indicator_id = $indicator_id
        and n.day_no between $first_date::date - date '1970-01-01' and $last_date::date - date '1970-01-01'""",
    more="",
)

_BLOCK = "time_bucket(case $counted_averaging when 'half_hour' then interval 30 minute else interval 1 hour end, period_start_at)"
#: The average that the readings make: of half-hours and hours the highest, else the mean of the hours.
AVERAGE = f"""
with readings as ({READINGS}),

blocks as (
    select {_BLOCK} as block_at, avg(value_at_reference) as value
    from readings
    where enters_average
    group by {_BLOCK}
)

select $counted_averaging as averaging, count(*) as block_count,
    case when $counted_averaging in ('hour', 'half_hour') then max(value)
        else sum(value::decimal(28, 9))::double / nullif(count(*), 0) end as value
from blocks
"""

_READINGS_OF_DAYS = _READINGS.format(
    limits="""select w.threshold_id, w.stack_id, w.indicator_id, w.day_no, t.averaging, t.ref_o2_pct,
        coalesce(t.excluded_states, '') as excluded_states
    from (values {wanted}) as w (threshold_id, stack_id, indicator_id, day_no)
    inner join ref_rules__thresholds as t on w.threshold_id = t.threshold_id""",
    joined="n.stack_id = l.stack_id and n.indicator_id = l.indicator_id and n.day_no = l.day_no",
    chosen="n.stack_id in ({stacks})",
    more=", l.threshold_id, l.averaging",
)
#: Readings of single days of several stacks, each day with the average that its limit is held against: of half-hours and hours the highest,
#: else the mean of the hours. {wanted}: rows of threshold_id, stack_id, indicator_id, day_no; {stacks}: the stacks as literals, so that
#: only their part of the store is read. Grows with the days asked for.
DAY_READINGS = f"""
with readings as (
    {_READINGS_OF_DAYS}
),

blocks as (
    select *, period_start_at + to_minutes(utc_offset_minutes::bigint) as local_at,
        time_bucket(case averaging when 'half_hour' then interval 30 minute else interval 1 hour end, period_start_at) as block_at
    from readings
),

averaged as (
    select threshold_id, stack_id, indicator_id, local_at::date as day_date, block_at, avg(value_at_reference) as value
    from blocks
    where enters_average
    group by threshold_id, stack_id, indicator_id, local_at::date, block_at
),

days as (
    select threshold_id, stack_id, indicator_id, day_date, count(*) as block_count, max(value) as highest_value,
        sum(value::decimal(28, 9))::double / nullif(count(*), 0) as mean_value
    from averaged
    group by threshold_id, stack_id, indicator_id, day_date
)

select b.*, b.local_at::date as day_date, d.block_count,
    case when b.averaging in ('hour', 'half_hour') then d.highest_value else d.mean_value end as average_value
from blocks as b
left join days as d
    on b.threshold_id = d.threshold_id and b.stack_id = d.stack_id and b.indicator_id = d.indicator_id and b.local_at::date = d.day_date
order by b.threshold_id, b.stack_id, b.indicator_id, b.period_start_at
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
