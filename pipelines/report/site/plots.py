"""Plots on a fixed grid: the trend over runs, months against limits, hours around an exceedance. Geometry only, no figures of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import escape

from pipelines.report.format import significant
from pipelines.report.site.charts import svg
from pipelines.report.site.formats import day, month, number, percent
from pipelines.report.site.words import Text, both, t

if TYPE_CHECKING:
    from markupsafe import Markup

Row = dict[str, Any]
_WIDTH, _LEFT, _RIGHT, _TOP = 760.0, 72.0, 56.0, 14.0


@dataclass(frozen=True)
class Grid:
    """A plot's area: `count` places from left to right, values from zero to `top` upwards."""

    count: int
    top: float
    height: float
    bottom: float = 26.0

    def x(self, place: float) -> float:
        """Middle of a place."""
        return _LEFT + (place + 0.5) * self.step

    @property
    def step(self) -> float:
        return (_WIDTH - _LEFT - _RIGHT) / max(self.count, 1)

    def y(self, value: float) -> float:
        return _TOP + (self.height - _TOP - self.bottom) * (1 - min(max(value, 0.0), self.top) / self.top)

    def lines(self, ticks: Sequence[tuple[float, Text | str]]) -> list[str]:
        """Level lines with their words at the left."""
        found = []
        for value, word in ticks:
            y = _n(self.y(value))
            found.append(f'<path d="M{_n(_LEFT)} {y}H{_n(_WIDTH - _RIGHT)}" class="axis"/>')
            found.append(text(_LEFT - 6, self.y(value) + 4, word, "e"))
        return found

    def below(self, place: float, word: Text | str, line: int = 0) -> str:
        """A word under a place, in the first or a further line."""
        return text(self.x(place), self.height - self.bottom + 18 + 15 * line, word)

    def beside(self, word: Text | str, line: int) -> str:
        """What a line under the places says."""
        return text(_LEFT - 6, self.height - self.bottom + 18 + 15 * line, word, "e")


def text(x: float, y: float, word: Text | str, name: str = "") -> str:
    """A text in both languages, its middle at `x`; `name`: `e` ends there, `s` starts there (`site.css`)."""
    style = f' class="{name}"' if name else ""
    return f'<text x="{_n(x)}" y="{_n(y)}"{style}{both(word).attributes}>{escape(str(word))}</text>'


def heading(title: Text | str, description: Text | str) -> str:
    """Title and description of a plot for those who do not see it."""
    return "".join(f"<{tag}{both(word).attributes}>{escape(str(word))}</{tag}>" for tag, word in (("title", title), ("desc", description)))


def trend_plot(rows: Sequence[Row], title: Text, description: Text) -> Markup:
    """Green share of what was assessed, the range around it and the coverage, over the days of the runs; ▲ where the rule files changed."""
    grid = Grid(len(rows), 1.0, 220)
    shapes = grid.lines([(value, percent(value, 0)) for value in (0.0, 0.5, 1.0)])
    for place, row in enumerate(rows):
        if row["is_rules_changed"]:
            x = _n(grid.x(place))
            shapes.append(f'<path d="M{x} {_n(_TOP)}V{_n(grid.height - grid.bottom)}" class="changed"/>{text(grid.x(place), 11, "▲")}')
        low, high = (grid.y(row[name] or 0) for name in ("lower_ratio", "upper_ratio"))
        width = min(grid.step * 0.5, 26)
        box = f'x="{_n(grid.x(place) - width / 2)}" y="{_n(high)}" width="{_n(width)}" height="{_n(max(low - high, 1))}"'
        shapes.append(f'<rect {box} class="range"/>')
    shapes += [_path(grid, rows, "coverage_ratio", "covered"), _path(grid, rows, "assessed_rate_ratio", "ink")]
    shapes += [_dot(grid, place, row["assessed_rate_ratio"]) for place, row in enumerate(rows) if row["assessed_rate_ratio"] is not None]
    every = max(1, len(rows) // 6)
    shapes += [grid.below(place, day(row["as_of_date"])) for place, row in enumerate(rows) if (len(rows) - 1 - place) % every == 0]
    return _plot(shapes, grid, heading(title, description))


def months_plot(rows: Sequence[Row], limits: Sequence[tuple[float, Text | str]], title: Text, description: Text) -> Markup:
    """Mean of each month as a bar and its highest average as a tick, against the limits; a month without enough data has a dashed outline.

    Below each month: the share of operating hours with a valid value, and the hours left out.

    Args: rows: period_end_date, mean_value, worst_value, state, capture_ratio, excluded_count.
    """
    values = [float(value) for row in rows for value in (row["mean_value"], row["worst_value"]) if value is not None]
    grid = Grid(len(rows), max([*values, *(limit for limit, _ in limits)], default=1.0) * 1.08 or 1.0, 262, 58)
    shapes = grid.lines([(value, significant(value, 2)) for value in (0.0, _round_tick(grid.top))])
    shapes += _bars(grid, [(place, row["mean_value"], _month_style(row)) for place, row in enumerate(rows)])
    shapes.append(_ticks(grid, [row["worst_value"] for row in rows], "worst"))
    for place, row in enumerate(rows):
        shapes += _month(grid, place, row)
        if place % 2 == (len(rows) + 1) % 2:
            shapes.append(grid.below(place, month(row["period_end_date"])))
        shapes += [grid.below(place, percent(row["capture_ratio"], 0), 1), grid.below(place, number(row["excluded_count"]), 2)]
    shapes += [grid.beside(t("capture"), 1), grid.beside(t("excluded"), 2)]
    shapes += _limit_lines(grid, limits)
    return _plot(shapes, grid, heading(title, description))


def hours_plot(rows: Sequence[Row], limits: Sequence[tuple[float, Text | str]], title: Text, description: Text) -> Markup:
    """Readings of a day as steps at the limit's reference; what the limit leaves out is hollow, the deciding one has a rhombus.

    Args: rows: value (null = none), is_counted, is_deciding, label.
    """
    values = [float(row["value"]) for row in rows if row["value"] is not None]
    grid = Grid(len(rows), max([*values, *(limit for limit, _ in limits)], default=1.0) * 1.08 or 1.0, 230)
    shapes = grid.lines([(value, significant(value, 2)) for value in (0.0, _round_tick(grid.top))])
    shapes += _bars(grid, [(place, row["value"], "bar" if row["is_counted"] else "hollow") for place, row in enumerate(rows)])
    for place, row in enumerate(rows):
        if row["value"] is not None and row["is_deciding"]:
            y = grid.y(float(row["value"]))
            shapes.append(f'<path d="M{_n(grid.x(place))} {_n(y - 6)}l5 6l-5 6l-5 -6Z" class="value"/>')
        if place % max(1, len(rows) // 8) == 0:
            shapes.append(grid.below(place, row["label"]))
    shapes += _limit_lines(grid, limits)
    return _plot(shapes, grid, heading(title, description))


def _month_style(row: Row) -> str:
    return "hollow" if row["state"] in ("NO_DATA", "ERROR") else "bar"


def _month(grid: Grid, place: int, row: Row) -> list[str]:
    """What a bar does not tell: that there is no value."""
    return [text(grid.x(place), grid.y(0) - 6, "?")] if row["mean_value"] is None else []


def _bars(grid: Grid, values: Sequence[tuple[int, Any, str]]) -> list[str]:
    """Bars from zero to values, a path for each style; `values`: place, value (null = none), style."""
    width, ground = grid.step * 0.62, grid.y(0)
    found: dict[str, str] = {}
    for place, value, style in values:
        if value is not None:
            y = min(grid.y(float(value)), ground - 1)
            bar = f"M{_n(grid.x(place) - width / 2)} {_n(y)}h{_n(width)}V{_n(ground)}h{_n(-width)}z"
            found[style] = found.get(style, "") + bar
    return [f'<path d="{bars}" class="{style}"/>' for style, bars in sorted(found.items())]


def _ticks(grid: Grid, values: Sequence[Any], name: str) -> str:
    """A short level line at the value of each place, all in one path."""
    width = grid.step * 0.6
    lines = [
        f"M{_n(grid.x(place) - width / 2)} {_n(grid.y(float(value)))}h{_n(width)}"
        for place, value in enumerate(values)
        if value is not None
    ]
    return f'<path d="{"".join(lines)}" class="{name}"/>' if lines else ""


def _limit_lines(grid: Grid, limits: Sequence[tuple[float, Text | str]]) -> list[str]:
    """Limits with their values at the right, apart where the lines are close."""
    found, last = [], -12.0
    for limit, _ in sorted(limits, key=lambda one: -one[0]):
        last = max(grid.y(limit) + 4, last + 12)
        value = text(_WIDTH - _RIGHT + 4, last, significant(limit), "s")
        found.append(f'<path d="M{_n(_LEFT)} {_n(grid.y(limit))}H{_n(_WIDTH - _RIGHT)}" class="limit"/>{value}')
    return found


def _path(grid: Grid, rows: Sequence[Row], column: str, name: str) -> str:
    points = [(grid.x(place), grid.y(row[column])) for place, row in enumerate(rows) if row[column] is not None]
    return f'<path d="M{"L".join(f"{_n(x)} {_n(y)}" for x, y in points)}" class="{name}"/>' if points else ""


def _dot(grid: Grid, place: int, value: float) -> str:
    return f'<circle cx="{_n(grid.x(place))}" cy="{_n(grid.y(value))}" r="4" class="dot"/>'


def _round_tick(top: float) -> float:
    """The largest of 1, 2, 5 times a power of ten below the top."""
    power = 10.0 ** len(str(int(top))) if top >= 1 else 1.0
    while power > 1e-12:
        for step in (5, 2, 1):
            if step * power <= top:
                return step * power
        power /= 10
    return top


def _plot(shapes: list[str], grid: Grid, head: str) -> Markup:
    return svg(shapes, "plot", f"0 0 {_WIDTH:.0f} {grid.height:.0f}", head)


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
