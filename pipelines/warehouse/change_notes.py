"""What a driver consists of, in a few words for the reader of the bridge: which loans, rates, rules or rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Read = Callable[[str], list[dict[str, Any]]]

#: Names in one list; the rest is counted.
_SHOWN = 5

#: A loan on both sides was closed in one of the two runs only.
_LOANS = """
select side, portfolio_id || '/' || loan_id as name, status in ('repaid', 'written_off') as is_closed
from stg_bank__loans__single where driver = 'loans' order by side, name
"""
_RATES = """
select n.currency_code, max(o.fx_rate) as before, max(n.fx_rate) as after
from {n}.int_loans__exposure as n
inner join {o}.int_loans__exposure as o on n.portfolio_id = o.portfolio_id and n.loan_id = o.loan_id and n.currency_code = o.currency_code
group by n.currency_code having max(o.fx_rate) <> max(n.fx_rate) order by n.currency_code
"""
_RULES = """
select coalesce(n.rule_id, o.rule_id) as rule_id, coalesce(o.rule_version, 'none') as before, coalesce(n.rule_version, 'none') as after
from {n}.ref_rules__rules as n full join {o}.ref_rules__rules as o on n.rule_id = o.rule_id
where n.rule_sha256 is distinct from o.rule_sha256 and coalesce(n.kind, o.kind) <> 'overlay' order by rule_id
"""
_OVERLAYS = "select distinct overlay_id as name from ref_rules__overlays__single order by name"


def driver_note(read: Read, driver: str, counts: Mapping[str, int], earlier: str, run: str) -> str:
    """What moved with a driver.

    Args: read: SQL → rows, beside both runs. counts: rows moved by table. earlier, run: where their tables stand.
    """
    if driver == "loans" and "stg_bank__loans" in counts:
        return _loans(read(_LOANS))
    if driver == "fx":
        rates = [f"{row['currency_code']} {row['before'] / row['after'] - 1:+.2%}" for row in read(_RATES.format(o=earlier, n=run))]
        return _listed(rates) or _rows(counts)
    if driver == "rule_version":
        rules = [f"{row['rule_id']} {row['before']} → {row['after']}" for row in read(_RULES.format(o=earlier, n=run))]
        return _listed(rules) or _rows(counts)
    if driver == "overlay" and "ref_rules__overlays" in counts:
        return _listed([row["name"] for row in read(_OVERLAYS)])
    return _rows(counts)


def _loans(rows: list[dict[str, Any]]) -> str:
    sides = {side: [row["name"] for row in rows if row["side"] == side] for side in ("new", "old")}
    both = set(sides["new"]) & set(sides["old"])
    now = {row["name"]: row["is_closed"] for row in rows if row["side"] == "new" and row["name"] in both}
    parts = {
        "in": [name for name in sides["new"] if name not in both],
        "out": [name for name in sides["old"] if name not in both],
        "repaid or closed": [name for name, is_closed in now.items() if is_closed],
        "opened again": [name for name, is_closed in now.items() if not is_closed],
    }
    return "; ".join(f"{word}: {_listed(names)}" for word, names in parts.items() if names)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _rows(counts: Mapping[str, int]) -> str:
    return ", ".join(
        f"{table.partition('__')[2].replace('_', ' ')}: {count} row{'s' if count > 1 else ''}" for table, count in sorted(counts.items())
    )
