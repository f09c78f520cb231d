"""A large register of findings, made up: 500 works, 40 rules, three states, some of it unknown. The bench uses the same rows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from pipelines.report.site import formats
from pipelines.report.site.addresses import FINDINGS, plant_address
from pipelines.report.site.names import Names
from pipelines.report.site.row_table import Table, day_column, mark_column, number_column, text_column, word_column

COUNT = 50_000
_STATES = ("OPEN", "OPEN", "OPEN", "WAIVED", "CLOSED")
_STYLES = {"OPEN": "not-green", "WAIVED": "unknown", "CLOSED": "green"}
_SECTORS = ("cement", "steel", "flat_glass")


def made_up_table(count: int = COUNT) -> Table:
    """The table of the page on findings with `count` rows."""
    rows = range(count)
    plants = [f"{place % 500:03d}Q" for place in rows]
    columns: dict[str, Any] = {
        "finding": text_column([f"F-{place:012d}" for place in rows]),
        "state": mark_column([_STATES[place % 5] for place in rows], lambda code: Names.of("finding", code), _STYLES.__getitem__),
        "standing": word_column(["binding" if place % 3 else "comparison" for place in rows], lambda code: Names.of("stands", code)),
        "plant": word_column(plants, lambda plant: f"Works {plant}", lambda plant: plant_address(f"P{plant}")),
        "rule": word_column([place * 7 % 40 for place in rows], lambda rule: f"Rule R{rule:02d}X of an instrument"),
        "where": word_column([f"stack:{plant}-S{place % 4}" for place, plant in enumerate(plants)], str),
        "value": word_column([place * 37 % 9001 / 10 for place in rows], formats.significant, sort=lambda value: value),
        "limit": word_column([place % 17 * 10 + 5 for place in rows], lambda limit: f"at most {limit} mg/Nm3", sort=lambda limit: limit),
        "headroom": number_column([None if place % 11 == 0 else -(place * 7919 % 10_007) / 1000 for place in rows], "percent", 1),
        "failed": day_column([date(2025, 7, 1) + timedelta(days=place % 365) for place in rows]),
        "cure": day_column([None if place % 4 == 0 else date(2026, 1, 1) + timedelta(days=place % 301) for place in rows]),
        "days": number_column([place * 31 % 2000 for place in rows], "days"),
        "exposure": word_column([(place % 500) * 1000 for place in rows], formats.number, sort=lambda amount: amount),
        "owner": word_column([None if place % 2 else f"owner {place % 9}" for place in rows], lambda owner: owner or "–"),
        "severity": word_column(["error" if place % 2 else "warning" for place in rows], lambda code: Names.of("severity", code)),
        "change": word_column(["NEW" if place % 5 == 0 else "PERSISTING" for place in rows], lambda code: Names.of("change", code)),
        "sector": word_column([_SECTORS[place % 3] for place in rows], lambda code: Names.of("sector", code)),
        "country": word_column([("PAK", "KAZ", "VNM", "EGY")[place % 4] for place in rows], str),
    }
    return Table(FINDINGS, columns, dict.fromkeys(columns, "finding.state"), facets=(), searched=())
