"""What the short summary of a run counts, read from its tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_VERDICT_ERRORS = """
with plants as (
    select reason_code, plant_id, count(*) as n, row_number() over (partition by reason_code order by plant_id) as place
    from int_plants__verdicts where state = 'ERROR' and plant_id in (select plant_id from mart_portfolio__plants)
    group by reason_code, plant_id
)
select reason_code || ' at ' || string_agg(plant_id, ', ' order by plant_id) filter (where place <= 3)
        || case when max(place) > 3 then ' and ' || (max(place) - 3) || ' more' else '' end as k, sum(n) as n
from plants group by reason_code order by sum(n) desc, k
"""
_LOAN_ERRORS = """
select portfolio_id || ': ' || reason_code as k, count(*) as n
from mart_portfolio__loans where exposure_state = 'error' group by k order by k
"""
_MATCHED = """
select
    case when exposure_state = 'error' then 'without a usable amount' when exposure_state = 'closed' then 'closed'
        when plant_count > 0 then 'matched' else 'unmatched' end as k,
    count(*) as n
from mart_portfolio__loans group by k order by k
"""
_HEADLINE = "select * from mart_portfolio__headline where sector = 'all' order by portfolio_id"


def run_counts(read: Callable[[str], list[dict[str, Any]]]) -> dict[str, Any]:
    """Files, rejects, verdicts, plants and loans by what became of them, errors by place, and the headline rows of the portfolios.

    Args: read: SQL → rows of the run's database.
    """

    def pairs(sql: str) -> dict[str, int]:
        return {str(row["k"]): int(row["n"]) for row in read(sql)}

    return {
        "files": pairs("select state as k, count(*) as n from raw_landing__files group by state order by state"),
        "rejects": pairs("select kind as k, count(*) as n from raw_landing__rejects group by kind order by kind"),
        "verdicts": pairs("select state as k, count(*) as n from int_plants__verdicts group by state order by state"),
        "plants": pairs(
            "select plant_class as k, count(distinct plant_id) as n from mart_portfolio__plants group by plant_class order by k"
        ),
        "loans": pairs(_MATCHED),
        "verdict_errors": pairs(_VERDICT_ERRORS),
        "loan_errors": pairs(_LOAN_ERRORS),
        "headline": read(_HEADLINE),
    }
