"""What became of the headline and the findings from one published run to another, in words."""

from __future__ import annotations

from typing import Any

from pipelines.ledger.book import Book, PublishedRun
from pipelines.ledger.findings import CLOSED_STATES, findings


def run_change_lines(book: Book, first: PublishedRun, second: PublishedRun) -> list[str]:
    """Share and coverage of each portfolio in both runs, then the findings that opened and closed between them."""
    before, after = (_headline(run) for run in (first, second))
    lines = [_portfolio_line(name, before.get(name), after.get(name)) for name in sorted({*before, *after})]
    before_states, after_states = (_open_findings(book, run) for run in (first, second))
    open_before, open_after = before_states.keys(), after_states.keys()
    moved = f"{len(open_after - open_before)} new or opened again, {len(open_before - open_after)} closed"
    failed_again = [key for key in open_before & open_after if after_states[key] == "REOPENED" != before_states[key]]
    moved += f", {len(failed_again)} failed again before they were closed" if failed_again else ""
    return [*lines, f"findings: {moved}; {len(open_before)} not closed before, {len(open_after)} after"]


def share(text: str | None) -> str:
    """A ratio of a run's counts as a percentage."""
    return "not assessable" if text is None else f"{float(text):.1%}"


def _headline(run: PublishedRun) -> dict[str, Any]:
    return {row["portfolio_id"]: row for row in run.event.details["counts"].get("headline", [])}


def _portfolio_line(name: str, before: Any, after: Any) -> str:
    if before is None or after is None:
        return f"{name}: only in run {'B' if before is None else 'A'}; {_figures(before or after)}"
    return f"{name}: was {_figures(before)}; is {_figures(after)}"


def _figures(row: Any) -> str:
    return f"{share(row['assessed_rate_ratio'])} green, coverage {share(row['coverage_ratio'])}"


def _open_findings(book: Book, run: PublishedRun) -> dict[str, str]:
    """Findings that are not closed once a run was published, with their state; waived and disputed ones are among them."""
    past = (event for event in book.log.events() if event.number <= run.event.number)
    return {key: one.state for key, one in findings(book, past).items() if one.state not in CLOSED_STATES}
