"""The digest of a run: only what is new, came back, got worse, is mended, closed, was restated, or ends soon, and what did not arrive.

Text for mail or chat, JSON for programs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.report.finding_words import closed_line, pending_line, reopened_line, retired_line, worst_line
from pipelines.report.format import plural
from pipelines.report.restatements import SQL as RESTATED
from pipelines.report.restatements import notice_text, restated_line
from pipelines.report.silent_feeds import SQL as SILENT
from pipelines.report.silent_feeds import silent_line, silent_stacks

Row = dict[str, Any]

#: A cure period "ends soon" as many days before as the second reminder of the policy on waivers comes.
_FINDINGS = """
with policy as (
    select max(case when key = 'remind_days.second' then value end)::integer as soon_days
    from ref_rules__policy
    where policy_id = 'waivers'
), told as (
    select r.finding_id, r.state, r.change, r.reopened_reason, r.standing, r.standing_no,
        r.plant_id, r.plant_name, r.entity_id, r.rule_id, r.tier, r.title, r.operator,
        r.worst_value, r.worst_limit_value, r.worst_start_date, r.worst_end_date, r.unit, r.worst_headroom_ratio,
        r.last_fail_start_date, r.last_fail_date, r.last_fail_value, r.last_fail_limit_value, r.is_waiting, r.check_end_date,
        r.owner, r.claimed_on_date, r.cure_end_date, r.days_to_cure_end, r.escalation_level, r.exposure_usd,
        case when r.change in ('NEW', 'REOPENED', 'RESOLVED', 'RETIRED') then lower(r.change)
            when r.is_worse then 'worse'
            when r.change = 'PENDING_CHECK' then 'pending_check'
            when r.days_to_cure_end between 0 and p.soon_days
                and r.state not like 'CLOSED%' and r.state not in ('WAIVED', 'FALSE_POSITIVE') then 'cure_ending'
        end as part
    from mart_findings__register as r
    cross join policy as p
)
select *
from told
where part is not null
order by standing_no, exposure_usd desc, plant_id, title, entity_id, tier, finding_id
"""
_WAIVERS = """
select waiver_id, rule_id, plant_id, expiry_date, days_to_expiry, reminder, finding_count, exposure_usd
from mart_findings__waivers
where reminder is not null
order by days_to_expiry, waiver_id
"""
_FEEDS = """
select file_name, sheet, state, message
from mart_landing__files
where state <> 'read'
order by file_name, sheet
"""
_HEADLINE = """
select portfolio_id, assessed_rate_ratio, coverage_ratio, lower_ratio, upper_ratio
from mart_portfolio__headline
where sector = 'all'
order by portfolio_id
"""
#: Findings that the text names in each part; the JSON has all.
SHOWN = 20
#: Part of the findings → its heading.
PARTS = {
    "new": "New",
    "reopened": "Came back",
    "worse": "Got worse",
    "pending_check": "Mended, waiting for the check",
    "resolved": "Resolved",
    "retired": "Closed, the rule is no longer in force or the equipment out of service",
    "cure_ending": "Cure period ends soon",
}
_LINES = {"reopened": reopened_line, "pending_check": pending_line, "resolved": closed_line, "retired": retired_line}
_STATES = {
    "refused": "every row was refused",
    "header_only": "feed empty: a header and no row",
    "empty": "feed empty: no content",
}


def digest(read: Callable[[str], list[Row]], run: Mapping[str, Any]) -> dict[str, Any]:
    """What changed, as JSON values.

    Args: read: SQL → rows of the run's database. run: run_id, root_hash, as_of_date.
    """
    rows = [_json(row) for row in read(_FINDINGS)]
    return {
        "run": {key: _plain(run[key]) for key in ("run_id", "root_hash", "as_of_date")},
        "headline": [_json(row) for row in read(_HEADLINE)],
        "findings": {part: [row for row in rows if row["part"] == part] for part in PARTS},
        "restated": [_json(row) for row in read(RESTATED)],
        "waivers_ending": [_json(row) for row in read(_WAIVERS)],
        "feeds": [_json(row) for row in read(_FEEDS)],
        "silent_feeds": [_json(row) for row in read(SILENT)],
    }


def write_digest(folder: Path, content: Mapping[str, Any]) -> list[Path]:
    """Write digest.json, digest.txt and restatement_notice.txt into the run's folder; equal runs write equal bytes."""
    data, text, notice = folder / "digest.json", folder / "digest.txt", folder / "restatement_notice.txt"
    data.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8", newline="\n")
    text.write_text(digest_text(content), encoding="utf-8", newline="\n")
    notice.write_text(notice_text(content), encoding="utf-8", newline="\n")
    return [data, text, notice]


def digest_text(content: Mapping[str, Any]) -> str:
    """The digest as a mail reads it. An attempt after the run that published nothing (`last_attempt`) is told first."""
    run, attempt = content["run"], content.get("last_attempt")
    lines = _attempt_lines(attempt) if attempt else []
    lines.append(f"Green capacity as of {run['as_of_date']}, run {run['run_id']}, root {run['root_hash'][:16]}")
    lines += [f"  {row['portfolio_id']}: {_headline(row)}" for row in content["headline"]]
    for part, heading in ((part, PARTS[part]) for part in PARTS if part in content["findings"]):
        words = _LINES.get(part, worst_line)
        lines += _section(heading, [words(row) for row in content["findings"][part]])
    lines += _section("Issued results that changed", [restated_line(row) for row in content["restated"]])
    lines += _section("Waivers that end", [_waiver_line(row) for row in content["waivers_ending"]])
    lines += _section("Readings that stopped", [silent_line(row) for row in silent_stacks(content.get("silent_feeds", []))])
    lines += _section("Files that gave nothing", [feed_line(row) for row in content["feeds"]])
    return "\n".join(lines) + "\n"


def feed_line(row: Mapping[str, Any]) -> str:
    """A received file that gave no row, in words."""
    name = f"{row['file_name']}, sheet {row['sheet']}" if row["sheet"] else row["file_name"]
    return f"{name}: {_STATES.get(row['state'], row['state'])}" + (f"; {row['message']}" if row["message"] else "")


def _attempt_lines(attempt: Mapping[str, Any]) -> list[str]:
    feeds = [f"  {feed_line(row)}" for row in attempt["feeds"]]
    return [
        "STALE: the last attempt was not published; the figures below are those of the last good run",
        *feeds,
        *(f"  {line}" for line in attempt["reason"].splitlines()),
    ]


def _section(heading: str, lines: list[str]) -> list[str]:
    more = [f"  … and {len(lines) - SHOWN} more in digest.json"] if len(lines) > SHOWN else []
    return [f"{heading}: {len(lines) or 'none'}", *(f"  {line}" for line in lines[:SHOWN]), *more]


def _waiver_line(row: Mapping[str, Any]) -> str:
    left = "today is its last day" if row["days_to_expiry"] == 0 else f"{plural(row['days_to_expiry'], 'day')} to go"
    return f"{row['waiver_id']} on {row['rule_id']} at {row['plant_id']}: {left}; {plural(row['finding_count'], 'finding')} under it"


def _headline(row: Mapping[str, Any]) -> str:
    if row["assessed_rate_ratio"] is None:
        return "not assessable"
    known = f"{row['assessed_rate_ratio']:.1%} of assessed exposure is green, coverage {row['coverage_ratio']:.1%}"
    return f"{known}, between {row['lower_ratio']:.1%} and {row['upper_ratio']:.1%}"


def _json(row: Row) -> Row:
    return {key: _plain(value) for key, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
