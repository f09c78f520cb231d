"""How a measured value came about, in words: the worst reading of a stack, and the returned items of an annual value."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from pipelines.report.background import Background, Row
from pipelines.report.format import NULL, decimal, number, significant

_THOUSAND = 1000


@dataclass(frozen=True)
class AnnualValue:
    """One indicator of a plant or unit with the items it was made of, sums over the complete periods of the window."""

    items: list[Row]

    @property
    def row(self) -> Row:
        return self.items[0]

    @property
    def formula(self) -> str:
        """`electricity used 58,533,500 kWh × 0.1229 ÷ clinker 805,920 t`."""
        above, below = (self._side(role) for role in ("numerator", "denominator"))
        return f"{above} ÷ {below}" if below else above

    @property
    def periods(self) -> str:
        row = self.row
        kind = "month" if row["is_monthly"] else "period"
        count = f"{number(row['period_count'])} complete {kind}{'' if row['period_count'] == 1 else 's'}"
        return f"{count}, {row['period_start_date']} to {row['period_end_date']}"

    @property
    def source(self) -> str:
        """The files and the first and last row of them that hold the items."""
        first = min((row["first_row_number"] for row in self.items if row["first_row_number"] is not None), default=None)
        last = max((row["last_row_number"] for row in self.items if row["last_row_number"] is not None), default=None)
        names = sorted({row["source_file_name"] for row in self.items if row["source_file_name"]})
        files = ", ".join(names) or NULL
        if len(names) > 1 or any(row["source_file_count"] > 1 for row in self.items):
            return f"{files} and others of the same returns" if len(names) == 1 else files
        return f"{files}, rows {first} to {last}" if first is not None else files

    def _side(self, role: str) -> str:
        parts = [_item_words(row) for row in self.items if row["role"] == role]
        return f"({' + '.join(parts)})" if len(parts) > 1 else "".join(parts)


def annual_values(background: Background, plant_id: str) -> list[AnnualValue]:
    """Values that returns gave for a plant and its units, in the order of place and indicator."""
    rows = background.returned_items.get(plant_id, [])
    return [AnnualValue(list(group)) for _, group in groupby(rows, key=lambda row: (row["entity_id"], row["indicator_id"]))]


def reading_words(verdict: Row, reading: Row | None) -> str:
    """Day, hour and value as sent of the reading behind a verdict on a stack, and what it becomes; empty for other verdicts."""
    if reading is None:
        return ""
    sent = f"{reading['period_start_at']:%Y-%m-%d %H:%M}, sent {significant(reading['sent_value'])} {reading['sent_unit'] or ''}".rstrip()
    oxygen = f", oxygen {significant(reading['o2_pct'])} %" if reading["o2_pct"] is not None else ""
    if verdict["averaging"] != "hour":
        return f"Worst reading in it: {sent}{oxygen}"
    value = f"{significant(verdict['measured_value'])} {verdict['unit'] or ''}".rstrip()
    return f"Worst hour: {sent}{oxygen} → {value}{_at_oxygen(verdict)}"


def reference_words(verdict: Row) -> str:
    """Averaging and reference state of a limit: `by hour, dry at 10 % O2`."""
    by = f"by {verdict['averaging']}" if verdict["averaging"] else ""
    state = f"{verdict['gas_basis'] or ''}{_at_oxygen(verdict)}".strip()
    return ", ".join(part for part in (by, state) if part)


def _at_oxygen(verdict: Row) -> str:
    return f" at {significant(verdict['ref_o2_pct'])} % O2" if verdict["ref_o2_pct"] is not None else ""


def _item_words(row: Row) -> str:
    value = decimal(row["item_value"])
    amount = NULL if value is None else number(value, 1).removesuffix(".0") if abs(value) >= _THOUSAND else significant(value, 6)
    factor = "" if row["factor"] in (None, 1) else f" × {significant(row['factor'], 6)}"
    return f"{row['item_title']} {amount} {row['unit'] or ''}".rstrip() + factor
