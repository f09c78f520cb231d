"""What can change between two runs, and as part of which driver: the tables a headline rests on, row by row and column by column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

#: Drivers in their declared order: of the book, of what joins it to plants, of what is known of the plants, of how it is judged.
DRIVERS = (
    "loans",
    "exposure",
    "fx",
    "ownership",
    "match",
    "new_data",
    "restated_data",
    "rule_version",
    "overlay",
    "coverage",
)
#: Rows that belong to no driver: they stand in both runs' inputs.
ALWAYS = "always"


@dataclass(frozen=True)
class Swap:
    """A table whose rows can be those of the earlier or of this run, driver by driver.

    Attributes:
        table: Name in both runs.
        key: Columns that name a row in both runs; empty: all of them, a row is in a run or not.
        default: Driver of a column of a row that both runs have.
        columns: Driver of the columns that have another one.
        only: Side (`old`, `new`) → SQL for the driver of a row that this side alone has; `r` is the row, `o_rows` and `n_rows` all rows.
        source: SQL of the rows of a run, where it is not the whole table; `{run}` is its database.
        whole: SQL over `o` and `n` that is true for rows that move as one, as though each run had its own.
        other: Column → side → SQL for its value in a row of that side alone while the column's driver is on the other side.
        passive: Columns that are always those of this run: they say where a row came from.
    """

    table: str
    key: tuple[str, ...] = ()
    default: str = "restated_data"
    columns: dict[str, str] = field(default_factory=dict)
    only: Callable[[str], str] = lambda side: "'restated_data'"
    source: str = ""
    whole: str = "false"
    other: dict[str, dict[str, str]] = field(default_factory=dict)
    passive: tuple[str, ...] = ("source_file_id", "source_row_number", "rule_path", "known_at")

    def rows(self, run: str) -> str:
        """SQL of the rows of a run."""
        return (self.source or "select * from {run}.main." + self.table).format(run=run)


def _always(driver: str) -> Callable[[str], str]:
    return lambda side: f"'{driver}'"


def _series(
    series: tuple[str, ...], day: str = "null", place: str = "r.plant_id in (select plant_id from moving_plants)"
) -> Callable[[str], str]:
    """Rows of a series both runs know are new data (or fell out of the window), withdrawn ones are restated, other series are coverage.

    Args: place: SQL that is true at a plant that came or went with its loans; its rows move with them.
    """

    def driver(side: str) -> str:
        other = "o_rows" if side == "new" else "n_rows"
        same = " and ".join(f"x.{name} is not distinct from r.{name}" for name in series)
        known = f"exists (select 1 from {other} as x where {same})"
        later = "'new_data'" if side == "new" else f"case when {day} < n_window_start() then 'new_data' else 'restated_data' end"
        return f"case when {known} then {later} when {place} then 'loans' else 'coverage' end"

    return driver


def _with_loan(loan: str) -> Callable[[str], str]:
    """What leads a loan that only one run has to its plant moves with the loan."""
    return lambda side: f"case when {loan} in (select loan_id from loans_of_one_run) then 'loans' else 'match' end"


_CLOSED = "{row}.status in ('repaid', 'written_off')"

#: The newest row of each loan, as `int_loans__exposure` takes it; dated so that it counts on the day of either run.
_LOANS = """
select l.* exclude (newness) replace (least(l.reporting_date, o_as_of(), n_as_of()) as reporting_date)
from (
    select l.*, row_number() over (
        partition by l.portfolio_id, l.loan_id order by l.reporting_date desc, l.source_file_id, l.source_row_number
    ) as newness
    from {run}.main.stg_bank__loans as l
    cross join {run}.main.ref_run__settings as s
    where l.reporting_date <= s.as_of_date
) as l
where l.newness = 1
"""
#: One row a holding, in force on the day of the run or not; without other dates, because the day itself moves with another driver.
_HOLDINGS = """
select o.* exclude (is_in_force, newness) replace (
    date '1900-01-01' as valid_from_date,
    case when o.is_in_force then null else date '1900-01-01' end as valid_to_date
)
from (
    select h.*,
        row_number() over (partition by h.owner_id, h.owned_id order by h.is_in_force desc, h.valid_from_date desc) as newness
    from (
        select o.*, o.valid_from_date <= s.as_of_date and coalesce(o.valid_to_date, s.as_of_date) >= s.as_of_date as is_in_force
        from {run}.main.stg_bank__ownership as o
        cross join {run}.main.ref_run__settings as s
    ) as h
) as o
where o.newness = 1
"""

_BORROWER = ("counterparty_id", "counterparty_name", "lei", "project_name", "sector", "country_iso3")
_OWNER = ("owner_id", "owner_name", "parent_id", "parent_name")


def _rules(table: str) -> Swap:
    return Swap(table, only=_always("rule_version"), default="rule_version")


SWAPS = (
    Swap(
        "stg_bank__loans",
        ("portfolio_id", "loan_id"),
        default="exposure",
        columns={"fx_date": "fx"} | dict.fromkeys(_BORROWER, "match"),
        only=_always("loans"),
        source=_LOANS,
        whole=f"({_CLOSED.format(row='o')}) <> ({_CLOSED.format(row='n')})",
        other={
            "fx_date": {
                "new": "least(r.fx_date, o_as_of())",
                "old": "case when r.fx_date = r.reporting_date then n_as_of() else r.fx_date end",
            }
        },
    ),
    Swap(
        "stg_reference__fx_rates",
        ("currency_code", "rate_date", "frequency"),
        default="fx",
        only=lambda side: (
            f"case when exists (select 1 from {'o_rows' if side == 'new' else 'n_rows'} as x where x.currency_code = r.currency_code)"
            f" then 'fx' else '{ALWAYS}' end"
        ),
    ),
    Swap("stg_bank__ownership", ("owner_id", "owned_id"), default="ownership", only=_always("ownership"), source=_HOLDINGS),
    Swap("stg_bank__counterparties", ("counterparty_id",), default="ownership", only=_always("ownership")),
    Swap("stg_bank__loan_plant_links", ("portfolio_id", "loan_id", "plant_id"), default="match", only=_with_loan("r.loan_id")),
    Swap("raw_matching__links", ("portfolio_id", "loan_id", "plant_id"), default="match", only=_with_loan("r.loan_id")),
    Swap("raw_matching__unmatched", ("portfolio_id", "loan_id"), default="match", only=_with_loan("r.loan_id")),
    Swap("stg_plants__plants", ("plant_id",), columns=dict.fromkeys(_OWNER, "ownership"), only=_series(("plant_id",))),
    Swap("stg_plants__process_units", ("unit_id",), only=_series(("plant_id",))),
    Swap("stg_plants__emission_points", ("stack_id",), only=_series(("plant_id",))),
    Swap(
        "stg_monitoring__stack_readings",
        ("stack_id", "indicator", "period_start_at"),
        only=_series(("stack_id", "indicator"), "r.period_start_at::date", "r.stack_id in (select stack_id from moving_stacks)"),
    ),
    Swap(
        "stg_monitoring__periodic_returns",
        ("plant_id", "unit_id", "item", "period_start_date", "period_end_date"),
        only=_series(("plant_id", "unit_id", "item"), "r.period_end_date"),
    ),
    Swap(
        "stg_monitoring__management_evidence",
        ("plant_id", "item", "valid_from_date"),
        only=_series(("plant_id", "item"), "r.valid_to_date"),
    ),
    Swap(
        "stg_plants__site_inputs",
        ("plant_id", "unit_id", "input_name", "valid_from_date"),
        only=_series(("plant_id", "unit_id", "input_name"), "r.valid_to_date"),
    ),
    Swap("stg_reference__countries", ("country_iso3",), only=_series(("country_iso3",), place="false")),
    Swap(
        "ref_run__settings",
        ("reporting_currency_code",),
        default="new_data",
        only=_always("new_data"),
        passive=("run_id", "portfolio_id"),
    ),
    Swap("ref_run__clock_changes", ("time_zone", "day_date"), default="new_data", only=_always("new_data")),
    Swap("ref_rules__overlays", default="overlay", only=_always("overlay")),
    Swap(
        "ref_rules__expression_nodes",
        only=lambda side: "case when r.expression_id in (select overlay_id from overlays_of_both) then 'overlay' else 'rule_version' end",
        default="rule_version",
    ),
)
_DECLARED = {swap.table: swap for swap in SWAPS}


def swap_of(table: str) -> Swap | None:
    """How a table can change; None when nobody has said it. Reference tables that are not declared are the rules' own."""
    return _DECLARED.get(table) or (_rules(table) if table.startswith("ref_") else None)
