"""Drawings as SVG: small ones for the cells of a table, whose figures stand beside them, and plots with a title and a description.

Widths inside a cell are percentages, so that a cell drawing fills any screen without scaling its strokes. Colours come from classes of
`site.css`; every area that carries a meaning also has a pattern, so that it reads in grey.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipelines.report.format import decimal
from pipelines.report.headline import Headline

if TYPE_CHECKING:
    from markupsafe import Markup

#: Patterns over colours, by style; the macro `patterns` defines them on the pages that draw them.
PATTERNS = ("transition", "not-green", "unknown", "unmatched")


def svg(inside: Iterable[str], name: str, view_box: str, heading: str) -> Markup:
    """A plot. `heading`: title and description for those who do not see it."""
    import markupsafe

    return markupsafe.Markup(f'<svg class="{name}" viewBox="{view_box}" role="img">{heading}{"".join(inside)}</svg>')


def cell(inside: Iterable[str], name: str = "cell") -> Markup:
    """A drawing that fills a cell of a table; hidden from screen readers, for its figures stand beside it."""
    import markupsafe

    return markupsafe.Markup(f'<svg class="{name}" aria-hidden="true">{"".join(inside)}</svg>')


def rect(x: float, width: float, style: str, y: float = 1, height: float = 14) -> str:
    """A bar in percent of the width; coloured by class, with the pattern of its style."""
    shape = f'x="{_n(x)}%" y="{_n(y)}" width="{_n(max(width, 0.3))}%" height="{_n(height)}"'
    pattern = f'<rect {shape} fill="url(#p-{style})"/>' if style in PATTERNS else ""
    return f'<rect {shape} class="f-{style}"/>{pattern}'


def line(x1: float, y1: float, x2: float, y2: float, name: str = "ink") -> str:
    """A line whose ends stand in percent of the width and in units of the height."""
    return f'<line x1="{_n(x1)}%" y1="{_n(y1)}" x2="{_n(x2)}%" y2="{_n(y2)}" class="{name}"/>'


def parts_bar(headline: Headline) -> Markup:
    """Exposure by part, for the cell of a table."""
    return cell(rect(float(s.start), float(s.width), s.mark.style) for s in headline.segments if s.width)


def amounts_bar(row: Mapping[str, Any], largest: Any = None) -> Markup:
    """The parts of a row (`green_usd` … `unmatched_usd`) in a cell, as long as their sum is beside `largest`."""
    from pipelines.report.words import PARTS

    amounts = [(mark.style, float(row[f"{code}_usd"] or 0)) for code, mark in PARTS.items()]
    whole, x, bars = float(largest or 0) or sum(amount for _, amount in amounts) or 1, 0.0, []
    for style, amount in amounts:
        bars += [rect(x, 100 * amount / whole, style)] if amount > 0 else []
        x += 100 * amount / whole
    return cell(bars)


def share_bar(value: Any, largest: Any, style: str = "plain") -> Markup:
    """One bar in a cell: a value beside the largest of its column."""
    size = float(decimal(value) or 0) / (float(decimal(largest) or 0) or 1)
    return cell([rect(0, 100 * size, style)] if size > 0 else [])


def headline_bar(headline: Headline) -> list[str]:
    """Shapes of the bar of the first page: parts, a bracket over what could be assessed, and the range below it."""
    shapes = [rect(float(s.start), float(s.width), s.mark.style, 14, 30) for s in headline.segments if s.width]
    low, high = float(headline.position("lower_ratio")), float(headline.position("upper_ratio"))
    assessed = float(headline.position("coverage_ratio"))
    shapes += [line(0.1, 8, assessed, 8), line(0.1, 4, 0.1, 12), line(assessed, 4, assessed, 12)]
    if headline.is_assessable:
        rate = float(headline.position("assessed_rate_ratio"))
        shapes += [line(low, 52, high, 52), line(low, 47, low, 57), line(high, 47, high, 57)]
        shapes.append(f'<circle cx="{_n(rate)}%" cy="52" r="5" class="dot"/>')
    return shapes


def waterfall(steps: Sequence[tuple[float, float]], place: int) -> Markup:
    """One step of a bridge in a cell: from the height before to the height after, on the scale of all `steps`."""
    low, high = min(min(step) for step in steps), max(max(step) for step in steps)
    span = (high - low) or 1.0
    before, after = (100 * (value - low) / span * 0.96 + 2 for value in steps[place])
    style = "plain" if after == before else "green" if after > before else "not-green"
    return cell([rect(min(before, after), abs(after - before), style), line(after, 0, after, 16)])


def ruler(marks: Iterable[tuple[Any, str]], largest: Any) -> Markup:
    """Marks of one row on a scale from zero: `limit`, `effective` as upright lines, `value` as a dot; their sizes stand in `site.css`."""
    whole = (float(decimal(largest) or 0) or 1) * 1.05
    shapes = []
    for value, kind in marks:
        exact = decimal(value)
        if exact is None:
            continue
        x = min(100 * max(float(exact), 0.0) / whole, 99.4)
        tag, at = ("circle", "cx") if kind == "value" else ("rect", "x")
        shapes.append(f'<{tag} {at}="{x:.1f}%" class="{kind}"/>')
    return cell(shapes, "cell ruler")


def months(values: Sequence[Any], limit: Any) -> Markup:
    """Values of months as bars from zero, and a limit as a line; a month without a value is a gap. The values stand beside it."""
    import markupsafe

    known = [float(value) for value in (*values, limit) if value is not None]
    top = max([0.0, *known]) or 1.0
    bars = "".join(
        f"M{10 * place + 5} 30V{_n(30 - 28 * max(float(value), 0) / top)}" for place, value in enumerate(values) if value is not None
    )
    line = "" if limit is None else f'<path d="M0 {_n(30 - 28 * max(float(limit), 0) / top)}H{10 * len(values)}" class="limit"/>'
    box = f'viewBox="0 0 {10 * len(values)} 30" preserveAspectRatio="none"'
    return markupsafe.Markup(f'<svg class="months" aria-hidden="true" {box}><path d="{bars}"/>{line}</svg>')


def interval(low: Any, high: Any, needed: Any, largest: float = 100) -> Markup:
    """A score that lies between two ends, and the score that is needed, on a scale from zero to `largest`."""
    ends = [100 * float(decimal(end) or 0) / largest for end in (low, high)]
    shapes = [rect(ends[0], ends[1] - ends[0], "plain", 3, 9)]
    if (exact := decimal(needed)) is not None:
        shapes.append(f'<rect x="{100 * float(exact) / largest:.1f}%" class="effective"/>')
    return cell(shapes, "cell ruler")


def _n(value: float) -> str:
    """A coordinate with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
