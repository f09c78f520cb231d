"""Every regime for one indicator of one plant as the run judged it: on one basis, on one ruler, which one is effective and why.

The figures are those of int_plants__effective_limits and int_plants__verdicts, which the scorecard shows too; nothing is judged here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pipelines.errors import WrongUseError
from pipelines.rulebook.explain_absent import absent_lines, elsewhere_lines
from pipelines.rulebook.explain_words import SIGNS, basis_words, justification_words, limit_words, name_of, reasons_of, why_words
from pipelines.rulebook.mistakes import near_miss
from pipelines.rulebook.published_sql import (
    ABSENT_SQL,
    ELSEWHERE_SQL,
    INDICATOR_NAMES_SQL,
    INDICATORS_SQL,
    PLANT_SQL,
    PLANTS_SQL,
    REASONS_OF_SQL,
    REASONS_SQL,
    REGIMES_SQL,
    RUN_SQL,
    WITHOUT_NUMBER_SQL,
    Read,
)
from pipelines.rulebook.ruler import EFFECTIVE, LIMIT, MEASURED, Ruler, ruler_over
from pipelines.rulebook.text_table import aligned, counted

Row = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """Plant and indicator as the run knows them."""

    plant: Row
    indicator: Row

    @property
    def keys(self) -> list[str]:
        """Parameters of the queries."""
        return [self.plant["plant_id"], self.indicator["indicator_id"]]


def find_asked(read: Read, plant_id: str, indicator: str) -> Asked:
    """The plant and the indicator (id, or a name that files use) in a run. Raises WrongUseError with a suggestion."""
    return Asked(find_plant(read, plant_id), _indicator(read, indicator))


def find_plant(read: Read, plant_id: str) -> Row:
    """A plant of the run. Raises WrongUseError with a suggestion."""
    found = read(PLANT_SQL, [plant_id])
    if not found:
        known = [row["plant_id"] for row in read(PLANTS_SQL, [])]
        some = ", ".join(known[:8]) + (", …" if len(known) > 8 else "")
        advice = near_miss(plant_id, known, f"it has {counted(len(known), 'plant')}: {some}")
        raise WrongUseError(f"plant {plant_id!r} is not in the published run; {advice}")
    return found[0]


def _indicator(read: Read, name: str) -> Row:
    known = {row["indicator_id"]: row for row in read(INDICATORS_SQL, [])}
    sent = {row["sent_name"]: row["indicator_id"] for row in read(INDICATOR_NAMES_SQL, [])}
    found = known.get(name) or known.get(sent.get(name.lower(), ""))
    if found is None:
        raise WrongUseError(f"indicator {name!r} is unknown; {near_miss(name, known, '`greencap rules docs` lists all')}")
    return found


def explain_lines(read: Read, asked: Asked, drafts: Collection[str] = ()) -> list[str]:
    """The regimes of a plant for an indicator as lines of text.

    Args: read: rows of the run, published or judged again. drafts: ids of rules judged as if they were active.
    """
    rows = read(REGIMES_SQL, asked.keys)
    words = {row["reason_code"]: row["title"] for row in read(REASONS_SQL, [])}
    reasons = reasons_of(read(REASONS_OF_SQL, asked.keys), words)
    lines = _head(read(RUN_SQL, [])[0], asked)
    for entity in dict.fromkeys(row["entity_id"] for row in rows):
        lines += ["", *_entity([row for row in rows if row["entity_id"] == entity], asked.indicator, reasons, drafts)]
    without_number = [line for row in read(WITHOUT_NUMBER_SQL, asked.keys) for line in _without_number(row, words, drafts)]
    lines += ["", *without_number] if without_number else []
    if not rows and not without_number:
        lines += ["", "No regime applies to this plant for this indicator."]
    lines += absent_lines(read(ABSENT_SQL, asked.keys), words, drafts)
    return [*lines, *elsewhere_lines(read(ELSEWHERE_SQL, asked.keys))]


def effective_lines(read: Read, asked: Asked) -> list[str]:
    """What counts in a run, one line an entity: to set beside the same run judged by other rules or on another day."""
    by_entity: dict[str, list[Row]] = defaultdict(list)
    for row in read(REGIMES_SQL, asked.keys):
        by_entity[row["entity_id"]].append(row)
    return [f"{entity}: {_counts(rows)}" for entity, rows in by_entity.items()] or ["no regime applies"]


def _head(run: Row, asked: Asked) -> list[str]:
    plant, indicator = asked.plant, asked.indicator
    better = "less is better" if indicator["direction"] == "max" else "more is better"
    unit = f", in {indicator['unit']}; {better}" if indicator["unit"] else ""
    return [
        f"{plant['plant_name']} ({plant['plant_id']}, {plant['country_iso3']}, {plant['sector']})",
        f"{indicator['title']} ({indicator['indicator_id']}){unit}",
        f"Run {run['run_id']}: limits that bind on {run['as_of_date']}, data of {run['window_start_date']} to {run['window_end_date']}, "
        f"first and last day included{_running(run)}",
    ]


def _running(run: Row) -> str:
    """What is judged beyond the window: of a month that is not over what has failed for good."""
    if run["as_of_date"] <= run["window_end_date"]:
        return ""
    first = run["window_end_date"] + timedelta(days=1)
    return f"; of the month that is running, {first} to {run['as_of_date']}, only what has failed for good"


def _entity(rows: list[Row], indicator: Row, reasons: dict[Any, str], drafts: Collection[str]) -> list[str]:
    bases: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        bases[row["basis"], row["basis_o2_pct"]].append(row)
    order = sorted(bases.values(), key=lambda group: (-sum(row["is_binding"] for row in group), -len(group), group[0]["basis"]))
    ruler = ruler_over(row[name] for row in rows for name in ("comparable_value", "measured_on_basis"))
    what = ", ".join(word for word in (rows[0]["process"], rows[0]["technology"]) if word)
    count = f"{counted(len(rows), 'regime')} on {counted(len(order), 'basis', 'bases')}"
    lines = [f"{rows[0]['entity_id']}{f' ({what})' if what else ''}: {count}", f"  What counts: {_counts(rows)}"]
    if len(order) > 1:
        lines.append("  Limits of different bases cannot be converted into each other: each basis is tested, the worst state counts.")
    for no, group in enumerate(order, start=1):
        lines += ["", f"  Basis {no}: {basis_words(group[0])}, {indicator['unit'] or 'no unit'}; strictest first"]
        lines += [*_marks(group, ruler), *(line for row in group for line in _details(row, group, reasons, drafts))]
    return lines


def _counts(rows: list[Row]) -> str:
    """The state that the scorecard takes from these regimes, and the limits that make it."""
    effective = [row for row in rows if row["is_effective"]]
    if not effective:
        return "nothing, no verified limit binds here; the regimes are shown for comparison"
    limits = ", ".join(f"{name_of(row)} ({limit_words(row)}) {row['state']}" for row in effective)
    return f"{effective[0]['effective_state']} – effective: {limits}"


def _marks(group: list[Row], ruler: Ruler) -> list[str]:
    """The ruler: a line a limit, and a line for what was measured."""
    cells = [("", "", ruler.head(), "")]
    for row in group:
        limit = row["comparable_value"]
        figure = f"{SIGNS[row['operator']]} {limit:.6g}" if limit is not None else "no number"
        mark = "→ effective" if row["is_effective"] else "binding" if row["is_binding"] else ""
        cells.append((mark, figure, ruler.line(limit, EFFECTIVE if row["is_effective"] else LIMIT), f"{row['state']}  {name_of(row)}"))
    measured = [row["measured_on_basis"] for row in group if row["measured_on_basis"] is not None]
    if measured:
        worst = max(measured) if group[0]["operator"] in ("at_most", "below") else min(measured)
        cells.append(("measured", f"{worst:.6g}", ruler.line(worst, MEASURED), "worst value of the periods judged"))
    return aligned(cells, "    ")


def _details(row: Row, group: list[Row], reasons: dict[Any, str], drafts: Collection[str]) -> list[str]:
    """What a regime says, where it stands and why it counts or does not."""
    draft = "DRAFT, judged as if active · " if row["rule_id"] in drafts else ""
    measured = f", measured {row['measured_value']:.6g}" if row["measured_value"] is not None else ""
    because = reasons.get((row["threshold_id"], row["entity_id"], row["state"]), "")
    lines = [
        f"    {name_of(row)}: {draft}{limit_words(row)}",
        f"        {row['instrument_title']}, {row['clause']} · {row['layer']} · evidence {row['evidence']}",
        f"        {row['state']}{measured}{f': {because}' if because else ''}",
        f"        {why_words(row, group)}",
    ]
    if row["overlay_id"]:
        moved = f"{row['limit_without_overlay']:.6g} → {row['limit_value']:.6g}" if row["limit_value"] is not None else "limit"
        lines.append(f"        moved by overlay {row['overlay_id']} ({row['overlay_title']}): {moved}; {row['overlay_justification']}")
    return lines + [f"        {words}" for words in justification_words(row)]


def _without_number(row: Row, words: dict[str, str], drafts: Collection[str]) -> list[str]:
    draft = ", DRAFT judged as if active" if row["rule_id"] in drafts else ""
    standing = "does not bind here" if not row["is_binding"] else "binds here" if row["is_verified"] else "would bind, awaits verification"
    return [
        f"{row['entity_id']}: {row['state']} – {row['rule_id']}{draft}: {row['title']}",
        f"    {words.get(row['reason_code'], row['reason_code'])}",
        f"    {row['instrument_title']}, {row['clause']} · {row['layer']} · evidence {row['evidence']} · {standing}",
    ]
