"""What would help: for each plant that is not green the fewest measures that make it so, and the headline then (docs/measures.md).

Found by trying: verdicts of copies of a plant are set to what they would be after a measure, and the run's own SQL models say what class
the copy has. All copies of all plants are judged in one pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pipelines.warehouse import database
from pipelines.warehouse.model import SqlModel
from pipelines.warehouse.versions import Versions, versions

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = dict[str, Any]
Actions = dict[str, frozenset[str]]  # plant → actions

#: Rounds in which one needless action a plant is left out; what is left then is told, needless or not.
_ROUNDS = 6
#: Between a name and what makes it a copy; no id holds it. The SQL below writes it as chr(31).
_MARK = chr(31)


def measure_schemas() -> dict[str, pa.Schema]:
    """Columns of the tables that `find_measures` makes."""
    text, number = pa.string(), pa.float64()
    ratios = [(name, number) for name in ("assessed_rate_ratio", "coverage_ratio", "lower_ratio", "upper_ratio")]
    return {
        "raw_measures__actions": pa.schema(
            [(name, text) for name in ("plant_id", "action_kind", "subject_kind", "subject_id", "rule_ids")]
            + [("rule_count", pa.int64()), ("entity_id", text), ("measured_value", number), ("operator", text), ("limit_value", number)]
            + [("unit", text), ("other_count", pa.int64()), ("check_end_date", pa.date32())]
        ),
        "raw_measures__plants": pa.schema([("plant_id", text), ("reach", text)]),
        "raw_measures__effects": pa.schema([("portfolio_id", text), ("plant_id", text), *ratios]),
    }


def find_measures(
    con: DuckDBPyConnection, models: Sequence[SqlModel], progress: Callable[[str], None] = lambda _: None
) -> dict[str, pa.Table]:
    """The tables of `measure_schemas`. Args: con: a run, every model built. models: all of them in build order."""
    with versions(con, models) as made:
        rows = _Search(made).rows(progress)
    return {name: pa.Table.from_pylist(rows[name], schema=schema) for name, schema in measure_schemas().items()}


@dataclass
class _Search:
    """One search over the plants behind the portfolios; in a run without loans, over all plants."""

    made: Versions

    def rows(self, progress: Callable[[str], None]) -> dict[str, list[Row]]:
        self._prepare()
        known = {row["action_id"]: row for row in self._read("select * from plant_actions order by plant_id, action_id")}
        asked = {(row["action_id"], row["is_wide"]): row for row in self._read("select * from asked order by action_id, is_wide")}
        every: Actions = {}
        for action_id, row in known.items():
            every[row["plant_id"]] = every.get(row["plant_id"], frozenset()) | {action_id}
        places = {action_id: row["place"] for action_id, row in known.items()}
        chosen = self._fewest(every, places)
        wider = self._fewest({plant: actions for plant, actions in every.items() if plant not in chosen}, places, is_wide=True)
        reach = dict.fromkeys(sorted(every), "none") | dict.fromkeys(wider, "best_level") | dict.fromkeys(chosen, "level_for_green")
        chosen |= wider
        progress(f"look for measures: {len(chosen)} of {len(every)} plants could be made green")
        return {
            "raw_measures__actions": [
                known[action_id] | (asked.get((action_id, plant in wider), {}) if known[action_id]["action_kind"] != "await_check" else {})
                for plant in sorted(chosen)
                for action_id in sorted(chosen[plant])
            ],
            "raw_measures__plants": [{"plant_id": plant, "reach": word} for plant, word in reach.items()],
            "raw_measures__effects": self._effects(chosen),
        }

    def _read(self, sql: str) -> list[Row]:
        return database.read_rows(self.made.con, sql)

    def _prepare(self) -> None:
        run = f"{self.made.run}.main"
        for name, sql in _PREPARED.items():
            self.made.con.execute(f"create table {name} as {sql.format(run=run)}")

    # ---- which actions are enough --------------------------------------------------------------------------------------

    def _fewest(self, every: Actions, places: Mapping[str, int], is_wide: bool = False) -> Actions:
        """For each plant that can be made green a set of actions of which none can be left out (or few: see `_ROUNDS`).

        Args: is_wide: an action reaches every level of the index, not only those from the level for green down.
        """
        self._write("wide", [{"is_wide": "yes"}] if is_wide else [], ("is_wide",))
        green = self._green(
            {(plant, "all"): actions for plant, actions in every.items()} | {(plant, "none"): frozenset() for plant in every}
        )
        every = {plant: actions for plant, actions in every.items() if (plant, "all") in green and (plant, "none") not in green}
        without = {(plant, action): actions - {action} for plant, actions in every.items() for action in actions}
        enough = self._green(without)
        needed = {plant: frozenset(action for action in actions if (plant, action) not in enough) for plant, actions in every.items()}
        chosen = self._shortest_start(every, needed, places)
        for _ in range(_ROUNDS):
            trials = {(plant, action): chosen[plant] - {action} for plant in chosen for action in chosen[plant] - needed[plant]}
            green = self._green(trials)
            left_out = dict(sorted(green, key=lambda key: (key[0], places[key[1]], key[1])))
            if not left_out:
                break
            chosen = {plant: actions - {left_out[plant]} if plant in left_out else actions for plant, actions in chosen.items()}
        return chosen

    def _shortest_start(self, every: Actions, needed: Actions, places: Mapping[str, int]) -> Actions:
        """What no plant can do without, and of the rest, in the order of their places, the shortest beginning that makes it green."""
        starts: dict[tuple[str, str], frozenset[str]] = {}
        for plant, actions in every.items():
            rest = sorted(actions - needed[plant], key=lambda action: (places[action], action))
            for length in range(len(rest) + 1):
                starts[plant, f"{length:04}"] = needed[plant] | frozenset(rest[:length])
        green = self._green(starts)
        return {plant: starts[plant, min(length for name, length in green if name == plant)] for plant in every}

    def _green(self, trials: Mapping[tuple[str, str], frozenset[str]]) -> set[tuple[str, str]]:
        """The trials (plant, name → actions done) after which the plant is green."""
        if not trials:
            return set()
        names = {f"{plant}{_MARK}{number}": (plant, name) for number, (plant, name) in enumerate(sorted(trials))}
        self._write("trials", [{"copy_id": copy, "plant_id": plant} for copy, (plant, _) in names.items()], ("copy_id", "plant_id"))
        done = [{"copy_id": copy, "action_id": action} for copy, key in names.items() for action in sorted(trials[key])]
        self._write("done", done, ("copy_id", "action_id"))
        classes = self.made.version("int_plants__class", self._copies())
        return {
            names[row["plant_id"]]
            for row in self._read(f"select plant_id from {classes} where plant_class = 'green'")
            if row["plant_id"] in names
        }

    def _copies(self) -> dict[str, str]:
        run = f"{self.made.run}.main"
        return {
            "int_plants__verdicts": self.made.add("int_plants__verdicts", _COPIED_VERDICTS.format(run=run)),
            "stg_plants__plants": self.made.add("stg_plants__plants", _COPIED_PLANTS.format(run=run)),
            # which limits are set aside is a matter of entities, not of what they measure
            "int_plants__effective_limits": self.made.own("int_plants__effective_limits"),
        }

    def _write(self, name: str, rows: Iterable[Row], columns: Sequence[str]) -> None:
        database.write_table(
            self.made.con, name, pa.Table.from_pylist(list(rows), schema=pa.schema([(column, pa.string()) for column in columns]))
        )

    # ---- what they do to the headline ----------------------------------------------------------------------------------

    def _effects(self, chosen: Actions) -> list[Row]:
        """The headline of each portfolio with one plant green, by plant."""
        self._write("changed", ({"plant_id": plant} for plant in sorted(chosen)), ("plant_id",))
        run = f"{self.made.run}.main"
        inputs = {name: self.made.add(name, sql.format(run=run)) for name, sql in _COPIED_BOOKS.items()}
        return self._read(_EFFECTS.format(headline=self.made.version("mart_portfolio__headline", inputs)))


#: What an action is about: a limited indicator, a piece of evidence, or a piece of equipment of the plant.
_ACTION = """v.plant_id || ' ' || case v.kind
    when 'prohibition' then 'equipment ' || v.entity_id
    when 'requirement' then 'evidence ' || v.indicator_id
    else 'indicator ' || v.indicator_id end"""
_PREPARED = {
    "considered": """
        select c.plant_id
        from {run}.int_plants__class as c
        left join {run}.int_loans__attribution as a on c.plant_id = a.plant_id
        where c.plant_class <> 'green' and (a.plant_id is not null or not exists (select 1 from {run}.int_loans__attribution))
        group by c.plant_id
        order by sum(a.exposure_usd) desc nulls last, c.plant_id
        limit (select max(value::integer) from {run}.ref_rules__policy where policy_id = 'measures' and key = 'plants_considered')
    """,
    # rules whose verdict can keep a plant from being green: those that bind, that eliminate, and those of the index; a level stricter
    # than the one for green is needed only where a standard prints no other
    "needed_rules": """
        with green as (
            select max(value) as level from {run}.ref_rules__policy where policy_id = 'plant_class' and key = 'green.index_level_at_worst'
        ),
        every_rule as (
            select plant_id, rule_id, tier, true as is_narrow
            from {run}.int_plants__rule_standing
            where (is_binding or is_elimination) and is_verified
            union all
            select p.plant_id, x.rule_id, coalesce(x.tier, '-') as tier, x.level >= g.level as is_narrow
            from considered as p
            cross join green as g
            cross join {run}.ref_rules__index as x
        )
        select plant_id, rule_id, tier, bool_or(is_narrow) as is_narrow
        from every_rule
        group by plant_id, rule_id, tier
    """,
    "open_verdicts": f"""
        select v.plant_id, v.rule_id, coalesce(v.tier, '-') as tier, v.entity_id, v.period_end_date, v.threshold_id, v.kind, v.state,
            v.indicator_id, n.is_narrow, v.measured_value, v.operator, v.limit_value, v.unit, v.headroom_ratio,
            v.state = 'FAIL' and coalesce(f.is_passing_again, false) as is_passing_again, f.check_end_date,
            {_ACTION} as action_id
        from {{run}}.int_plants__verdicts as v
        inner join considered as c on v.plant_id = c.plant_id
        inner join needed_rules as n on v.plant_id = n.plant_id and v.rule_id = n.rule_id and coalesce(v.tier, '-') = n.tier
        inner join {{run}}.int_rules__binding as b on v.rule_id = b.rule_id and b.is_verified
        left join {{run}}.ref_rules__thresholds as t on v.threshold_id = t.threshold_id
        left join {{run}}.int_findings__states as f
            on v.plant_id = f.plant_id and v.rule_id = f.rule_id and coalesce(v.tier, '-') = f.tier and v.entity_id = f.entity_id
                and coalesce(v.indicator_id, '-') = f.indicator_id and coalesce(t.averaging, '-') = f.averaging
        where v.state not in ('PASS', 'NOT_APPLICABLE')
    """,
    # what is known to fail is costlier to mend than what is only not known, so it is tried to do without it first; what failed and passes
    # again is mended: only its check is waited for
    "plant_actions": """
        select plant_id, action_id,
            case when min(case when is_passing_again then 1 else 0 end) = 1 then 'await_check'
                when max(case when state = 'FAIL' and not is_passing_again then 1 else 0 end) = 0 then 'supply_figure'
                when max(kind) = 'prohibition' then 'replace_equipment' when max(kind) = 'requirement' then 'provide_evidence'
                else 'bring_to_limit' end as action_kind,
            case max(kind) when 'prohibition' then 'equipment' when 'requirement' then 'evidence' else 'indicator' end as subject_kind,
            max(case when kind = 'prohibition' then entity_id else indicator_id end) as subject_id,
            string_agg(distinct rule_id, ', ' order by rule_id) as rule_ids,
            count(distinct rule_id) as rule_count,
            max(case when is_passing_again then check_end_date end) as check_end_date,
            case when min(case when is_passing_again then 1 else 0 end) = 1 then 0
                when max(case when state = 'FAIL' and not is_passing_again then 1 else 0 end) = 0 then 1
                when max(kind) = 'requirement' then 2
                when max(kind) = 'prohibition' then 4 else 3 end as place
        from open_verdicts
        group by plant_id, action_id
    """,
    # from what to what: of all limits that an action meets the one that is missed by most, where none is known to be missed the strictest
    "asked": """
        with met as (
            select o.*, w.is_wide
            from open_verdicts as o
            cross join (values (false), (true)) as w (is_wide)
            where (o.is_narrow or w.is_wide) and o.limit_value is not null
        ),
        counted as (
            select action_id, is_wide, count(distinct threshold_id || chr(31) || entity_id) - 1 as other_count
            from met
            group by action_id, is_wide
        ),
        placed as (
            select *, row_number() over (
                partition by action_id, is_wide
                order by case when state = 'FAIL' and not is_passing_again then headroom_ratio end nulls last,
                    case when operator in ('at_least', 'above') then -limit_value else limit_value end,
                    threshold_id, entity_id, period_end_date
            ) as place
            from met
        )
        select p.action_id, p.is_wide, p.entity_id,
            case when p.state = 'FAIL' and not p.is_passing_again then p.measured_value end as measured_value, p.operator,
            p.limit_value, p.unit, c.other_count
        from placed as p
        inner join counted as c on p.action_id = c.action_id and p.is_wide = c.is_wide
        where p.place = 1
    """,
}
_COPIED_VERDICTS = """
select v.* replace (
    t.copy_id as plant_id,
    case when d.action_id is not null then 'PASS' else v.state end as state
)
from {run}.int_plants__verdicts as v
inner join trials as t on v.plant_id = t.plant_id
left join open_verdicts as o on v.threshold_id = o.threshold_id and v.entity_id = o.entity_id and v.period_end_date = o.period_end_date
    and (o.is_narrow or (select count(*) from wide) > 0)
left join done as d on t.copy_id = d.copy_id and o.action_id = d.action_id
"""
_COPIED_PLANTS = """
select p.* replace (t.copy_id as plant_id)
from {run}.stg_plants__plants as p
inner join trials as t on p.plant_id = t.plant_id
"""
#: For each changed plant a copy of every book that it stands behind, in which it is green.
_BOOKS = """(
    select distinct a.portfolio_id, c.plant_id, a.portfolio_id || chr(31) || c.plant_id as copy_id
    from {run}.int_loans__attribution as a inner join changed as c on a.plant_id = c.plant_id
)"""
_COPIED_BOOKS = {
    "int_loans__exposure": f"select e.* replace (b.copy_id as portfolio_id) from {{run}}.int_loans__exposure as e"
    f" inner join {_BOOKS} as b on e.portfolio_id = b.portfolio_id",
    "int_loans__attribution": "select a.* replace (b.copy_id as portfolio_id,"
    " case when a.plant_id = b.plant_id then a.plant_id || chr(31) else a.plant_id end as plant_id)"
    f" from {{run}}.int_loans__attribution as a inner join {_BOOKS} as b on a.portfolio_id = b.portfolio_id",
    "int_plants__class": "select * from {run}.int_plants__class union all"
    " select p.* replace (p.plant_id || chr(31) as plant_id, 'green' as plant_class, 'green' as class_best, 'green' as class_worst)"
    " from {run}.int_plants__class as p inner join changed as c on p.plant_id = c.plant_id",
    "stg_plants__plants": "select * from {run}.stg_plants__plants union all"
    " select p.* replace (p.plant_id || chr(31) as plant_id)"
    " from {run}.stg_plants__plants as p inner join changed as c on p.plant_id = c.plant_id",
}
_EFFECTS = """
select split_part(portfolio_id, chr(31), 1) as portfolio_id, split_part(portfolio_id, chr(31), 2) as plant_id,
    assessed_rate_ratio, coverage_ratio, lower_ratio, upper_ratio
from {headline}
where sector = 'all' and strpos(portfolio_id, chr(31)) > 0
order by portfolio_id, plant_id
"""
