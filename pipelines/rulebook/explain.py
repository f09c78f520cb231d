"""Every regime for one indicator of one plant, on one basis and one ruler: which bind, which one counts and why, which do not apply."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Any

from pipelines.errors import WrongUseError
from pipelines.rulebook.mistakes import near_miss
from pipelines.rulebook.model import Indicator
from pipelines.rulebook.published_sql import AS_OF_SQL, ELSEWHERE_SQL, PLANT_SQL, PLANTS_SQL, REGIMES_SQL, Read
from pipelines.rulebook.text_table import aligned, counted

Row = dict[str, Any]

#: Oxygen of air in the correction (21 − ref)/(21 − measured): limits of one indicator at two reference oxygens differ by this factor only.
AIR_O2_PCT = 21.0
_RULER_WIDTH = 32
_SIGNS = {"at_most": "≤", "below": "<", "at_least": "≥", "above": ">"}
_AVERAGES = {"hour": "hourly means", "day": "daily means", "month": "monthly values", "year": "yearly value", "spot": "single measurements"}
_CAPS = ("at_most", "below")


def explain_lines(read: Read, plant_id: str, indicator: Indicator, on: date | None, reasons: dict[str, str]) -> list[str]:
    """The regimes of a plant for an indicator as lines of text.

    Args: read: rows of the published run. on: day to look at; None = the day the run is true for, with its whole window.
        reasons: words of each reason code.
    Raises: WrongUseError when the run knows no such plant.
    """
    plant = _plant(read, plant_id)
    run = read(AS_OF_SQL, [])[0]
    day = on or run["as_of_date"]
    rows = read(REGIMES_SQL, [plant_id, indicator.indicator_id, day, on is None])
    unit = indicator.unit.name if indicator.unit else ""
    period = "the twelve months before" if on is None else "periods with this day"
    lines = [
        f"{plant['plant_name']} ({plant_id}, {plant['country_iso3']}, {plant['sector']}) – {indicator.title}, in {unit}",
        f"Run {run['run_id']}; rules in force on {day}; measured in {period}",
    ]
    applying = [row for row in rows if row["is_applicable"] == "yes" and _binds_on(row, day)]
    for entity in dict.fromkeys(row["entity_id"] for row in applying):
        lines += ["", *_entity_lines([row for row in applying if row["entity_id"] == entity], unit)]
    if not applying:
        lines += ["", "No regime applies to this plant for this indicator."]
    return [*lines, *_not_applying(rows, day, reasons), *_elsewhere(read(ELSEWHERE_SQL, [plant_id, indicator.indicator_id]))]


def _plant(read: Read, plant_id: str) -> Row:
    found = read(PLANT_SQL, [plant_id])
    if not found:
        known = [row["plant_id"] for row in read(PLANTS_SQL, [])]
        advice = near_miss(plant_id, known, f"it has {counted(len(known), 'plant')}")
        raise WrongUseError(f"plant {plant_id!r} is not in the published run; {advice}")
    return found[0]


def _binds_on(row: Row, day: date) -> bool:
    return row["bound_from_date"] <= day and (row["bound_to_date"] is None or day < row["bound_to_date"])


def basis_of(row: Row) -> tuple[Any, ...]:
    """What two limits must share to be put on one scale. Reference oxygen may differ where both have one."""
    oxygen = row["ref_o2_pct"] is not None
    share = (row["pass_test"], row["pass_share_ratio"], row["period_share_over"])
    return row["averaging"], *share, row["gas_basis"], oxygen, row["operator"] in _CAPS


def at_oxygen(value: float, from_o2_pct: float | None, to_o2_pct: float | None) -> float:
    """A concentration at one reference oxygen as it is at another: value × (21 − to)/(21 − from); unchanged where there is none."""
    if from_o2_pct is None or to_o2_pct is None:
        return value
    return value * (AIR_O2_PCT - to_o2_pct) / (AIR_O2_PCT - from_o2_pct)


def _entity_lines(rows: list[Row], unit: str) -> list[str]:
    by_basis: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        by_basis[basis_of(row)].append(row)
    first = rows[0]
    what = ", ".join(word for word in (first["process"], first["technology"]) if word)
    lines = [
        f"{first['entity_id']}{f' ({what})' if what else ''}: {counted(len(rows), 'regime')} on {counted(len(by_basis), 'basis', 'bases')}"
    ]
    order = sorted(by_basis.values(), key=lambda group: (-sum(_counts(row) for row in group), -len(group), str(basis_of(group[0]))))
    for no, group in enumerate(order):
        if no == 1:
            lines.append("  Not to be converted to the basis above (other averaging, test or reference state); tested each on its own:")
        lines += _ruler(group, unit)
    effective = [one for group in order if (one := _effective(group))]
    states = [row["state"] or "not judged" for row in effective]
    if effective:
        lines.append(f"  What counts: {', '.join(f'{_name(row)} {state}' for row, state in zip(effective, states, strict=True))}")
        if len(effective) > 1:
            lines.append("    bases that cannot be converted are each tested; the worst state counts")
    else:
        lines.append("  What counts: nothing binds here; the regimes are shown for comparison")
    return lines


def _counts(row: Row) -> bool:
    """Whether a regime binds and is verified well enough to count."""
    return bool(row["is_binding"] and row["is_verified"])


def _effective(group: list[Row]) -> Row | None:
    binding = [row for row in group if _counts(row) and row["limit_value"] is not None]
    return min(binding, key=lambda row: _strictness(row, _oxygen(group))) if binding else None


def _strictness(row: Row, oxygen: float | None) -> tuple[float, int, str]:
    value = at_oxygen(row["limit_value"], row["ref_o2_pct"], oxygen)
    return (value if row["operator"] in _CAPS else -value, row["operator"] in ("at_most", "at_least"), row["threshold_id"])


def _oxygen(group: list[Row]) -> float | None:
    """The reference oxygen that most regimes of a basis use; the lower of two that are equally frequent."""
    counts = Counter(row["ref_o2_pct"] for row in group if row["ref_o2_pct"] is not None)
    return min(counts, key=lambda value: (-counts[value], value)) if counts else None


def _ruler(group: list[Row], unit: str) -> list[str]:
    oxygen, numbers = _oxygen(group), [row for row in group if row["limit_value"] is not None]
    effective = _effective(group)
    marks = [(_strictness(row, oxygen), _limit_cells(row, oxygen, effective)) for row in numbers]
    is_cap = group[0]["operator"] in _CAPS
    measured = [at_oxygen(row["measured_value"], row["ref_o2_pct"], oxygen) for row in group if row["measured_value"] is not None]
    if measured:
        worst = max(measured) if is_cap else min(measured)
        marks.append(((worst if is_cap else -worst, -1, ""), ("measured", f"{worst:.6g}", "◆", "worst value on this basis")))
    marks.sort(key=lambda mark: mark[0])
    highest = max((abs(key[0]) for key, _ in marks), default=0.0) or 1.0
    cells = [(a, b, _bar(abs(key[0]) / highest, c), d) for key, (a, b, c, d) in marks]
    formulas = [("  formula", "", "", f"{_name(row)} [{row['limit_expression']}]") for row in group if row["limit_value"] is None]
    return [
        f"  On {_basis_words(group[0], oxygen)}, {unit}, strictest first:",
        *aligned([*cells, *formulas], "    "),
        *_why(effective, group),
    ]


def _bar(share: float, sign: str) -> str:
    at = round(min(max(share, 0.0), 1.0) * (_RULER_WIDTH - 1))
    return "|" + "·" * at + sign + "·" * (_RULER_WIDTH - 1 - at) + "|"


def _limit_cells(row: Row, oxygen: float | None, effective: Row | None) -> tuple[str, str, str, str]:
    value = at_oxygen(row["limit_value"], row["ref_o2_pct"], oxygen)
    mark = "→ effective" if row is effective else "binding" if _counts(row) else "awaiting" if row["is_binding"] else ""
    printed = _printed(row) + (f" at {row['ref_o2_pct']:.3g} % O2" if row["ref_o2_pct"] is not None else "")
    state = row["state"] or "not judged in this period"
    own = f", {row['measured_value']:.6g}" if row["measured_value"] is not None else ""
    return (
        mark,
        f"{_SIGNS[row['operator']]} {value:.6g}",
        "×",
        f"{_name(row)} · {row['layer']} · {printed} · {row['evidence']} · {state}{own}",
    )


def _printed(row: Row) -> str:
    if row["printed_value"] is None:
        return f"printed [{row['limit_expression']}]"
    return f"printed {row['printed_value']:.6g} {row['printed_unit']}"


def _name(row: Row) -> str:
    return f"{row['rule_id']}#{row['tier']}" if row["tier"] else str(row["rule_id"])


def _basis_words(row: Row, oxygen: float | None) -> str:
    share = (
        f"{row['pass_share_ratio']:.0%} of the periods of a {row['period_share_over'] or 'month'}"
        if row["pass_share_ratio"] is not None
        else "every period"
    )
    words = [_AVERAGES.get(row["averaging"], str(row["averaging"])), share]
    if row["gas_basis"]:
        words += [f"{row['gas_basis']} gas", f"{oxygen:.3g} % O2" if oxygen is not None else "no oxygen correction"]
    return ", ".join(words)


def _why(effective: Row | None, group: list[Row]) -> list[str]:
    waiting = [row for row in group if row["is_binding"] and not row["is_verified"]]
    lines = [f"    awaiting verification, moves no class: {', '.join(_name(row) for row in waiting)}"] if waiting else []
    if effective is None:
        return lines
    binding = sum(_counts(row) for row in group)
    why = "the only binding limit on this basis" if binding == 1 else f"the strictest of {binding} binding limits on this basis"
    return [f"    effective: {_name(effective)}, {why} ({effective['layer']}, {effective['instrument_title']})", *lines]


def _not_applying(rows: list[Row], day: date, reasons: dict[str, str]) -> list[str]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if not _binds_on(row, day):
            until = f" to {row['bound_to_date']}" if row["bound_to_date"] else ""
            found[f"not in force on {day}: binds from {row['bound_from_date']}{until}"].add(f"{_name(row)} ({row['entity_id']})")
        elif row["is_applicable"] != "yes":
            code = row["not_applicable_reason"]
            kind = "undecided" if row["is_applicable"] == "unknown" else "out of scope"
            found[f"{kind}: {reasons.get(code, code)}"].add(f"{_name(row)} ({row['entity_id']})")
    return [
        line
        for reason, names in sorted(found.items())
        for line in ("", f"{reason[0].upper()}{reason[1:]}", *(f"  {name}" for name in sorted(names)))
    ]


def _elsewhere(rows: list[Row]) -> list[str]:
    """Rules that were never looked at for the plant; those of another sector are only counted."""
    near = [row for row in rows if row["is_about_sector"]]
    groups = {
        "About another country, process or route": [row["rule_id"] for row in near if row["status"] != "draft"],
        "Drafts, never judged": [row["rule_id"] for row in near if row["status"] == "draft"],
    }
    lines = [
        line
        for title, names in groups.items()
        if names
        for line in ("", f"{title}: {counted(len(names), 'rule')}", *(f"  {name}" for name in names))
    ]
    others = len(rows) - len(near)
    return lines + (["", f"About another sector: {counted(others, 'rule')}"] if others else [])
