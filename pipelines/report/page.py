"""scorecard.html: one page without any load from outside, made from the templates beside this file."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipelines.report import format as numbers
from pipelines.report import words
from pipelines.report.marts import COUNTRY_VARIANCE, FILES, RESTATEMENTS, RULES
from pipelines.report.page_templates import TEMPLATES, page_environment
from pipelines.report.scorecard import PLANTS_IN_DETAIL, Row, Scorecard
from pipelines.report.value_words import reading_words, reference_words
from pipelines.report.views import PortfolioView, anchor, level_interval, plant_views

#: Rows of one table on the page; what is beyond stands in the CSV file that the table names.
ROWS_SHOWN = 500


def write_page(path: Path, scorecard: Scorecard) -> Path:
    """Write the page; equal scorecards give equal bytes."""
    path.write_text(render(scorecard), encoding="utf-8", newline="\n")
    return path


def render(scorecard: Scorecard) -> str:
    """The page as text."""
    environment = page_environment()
    environment.filters |= _filters(scorecard)
    environment.globals |= {"words": words, "rows_shown": ROWS_SHOWN, "plants_in_detail": PLANTS_IN_DETAIL, "anchor": anchor}
    return environment.get_template("scorecard.html.j2").render(_content(scorecard))


def _content(scorecard: Scorecard) -> dict[str, Any]:
    plants = plant_views(scorecard)
    return {
        "run": scorecard.run,
        "currency": scorecard.run["reporting_currency_code"],
        "portfolios": [PortfolioView(scorecard, portfolio_id) for portfolio_id in scorecard.portfolio_ids],
        "plants": plants,
        "detailed_plants": {plant.row["plant_id"] for plant in plants},
        "rules": [row for row in scorecard.rows(RULES) if _is_judged(row)],
        "unused_rule_count": sum(not _is_judged(row) for row in scorecard.rows(RULES)),
        "variance": [row for row in scorecard.extra(COUNTRY_VARIANCE) if row["is_shown"]],
        "withheld_count": len({_variance_key(row) for row in scorecard.extra(COUNTRY_VARIANCE) if not row["is_shown"]}),
        "files": scorecard.rows(FILES),
        "rejects": scorecard.rejects,
        "restatements": scorecard.extra(RESTATEMENTS),
        "reject_counts": scorecard.reject_counts,
        "csv_names": sorted(scorecard.marts),
        "style": (TEMPLATES / "scorecard.css").read_text(encoding="utf-8"),
        "script": (TEMPLATES / "scorecard.js").read_text(encoding="utf-8"),
    }


def _variance_key(row: Row) -> tuple[object, ...]:
    return row["indicator_id"], row["sector"], row["process"], row["ref_o2_pct"], row["country_iso3"]


def _is_judged(rule: Row) -> bool:
    return any(rule[f"{state.lower()}_count"] for state in words.STATES if state != "NOT_APPLICABLE")


def _filters(scorecard: Scorecard) -> dict[str, Any]:
    return {
        "number": numbers.number,
        "significant": numbers.significant,
        "percent": numbers.percent,
        "headroom": numbers.signed_percent,
        "points": numbers.signed_points,
        "money": numbers.money,
        "day": numbers.day,
        "plain": words.plain,
        "mark": _mark,
        "level": lambda row: level_interval(row["index_level_best"], row["index_level_worst"]),
        "country": partial(_country, scorecard.country_names),
        "reason": partial(_reason, scorecard.reason_words),
        "action": partial(_action, scorecard),
        "remedy": lambda code: scorecard.reason_actions.get(str(code), ""),
        "reading": lambda row: reading_words(row, scorecard.background.reading_of(row)),
        "reference": reference_words,
        "docs_page": partial(_docs_page, {row["rule_id"]: row["instrument_id"] for row in scorecard.rows(RULES)}),
        "web_address": lambda href: href if str(href or "").startswith(("https://", "http://")) else None,
    }


def _country(names: dict[str, str], code: str | None) -> str:
    """Name of a country: as received, else as ISO 3166 has it, else its code."""
    import pycountry

    if not code or code in names:
        return names.get(code or "") or numbers.NULL
    country = pycountry.countries.get(alpha_3=code)
    return getattr(country, "common_name", country.name) if country else code


def _docs_page(instruments: dict[str, str | None], rule_id: str) -> str | None:
    """Where the data docs of the run have the text of a rule; None for a rule without an instrument."""
    instrument_id = instruments.get(rule_id)
    return f"data_docs/{quote(instrument_id)}.html#{quote(rule_id)}" if instrument_id else None


def _mark(code: str | None) -> words.Mark:
    """The mark of a verdict state or of a part of the headline; an unknown code is shown as it is, never hidden."""
    known = words.STATES | words.PARTS
    return known.get(str(code)) or words.Mark(str(code), "?", words.plain(code) or "not stated", "unknown", "")


def _reason(reasons: dict[str, str], code: str | None) -> str:
    """Words of a reason code; several codes with commas between them are put into words one by one."""
    if code is None:
        return numbers.NULL
    known = reasons.get(code) or ", ".join(reasons.get(part.strip()) or words.plain(part.strip()) for part in str(code).split(","))
    return known.rstrip(".")


def _action(scorecard: Scorecard, gap: Row) -> str:
    """What to do about a loan without an answer: by its reason code, else by its kind of gap."""
    by_gap = words.GAP_ACTIONS.get(gap.get("gap") or "error", words.GAP_ACTIONS["error"])
    return scorecard.reason_actions.get(str(gap.get("reason_code"))) or by_gap
