"""The page of all findings: filters, search, sorting and pages over rows that stand in a script beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from pipelines.report.format import NULL
from pipelines.report.scorecard import Row
from pipelines.report.site import addresses, formats
from pipelines.report.site.material import Material
from pipelines.report.site.names import Names
from pipelines.report.site.page import Asset, Page
from pipelines.report.site.row_table import (
    Column,
    Table,
    day_column,
    mark_column,
    number_column,
    shower,
    table_page,
    text_column,
    word_column,
)
from pipelines.report.site.words import Text, counted, t
from pipelines.report.words import FINDING_STATES

CLOSED = ("CLOSED", "CLOSED_RULE_RETIRED", "CLOSED_OUT_OF_SERVICE", "FALSE_POSITIVE")
#: Open, not only waiting for its check, and past the end of its cure period or the day agreed; `f` the register, `s` the run's settings.
OVERDUE = (
    f"coalesce(f.state not in {(*CLOSED, 'WAIVED')} and not f.is_waiting and least(f.cure_end_date, f.due_date) < s.as_of_date, false)"
)
#: What must be done first stands first.
_FINDINGS = f"""
select finding_id, state, change, standing, plant_id, plant_name, country_iso3, sector, entity_id, rule_id, tier, title, severity,
    indicator_id, operator, worst_value, worst_limit_value, unit, worst_headroom_ratio, last_fail_date, is_not_reassessed,
    open_days, first_seen_days, check_end_date, case when not is_waiting then cure_end_date end as cure_end_date, owner, exposure_usd,
    {OVERDUE} as is_overdue
from mart_findings__register as f cross join ref_run__settings as s
order by state in {CLOSED}, standing_no, is_waiting, f.cure_end_date nulls last, exposure_usd desc nulls last,
    worst_headroom_ratio nulls last, finding_id
"""
#: Column → key of its heading.
_HEADS = {
    "finding": "findings.number",
    "state": "finding.state",
    "standing": "stands",
    "plant": "plant",
    "rule": "rule",
    "where": "where",
    "value": "worst",
    "limit": "limit",
    "headroom": "headroom",
    "failed": "failed_last",
    "cure": "cure_end",
    "days": "days_open",
    "exposure": "exposure",
    "owner": "finding.owner",
    "severity": "severity",
    "change": "change",
    "sector": "sector",
    "country": "country",
}


def findings_pages(material: Material) -> Iterator[Page | Asset]:
    """The page, its rows, and the script that shows rows."""
    rows = material.read(_FINDINGS)
    table = Table(
        addresses.FINDINGS,
        finding_columns(rows, Names(material.scorecard)),
        _HEADS,
        facets=("state", "standing", "change", "severity", "sector", "country"),
        searched=("finding", "plant", "rule", "where", "owner", "country"),
        hidden=("severity", "change", "sector", "country", *(() if any(row["owner"] for row in rows) else ("owner",))),
        right=("exposure", "value", "days"),
        currency=material.scorecard.run["reporting_currency_code"],
    )
    yield from table_page(t("nav.findings"), addresses.HOME, "site/findings.html.j2", table, count_words=count_words(rows))
    yield shower()


def count_words(rows: Sequence[Row]) -> Text:
    """How many findings there are, how many are not closed, and those by state: what waits for its check is not closed either."""
    counts = Counter(row["state"] for row in rows)
    not_closed = [state for state in (*FINDING_STATES, *sorted(set(counts) - set(FINDING_STATES))) if counts[state] and state not in CLOSED]
    if not not_closed:
        return counted("findings.count.closed", len(rows))
    parts = [t("findings.of_state", f"{counts[state]:,}", Names.of("finding", state)) for state in not_closed]
    listed = Text(", ".join(part.en for part in parts), "、".join(part.zh for part in parts))
    return counted("findings.count", len(rows), f"{sum(counts[state] for state in not_closed):,}", listed)


def finding_columns(rows: Sequence[Row], names: Names) -> dict[str, Column]:
    """Rows of the register as columns of the page's table."""

    def of(*keys: str) -> list[tuple[object, ...]]:
        return [tuple(row[key] for key in keys) for row in rows]

    def one(key: str) -> list[object]:
        return [row[key] for row in rows]

    def coded(kind: str, column: str | None = None) -> Column:
        return word_column(one(column or kind), partial(names.of, kind))

    places = of("plant_id", "entity_id", "indicator_id", "operator")
    return {
        "finding": text_column([row["finding_id"] for row in rows], like="where"),
        "state": mark_column(of("state", "is_overdue"), _state_words, lambda key: _style(key[0])),
        "standing": coded("stands", "standing"),
        "plant": word_column(of("plant_id", "plant_name"), lambda key: key[1] or key[0], lambda key: addresses.plant_address(key[0])),
        "rule": word_column(of("rule_id", "title", "tier"), _rule_words, lambda key: addresses.rule_address(key[0])),
        "where": word_column(places, lambda key: str(key[1]), lambda key: addresses.place_address(*key)),
        "value": word_column(of("worst_value", "is_not_reassessed"), _value_words, sort=lambda key: key[0]),
        "limit": word_column(of("operator", "worst_limit_value", "unit"), partial(_limit_words, names), sort=lambda key: key[1]),
        "headroom": number_column(one("worst_headroom_ratio"), "percent", 1),
        "severity": coded("severity"),
        "change": coded("change"),
        "days": word_column(of("open_days", "first_seen_days"), lambda key: open_words(*key), sort=lambda key: key[0]),
        "failed": day_column(one("last_fail_date")),
        "cure": word_column(of("cure_end_date", "check_end_date"), _due_words, sort=_day_number),
        "owner": word_column(one("owner"), lambda owner: str(owner or NULL)),
        "exposure": word_column(one("exposure_usd"), formats.money, sort=lambda amount: amount),
        "sector": coded("sector"),
        "country": word_column(one("country_iso3"), names.country),
    }


def open_words(open_days: int | None, first_seen_days: int | None) -> Text | str:
    """How many days a finding is open, and where it came back also how many since it was first seen; of a closed one nothing."""
    days = formats.number(open_days)
    return days if open_days in (None, first_seen_days) else t("finding.open_again", days, formats.number(first_seen_days))


def _value_words(key: tuple[float | None, bool | None]) -> Text | str:
    """The worst value; of a finding that this run's data do not decide, that it was not assessed again."""
    value, is_not_reassessed = key
    return t("finding.not_reassessed") if is_not_reassessed and value is None else formats.significant(value)


def _due_words(key: tuple[date | None, date | None]) -> Text | str:
    """The day by which a finding has to be mended; of one that passes again the day of its check."""
    cure_end_date, check_end_date = key
    return t("finding.check", formats.day(check_end_date)) if check_end_date else formats.day(cure_end_date)


def _day_number(key: tuple[date | None, date | None]) -> int | None:
    found = key[1] or key[0]
    return found.toordinal() if found else None


def _state_words(key: tuple[str, bool]) -> Text | str:
    """The state of a finding, and that it is overdue."""
    word = Names.of("finding", key[0])
    return t("finding.overdue", word) if key[1] else word


def _style(state: str) -> str:
    return FINDING_STATES[state].style if state in FINDING_STATES else "unknown"


def _rule_words(key: tuple[str, str, str]) -> str:
    rule_id, title, tier = key
    return f"{title or rule_id}{'' if tier in (None, '-') else f' ({tier})'}"


def _limit_words(names: Names, key: tuple[str, object, str | None]) -> Text | str:
    operator, limit, unit = key
    word = names.of("operator", operator)
    return word if limit is None else t("limit.words", word, f"{formats.significant(limit)} {unit or ''}".strip())
