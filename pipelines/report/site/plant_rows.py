"""What plant and indicator pages show beside the scorecard: read once for all plants behind the book, grouped by plant or by indicator."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from pipelines.report.scorecard import Row
from pipelines.report.site.material import Material, grouped

#: In a run without loans, as a self-assessment is, all plants.
_BEHIND = "select plant_id from mart_plants__scorecard where loan_count > 0 or not exists (select 1 from int_loans__attribution)"
#: Verdicts that have an answer or could not be computed; those without data are told by reason, on the plant's page.
_VERDICTS = f"""
with files as (
    select file_id, file_name from stg_landing__file_names
)
select v.rule_id, v.threshold_id, v.tier, v.is_binding_tier, v.kind, v.family, v.layer, v.evidence, v.severity, v.entity_id, v.plant_id,
    v.unit_id, v.stack_id, v.indicator_id, v.period_start_date, v.period_end_date, v.measured_value, v.limit_value, v.unit, v.operator,
    v.headroom_ratio, v.within_ratio, v.capture_ratio, v.valid_count, v.operating_count, v.excluded_count, v.evidence_tier, v.state,
    v.reason_code, v.reason_detail, v.source_file_id, v.source_row_number, f.file_name as source_file_name, v.result_status, v.overlay_id,
    t.averaging, t.ref_o2_pct, t.gas_basis, coalesce(t.clause, r.clause) as clause, coalesce(r.title, v.rule_id) as title,
    coalesce(r.instrument_title, v.instrument_id) as instrument_title, p.mean_value, p.worst_value, p.highest_date,
    p.failed_test_no, coalesce(p.failed_averaging, t.averaging) as counted_averaging,
    coalesce(k.standing, 'comparison') as standing
from int_plants__verdicts as v
inner join ({_BEHIND}) as b on v.plant_id = b.plant_id
left join ref_rules__thresholds as t on v.threshold_id = t.threshold_id
left join ref_rules__rules as r on v.rule_id = r.rule_id
left join int_plants__rule_standing as k on v.plant_id = k.plant_id and v.rule_id = k.rule_id and coalesce(v.tier, '-') = k.tier
left join files as f on v.source_file_id = f.file_id
left join int_monitoring__period_tests as p
    on v.threshold_id = p.threshold_id and v.entity_id = p.entity_id and v.period_end_date = p.period_end_date
where v.state not in ('NO_DATA', 'NOT_APPLICABLE') or v.measured_value is not null
    or (v.stack_id is not null and v.state = 'NO_DATA' and p.valid_count > 0)
order by v.plant_id, v.entity_id, v.indicator_id,
    case v.state when 'FAIL' then 1 when 'ERROR' then 2 when 'NO_DATA' then 3 when 'INDETERMINATE' then 4 else 5 end,
    v.is_binding_tier desc nulls last, case v.severity when 'error' then 1 when 'warning' then 2 else 3 end,
    v.headroom_ratio nulls last, v.rule_id, v.tier nulls first, v.period_end_date, v.threshold_id
"""
#: Rules without data, each once a plant: what to ask for.
_SILENT = f"""
select v.plant_id, v.reason_code, v.indicator_id, min(coalesce(i.title, v.indicator_id)) as indicator_title,
    count(distinct v.rule_id) as rule_count
from int_plants__verdicts as v
inner join ({_BEHIND}) as b on v.plant_id = b.plant_id
left join ref_rules__indicators as i on v.indicator_id = i.indicator_id
where v.state = 'NO_DATA'
group by v.plant_id, v.reason_code, v.indicator_id
order by v.plant_id, v.reason_code, rule_count desc, indicator_title, v.indicator_id
"""
_UNITS = f"""
select u.*, l.decision_date, l.decision_basis, l.remaining_years, l.committed_tco2e, l.emissions_tco2e_per_year
from stg_plants__process_units as u
inner join ({_BEHIND}) as b on u.plant_id = b.plant_id
left join int_plants__lock_in as l on u.plant_id = l.plant_id and u.unit_id = l.unit_id
order by u.plant_id, u.process, u.unit_id
"""
_OWNERS = f"""
select c.reached_id as plant_id, c.owner_id, min(coalesce(p.counterparty_name, o.owner_name)) as owner_name, c.share_ratio,
    c.has_unknown_share, c.depth, c.path
from int_ownership__chains as c
inner join ({_BEHIND}) as b on c.reached_id = b.plant_id
left join stg_bank__counterparties as p on c.owner_id = p.counterparty_id
left join stg_bank__ownership as o on c.owner_id = o.owner_id
group by c.reached_id, c.owner_id, c.share_ratio, c.has_unknown_share, c.depth, c.path
order by c.reached_id, c.depth, c.owner_id
"""
_PLANTS = f"""
select p.* from stg_plants__plants as p inner join ({_BEHIND}) as b on p.plant_id = b.plant_id order by p.plant_id
"""
_INDICATORS = "select indicator_id, title, unit, family, direction from ref_rules__indicators order by indicator_id"
_FINDINGS = """
select finding_id, rule_id, tier, entity_id, averaging, state, standing, open_days, first_seen_days from mart_findings__register
where state not like 'CLOSED%' order by finding_id
"""
_FACTS = """
select e.plant_id, e.item, e.status, e.document_reference, nullif(e.valid_from_date, date '1900-01-01') as valid_from_date, e.valid_to_date,
    e.source_row_number,
    f.file_name as source_file_name
from stg_monitoring__management_evidence as e
left join stg_landing__file_names as f on e.source_file_id = f.file_id
order by e.plant_id, e.item, e.valid_from_date, e.source_row_number
"""
_RETURNS = """
select s.*, f.file_name as source_file_name from int_returns__steps as s
left join stg_landing__file_names as f on s.source_file_id = f.file_id
order by s.entity_id, s.indicator_id, s.role desc, s.item, s.factor
"""
#: Values of the months of the window, for indicators that are returned by month; a month that lacks an item has none.
_RETURN_MONTHS = """
with months as (
    select unnest(generate_series(window_start_date::timestamp, window_end_date::timestamp, interval 1 month))::date as month_date
    from ref_run__settings
), counted as (
    select entity_id, indicator_id, period_start_date,
        sum(case when role = 'numerator' then contribution::decimal(28, 6) end)::double as numerator_value,
        sum(case when role = 'denominator' then contribution::decimal(28, 6) end)::double as denominator_value,
        count(case when role = 'denominator' then 1 end) as denominator_count
    from int_returns__indicator_periods
    where is_counted
    group by entity_id, indicator_id, period_start_date
), monthly as (
    select entity_id, indicator_id from int_returns__steps where is_monthly group by entity_id, indicator_id
)
select m.entity_id, m.indicator_id, d.month_date,
    case when c.denominator_count = 0 then c.numerator_value else c.numerator_value / nullif(c.denominator_value, 0) end as value
from monthly as m
cross join months as d
left join counted as c on m.entity_id = c.entity_id and m.indicator_id = c.indicator_id and d.month_date = c.period_start_date
order by m.entity_id, m.indicator_id, d.month_date
"""
_RETURN_VALUES = "select * from int_returns__indicators order by entity_id, indicator_id"


class PlantRows:
    """The rows behind plant and indicator pages."""

    def __init__(self, material: Material) -> None:
        self.material = material
        self.verdicts = grouped(material.read(_VERDICTS), "plant_id")
        self.silent = grouped(material.read(_SILENT), "plant_id")
        self.units = grouped(material.read(_UNITS), "plant_id")
        self.owners = grouped(material.read(_OWNERS), "plant_id")
        self.plants = {row["plant_id"]: row for row in material.read(_PLANTS)}
        self.indicators = {row["indicator_id"]: row for row in material.read(_INDICATORS)}
        self.groups = grouped(material.scorecard.extra("mart_plants__group_states"), "plant_id")
        self.regimes = grouped(material.scorecard.extra("mart_plants__regimes"), "entity_id", "indicator_id")

    @cached_property
    def findings(self) -> dict[Any, Row]:
        """The finding of a verdict, by rule, tier, place and averaging."""
        return {(row["rule_id"], row["tier"], row["entity_id"], row["averaging"]): row for row in self.material.read(_FINDINGS)}

    @cached_property
    def facts(self) -> dict[Any, list[Row]]:
        """Evidence of management as received, by plant and item."""
        return grouped(self.material.read(_FACTS), "plant_id", "item")

    @cached_property
    def return_steps(self) -> dict[Any, list[Row]]:
        """Items behind a value from returns, by place and indicator."""
        return grouped(self.material.read(_RETURNS), "entity_id", "indicator_id")

    @cached_property
    def return_months(self) -> dict[Any, list[Row]]:
        """Values of the months behind a value from returns, by place and indicator."""
        return grouped(self.material.read(_RETURN_MONTHS), "entity_id", "indicator_id")

    @cached_property
    def return_values(self) -> dict[Any, Row]:
        """Values from returns, by place and indicator."""
        return {(row["entity_id"], row["indicator_id"]): row for row in self.material.read(_RETURN_VALUES)}

    def finding_of(self, verdict: Row) -> Row | None:
        """The open finding that a verdict belongs to."""
        return self.findings.get((verdict["rule_id"], verdict["tier"] or "-", verdict["entity_id"], verdict["averaging"] or "-"))
