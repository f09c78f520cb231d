"""What the commands ask a published run. Whether a rule can bind is read from int_rules__binding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

#: Rows of a query with its parameters $1, $2 …, as mappings of column to value.
Read = Callable[[str, Sequence[Any]], list[dict[str, Any]]]

#: Whether each rule could bind each plant, and whether its evidence counts.
STANDING_CTE = """
standing as (
    select
        p.plant_id,
        g.rule_id,
        g.binds_everywhere or (g.binds_at_home and c.instrument_id is not null) as can_bind,
        g.is_verified
    from stg_plants__plants as p
    cross join int_rules__binding as g
    inner join ref_rules__rules as r on g.rule_id = r.rule_id
    left join ref_rules__instrument_countries as c on r.instrument_id = c.instrument_id and p.country_iso3 = c.country_iso3
)"""

PLANT_SQL = "select plant_id, plant_name, country_iso3, sector from stg_plants__plants where plant_id = ?"
PLANTS_SQL = "select plant_id from stg_plants__plants order by plant_id"
AS_OF_SQL = "select as_of_date, run_id from ref_run__settings"

#: Every dated limit for an indicator that was looked at for a plant, with its verdict in the periods that hold a day (or in all of them).
REGIMES_SQL = f"""
with {STANDING_CTE},
judged as (
    select
        threshold_id,
        entity_id,
        max(case state when 'FAIL' then 5 when 'ERROR' then 4 when 'NO_DATA' then 3 when 'INDETERMINATE' then 2
            when 'PASS' then 1 else 0 end) as state_rank,
        max(measured_value) as highest_value,
        min(measured_value) as lowest_value,
        max(limit_value) as limit_value
    from int_plants__verdicts
    where plant_id = $1 and indicator_id = $2 and ($4 or $3 between period_start_date and period_end_date)
    group by threshold_id, entity_id
)
select
    a.threshold_id, a.entity_id, a.rule_id, a.tier, a.is_applicable, a.not_applicable_reason, a.bound_from_date, a.bound_to_date,
    t.operator, coalesce(t.limit_value, j.limit_value) as limit_value, t.limit_expression, t.ref_o2_pct, t.gas_basis,
    t.averaging, t.pass_test, t.pass_share_ratio, t.period_share_over,
    t.printed_value, t.printed_unit, t.clause,
    r.title, r.instrument_title, r.layer, r.evidence, r.status,
    s.can_bind and a.is_binding_tier as is_binding, s.is_verified,
    case j.state_rank when 5 then 'FAIL' when 4 then 'ERROR' when 3 then 'NO_DATA'
        when 2 then 'INDETERMINATE' when 1 then 'PASS' when 0 then 'NOT_APPLICABLE' end as state,
    case when t.operator in ('at_most', 'below') then j.highest_value else j.lowest_value end as measured_value,
    e.entity_type, e.process, e.technology
from int_rules__applicability as a
inner join ref_rules__thresholds as t on a.threshold_id = t.threshold_id
inner join ref_rules__rules as r on a.rule_id = r.rule_id
inner join int_plants__entities as e on a.entity_id = e.entity_id
inner join standing as s on a.rule_id = s.rule_id and e.plant_id = s.plant_id
left join judged as j on a.threshold_id = j.threshold_id and a.entity_id = j.entity_id
where e.plant_id = $1 and t.indicator_id = $2
order by a.entity_id, a.rule_id, a.tier nulls first, t.valid_from_date
"""

#: Rules about an indicator that were never looked at for a plant.
ELSEWHERE_SQL = """
select r.rule_id, r.status, coalesce((
    select bool_or(c.sector is null or c.sector = 'all' or c.sector = p.sector)
    from ref_rules__scopes as c cross join stg_plants__plants as p
    where c.rule_id = r.rule_id and p.plant_id = $1
), false) as is_about_sector
from ref_rules__rules as r
where r.indicator_id = $2 and r.rule_id not in (
    select a.rule_id from int_rules__applicability as a
    inner join int_plants__entities as e on a.entity_id = e.entity_id where e.plant_id = $1
)
order by r.rule_id
"""

#: Rules not yet checked in print: first by the exposure of plants whose class they hold open, then of all plants that they judge.
UNVERIFIED_SQL = f"""
with {STANDING_CTE},
exposures as (
    select plant_id, sum(exposure_usd) as exposure_usd from int_loans__attribution group by plant_id
),
on_plants as (
    select
        w.rule_id,
        w.plant_id,
        max(case w.state when 'FAIL' then 5 when 'ERROR' then 4 when 'NO_DATA' then 3 when 'INDETERMINATE' then 2 else 1 end) as state_rank,
        sum(case when w.state = 'FAIL' then 1 else 0 end) as fail_count,
        bool_or(s.can_bind and w.is_binding_tier and not s.is_verified) as is_awaiting
    from int_plants__rule_states as w
    inner join standing as s on w.rule_id = s.rule_id and w.plant_id = s.plant_id
    group by w.rule_id, w.plant_id
),
verdicts as (
    select rule_id, count(*) as verdict_count, count(case when state = 'FAIL' then 1 end) as fail_count,
        count(case when state = 'PASS' then 1 end) as pass_count
    from int_plants__verdicts where state <> 'NOT_APPLICABLE' group by rule_id
),
by_rule as (
    select
        o.rule_id,
        count(*) as plant_count,
        sum(x.exposure_usd) as exposure_usd,
        count(case when o.is_awaiting and o.state_rank > 1 and c.class_best <> 'not_green' then 1 end) as open_plant_count,
        sum(case when o.is_awaiting and o.state_rank > 1 and c.class_best <> 'not_green' then x.exposure_usd end) as open_usd
    from on_plants as o
    left join exposures as x on o.plant_id = x.plant_id
    left join int_plants__class as c on o.plant_id = c.plant_id
    group by o.rule_id
)
select r.rule_id, r.title, r.evidence, r.layer, r.instrument_title,
    coalesce(b.plant_count, 0) as plant_count, coalesce(b.exposure_usd, 0) as exposure_usd,
    coalesce(b.open_plant_count, 0) as open_plant_count, coalesce(b.open_usd, 0) as open_usd,
    coalesce(v.verdict_count, 0) as verdict_count, coalesce(v.fail_count, 0) as fail_count, coalesce(v.pass_count, 0) as pass_count
from ref_rules__rules as r
left join by_rule as b on r.rule_id = b.rule_id
left join verdicts as v on r.rule_id = v.rule_id
where r.kind in ('limit', 'prohibition', 'requirement') and r.evidence <> 'printed_text' and r.status = 'active'
order by open_usd desc, exposure_usd desc, verdict_count desc, r.rule_id
"""
