"""One indicator at one place of a plant: its verdicts, the one that stands for it, its months, its limits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pipelines.report.regimes import Regimes
from pipelines.report.scorecard import Row
from pipelines.report.site.addresses import indicator_address, indicator_fragment, returns_address
from pipelines.report.site.names import Names
from pipelines.report.site.plant_rows import PlantRows
from pipelines.report.site.words import Text, t

#: Days shown hour by hour on one page: the worst of the worst rule's periods. The others stand in the table of verdicts.
_DAYS = 3
#: Limits drawn in a plot at most: those of the law and of the lender first, then the strictest.
_LINES = 4


@dataclass(frozen=True)
class IndicatorView:
    """The verdicts of an indicator at a place, worst first."""

    verdicts: list[Row]
    rows: PlantRows

    @property
    def row(self) -> Row:
        """The worst verdict that says must or should at the tier that binds; without one, the worst of all."""
        binding = [row for row in self.verdicts if row["severity"] != "info" and row["is_binding_tier"]]
        return (binding or self.verdicts)[0]

    @property
    def address(self) -> str:
        """Its page: one of its own for a stack, else that of the plant's returns."""
        if self.row["stack_id"]:
            return indicator_address(self.row["entity_id"], self.row["indicator_id"])
        return returns_address(self.row["plant_id"])

    @property
    def fragment(self) -> str:
        """Its place on a page that it shares."""
        return "" if self.row["stack_id"] else indicator_fragment(self.row["entity_id"], self.row["indicator_id"])

    @property
    def title(self) -> Text | str:
        found = self.rows.indicators.get(self.row["indicator_id"], {})
        return Names.indicator(self.row["indicator_id"], found.get("title"))

    @property
    def unit(self) -> str:
        return str(self.row["unit"] or "")

    @property
    def place(self) -> Text | str:
        """`whole plant`, else the kind and id of the unit or stack."""
        kind, _, name = self.row["entity_id"].partition(":")
        return t("place.plant") if kind == "plant" else t(f"place.{kind}", name)

    @cached_property
    def regimes(self) -> list[Regimes]:
        """Limits of all regimes, by basis, strictest first."""
        found: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows.regimes[self.row["entity_id"], self.row["indicator_id"]]:
            found.setdefault((row["basis"], str(row["basis_o2_pct"])), []).append(row)
        return [
            Regimes(sorted(rows, key=lambda row: (row["strictness_rank"] or 0, row["rule_id"], row["tier"])))
            for _, rows in sorted(found.items())
        ]

    @property
    def regime(self) -> Regimes:
        """The limits on the basis of the worst rule, else on the basis with the most limits."""
        own = (one for one in self.regimes if any(row["rule_id"] == self.row["rule_id"] for row in one.rows))
        return next(own, max(self.regimes, key=lambda one: len(one.rows)))

    @property
    def elsewhere(self) -> list[Row]:
        """Limits on other bases than the one shown: they cannot stand on the same ruler, and may be the stricter ones."""
        return [row for one in self.regimes if one.rows != self.regime.rows for row in one.rows]

    @property
    def top(self) -> float:
        """The largest limit or value, for the end of a ruler."""
        ends = (row[name] for row in self.verdicts for name in ("limit_value", "measured_value"))
        return max((float(end) for end in ends if end is not None), default=1.0)

    @property
    def effective(self) -> Row | None:
        """The limit in effect: the strictest that binds and is verified."""
        return next((row for regime in self.regimes for row in regime.rows if row["is_effective"]), None)

    @cached_property
    def months(self) -> list[Row]:
        """Verdicts of the worst rule by month, oldest first; none where it is not judged by month."""
        same = [row for row in self.verdicts if row["threshold_id"] == self.row["threshold_id"] and row["stack_id"]]
        return sorted(same, key=lambda row: row["period_end_date"]) if len(same) > 1 else []

    @property
    def worst_days(self) -> list[Row]:
        """The verdicts whose highest day is shown hour by hour; none where the rule held or judges no stack."""
        if self.row["state"] != "FAIL" or not self.row["stack_id"]:
            return []
        same = [row for row in self.verdicts if row["threshold_id"] == self.row["threshold_id"] and row["state"] == "FAIL"]
        dated = [row for row in same if row["highest_date"]]
        return sorted(dated, key=lambda row: (row["headroom_ratio"] or 0, row["period_end_date"]))[:_DAYS]

    @cached_property
    def limits(self) -> list[tuple[float, str]]:
        """Limits on the basis of the months, for a plot: value and instrument, the lowest first."""
        basis = self.row["averaging"], self.row["ref_o2_pct"]
        found = {
            row["limit_value"]: str(row["instrument_title"] or row["rule_id"])
            for row in reversed(self.verdicts)
            if (row["averaging"], row["ref_o2_pct"]) == basis and row["limit_value"] is not None
        }
        own = self.row["limit_value"]
        nearest = sorted(found, key=lambda limit: (limit != own, limit))[:_LINES]
        return sorted((float(limit), found[limit]) for limit in nearest)


def indicator_views(rows: PlantRows, plant_id: str) -> list[IndicatorView]:
    """The measured indicators of a plant that have an answer, worst first, then by title and place."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows.verdicts[plant_id]:
        if row["kind"] == "limit":
            found.setdefault((row["entity_id"], row["indicator_id"]), []).append(row)
    views = [IndicatorView(verdicts, rows) for verdicts in found.values()]
    return sorted(views, key=lambda view: (_weight(view.row), str(view.title), view.row["entity_id"]))


def _weight(row: Row) -> tuple[bool, int]:
    order = ("FAIL", "ERROR", "NO_DATA", "INDETERMINATE", "PASS")
    is_comparison = row["severity"] == "info" or not row["is_binding_tier"]
    return is_comparison, order.index(row["state"]) if row["state"] in order else len(order)
