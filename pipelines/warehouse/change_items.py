"""What moved with each driver, item by item: loans, rates, rules, overlays by name, all else as rows of a table.

`mart_portfolio__change` puts the items of each portfolio into words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import pyarrow as pa

Read = Callable[[str], list[dict[str, Any]]]

#: portfolio_id: null = every portfolio. kind: loan_in, loan_out, loan_closed, loan_reopened, rate, rule, overlay, or rows of a table.
SCHEMA = pa.schema([*((name, pa.string()) for name in ("driver", "portfolio_id", "kind", "name")), ("row_count", pa.int64())])

#: A loan on both sides was closed in one of the two runs only.
_LOANS = """
select 'loans' as driver, portfolio_id, portfolio_id || '/' || loan_id as name,
    case when not bool_or(side = 'old') then 'loan_in' when not bool_or(side = 'new') then 'loan_out'
        when bool_or(side = 'new' and status in ('repaid', 'written_off')) then 'loan_closed' else 'loan_reopened' end as kind
from stg_bank__loans__single where driver = 'loans' group by portfolio_id, loan_id order by name
"""
_RATES = """
select 'fx' as driver, n.portfolio_id, 'rate' as kind,
    n.currency_code || ' ' || printf('%+.2f%%', 100 * (max(o.fx_rate)::double / max(n.fx_rate)::double - 1)) as name
from {n}.int_loans__exposure as n
inner join {o}.int_loans__exposure as o on n.portfolio_id = o.portfolio_id and n.loan_id = o.loan_id and n.currency_code = o.currency_code
group by n.portfolio_id, n.currency_code having max(o.fx_rate) <> max(n.fx_rate) order by n.portfolio_id, n.currency_code
"""
_RULES = """
select 'rule_version' as driver, 'rule' as kind,
    coalesce(n.rule_id, o.rule_id) || ' ' || coalesce(o.rule_version, 'none') || ' → ' || coalesce(n.rule_version, 'none') as name
from {n}.ref_rules__rules as n full join {o}.ref_rules__rules as o on n.rule_id = o.rule_id
where n.rule_sha256 is distinct from o.rule_sha256 and coalesce(n.kind, o.kind) <> 'overlay' order by name
"""
_OVERLAYS = "select distinct 'overlay' as driver, 'overlay' as kind, overlay_id as name from ref_rules__overlays__single order by name"


class Counted(Protocol):
    """How a table differs: driver and portfolio (None = a table that has none) → rows."""

    @property
    def by_portfolio(self) -> Mapping[tuple[str, str | None], int]: ...


def items(read: Read, differences: Mapping[str, Counted], earlier: str, run: str) -> list[dict[str, Any]]:
    """Rows of `SCHEMA`.

    Args: read: SQL → rows, beside both runs. differences: by table. earlier, run: where their tables stand.
    """
    found = [
        {"driver": driver, "portfolio_id": portfolio_id, "kind": "rows", "name": _words(table), "row_count": count}
        for table, difference in differences.items()
        for (driver, portfolio_id), count in difference.by_portfolio.items()
    ]
    moved = {(row["driver"], row["name"]) for row in found}
    drivers = {row["driver"] for row in found}
    found += read(_LOANS) if ("loans", _words("stg_bank__loans")) in moved else []
    found += read(_RATES.format(o=earlier, n=run)) if "fx" in drivers else []
    found += read(_RULES.format(o=earlier, n=run)) if "rule_version" in drivers else []
    found += read(_OVERLAYS) if ("overlay", _words("ref_rules__overlays")) in moved else []
    return found


def _words(table: str) -> str:
    return table.partition("__")[2].replace("_", " ")
