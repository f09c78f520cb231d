"""What holds for every book: no plant is financed more than once, splitting or reordering loans moves nothing, contributions add up."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.portfolio_book import book
from tests.sql_chain import Rows, build_chain

FEW = settings(max_examples=6, deadline=None, derandomize=True, database=None)
PARTS = ("green", "transition", "not_green", "unknown", "unmatched")
COMPANIES = ("A", "B", "C", "TOP")
PLANTS = ("P", "Q", "R")
TOTALS = ("mart_portfolio__pcaf", "mart_portfolio__weightings", "mart_portfolio__intensity", "mart_portfolio__concentration")
#: A loan's exposure is kept to the cent, and its parts to a millionth of a dollar.
CENT = 1e-8

LOANS = st.lists(
    st.fixed_dictionaries(
        {
            "counterparty_id": st.sampled_from(COMPANIES),
            "outstanding_amount": st.integers(0, 900),
            "undrawn_amount": st.integers(0, 300),
            "portfolio_id": st.sampled_from(["B", "C"]),
        }
    ),
    min_size=2,
    max_size=6,
)
HOLDINGS = st.lists(
    st.fixed_dictionaries(
        {
            "owner_id": st.sampled_from(COMPANIES),
            "owned_id": st.sampled_from(PLANTS + COMPANIES[:3]),
            "share_ratio": st.none() | st.integers(1, 10).map(lambda tenths: tenths / 10),
        }
    ),
    min_size=3,
    max_size=9,
    unique_by=lambda row: (row["owner_id"], row["owned_id"]),
).map(lambda rows: [row for row in rows if row["owner_id"] != row["owned_id"]])
VALUES = st.fixed_dictionaries({name: st.integers(-200, 1500) for name in COMPANIES})


def made_up(loans: Rows, holdings: Rows, values: dict[str, int]) -> dict[str, Rows]:
    """A book over three cement plants, one green, one not, one unknown."""
    return book(
        loans=[{"loan_id": f"L{number}"} | row for number, row in enumerate(loans)],
        companies=[{"counterparty_id": name, "total_equity_amount": value, "total_debt_amount": 100} for name, value in values.items()],
        plants=[{"plant_id": name, "capacity_t_per_year": 1000.0 * (place + 1)} for place, name in enumerate(PLANTS)],
        holdings=[row | {"source_row_number": number} for number, row in enumerate(holdings)],
        emissions=[
            {
                "plant_id": name,
                "emissions_tco2e": 700.0,
                "production_t": 900.0,
                "production_item": "production_clinker",
                "intensity_t_per_t": 7 / 9,
            }
            for name in PLANTS
        ],
        classes=[
            {"plant_id": "P", "plant_class": "green"},
            {"plant_id": "Q", "plant_class": "not_green"},
            {"plant_id": "R", "plant_class": "unknown"},
        ],
    )


def totals(tables: dict[str, Rows]) -> dict[tuple[Any, ...], float | None]:
    """Every figure of the marts of totals by its place."""
    found: dict[tuple[Any, ...], float | None] = {}
    for table, rows in build_chain(tables, TOTALS).items():
        for row in rows:
            place = tuple(value for value in row.values() if isinstance(value, str))
            found |= {(table, *place, name): value for name, value in row.items() if isinstance(value, float)}
    return found


@FEW
@given(loans=LOANS, holdings=HOLDINGS, values=VALUES)
def test_no_plant_is_financed_for_more_than_the_whole(loans: Rows, holdings: Rows, values: dict[str, int]) -> None:
    shares = build_chain(made_up(loans, holdings, values), ["int_loans__financed_shares"])["int_loans__financed_shares"]
    sums: defaultdict[tuple[str, str], float] = defaultdict(float)
    for row in shares:
        for name in ("financed_ratio", "commitment_ratio"):
            assert row[name] is None or 0 <= row[name] <= 1
            sums[row["plant_id"], name] += row[name] or 0
    assert all(total <= 1 + 1e-9 for total in sums.values()), dict(sums)


@FEW
@given(loans=LOANS, holdings=HOLDINGS, values=VALUES, part=st.integers(0, 900))
def test_splitting_a_loan_in_two_changes_no_total(loans: Rows, holdings: Rows, values: dict[str, int], part: int) -> None:
    first, rest = loans[0], loans[1:]
    part = min(part, first["outstanding_amount"])
    undrawn = first["undrawn_amount"] // 2
    halves = [
        first | {"outstanding_amount": part, "undrawn_amount": undrawn},
        first | {"outstanding_amount": first["outstanding_amount"] - part, "undrawn_amount": first["undrawn_amount"] - undrawn},
    ]
    whole, split = totals(made_up([first, *rest], holdings, values)), totals(made_up([*halves, *rest], holdings, values))
    assert split == pytest.approx(whole, rel=1e-6, abs=CENT)


@FEW
@given(loans=LOANS, holdings=HOLDINGS, values=VALUES, order=st.randoms(use_true_random=False))
def test_the_order_of_loans_and_holdings_changes_nothing(loans: Rows, holdings: Rows, values: dict[str, int], order: Any) -> None:
    tables = made_up(loans, holdings, values)
    before = build_chain(tables, [*TOTALS, "mart_portfolio__attribution"])
    for name in ("stg_bank__loans", "stg_bank__ownership", "stg_plants__plants", "int_plants__emissions"):
        order.shuffle(tables[name])
    assert build_chain(tables, [*TOTALS, "mart_portfolio__attribution"]) == before


@FEW
@given(loans=LOANS, holdings=HOLDINGS, values=VALUES)
def test_contributions_add_up_to_the_share_and_the_parts_of_a_loan_to_the_loan(loans: Rows, holdings: Rows, values: dict[str, int]) -> None:
    wanted = ["mart_portfolio__contributions", "mart_portfolio__weightings", "int_loans__attribution", "mart_portfolio__headline"]
    found = build_chain(made_up(loans, holdings, values), wanted)
    sums: defaultdict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in found["mart_portfolio__contributions"]:
        place = sums[row["portfolio_id"], row["sector"], row["weighting"]]
        place[0] += row["lower_contribution_ratio"] or 0
        place[1] += row["upper_contribution_ratio"] or 0
    for row in found["mart_portfolio__weightings"]:
        if row["sector"] != "all" and row["lower_ratio"] is not None:
            assert sums[row["portfolio_id"], row["sector"], row["weighting"]] == pytest.approx(
                [row["lower_ratio"], row["upper_ratio"]], abs=1e-9
            )
    parts: defaultdict[tuple[str, str], float] = defaultdict(float)
    for row in found["int_loans__attribution"]:
        parts[row["portfolio_id"], row["loan_id"]] += row["allocation_ratio"]
    assert all(total == pytest.approx(1, abs=1e-9) for total in parts.values())
    headline = {(row["portfolio_id"], row["sector"]): row["lower_ratio"] for row in found["mart_portfolio__headline"]}
    for row in found["mart_portfolio__weightings"]:
        if row["weighting"] == "outstanding" and row["lower_ratio"] is not None:
            assert row["lower_ratio"] == pytest.approx(headline[row["portfolio_id"], row["sector"]], abs=1e-4)


@FEW
@given(
    loans=LOANS,
    holdings=HOLDINGS,
    values=VALUES,
    stated=st.lists(st.sampled_from([None, "cement", "steel", "other"]), min_size=6, max_size=6),
)
def test_sectors_of_the_headline_add_up_to_all_and_are_those_of_weightings_concentration_and_financed_emissions(
    loans: Rows, holdings: Rows, values: dict[str, int], stated: list[str | None]
) -> None:
    tables = made_up([row | {"sector": sector} for row, sector in zip(loans, stated, strict=False)], holdings, values)
    for plant, sector in zip(tables["stg_plants__plants"], ("cement", "steel", "flat_glass"), strict=True):
        plant["sector"] = sector
    wanted = ["mart_portfolio__headline", "mart_portfolio__weightings", "mart_portfolio__exposure_buckets", "mart_portfolio__pcaf"]
    found = build_chain(tables, wanted)
    headline = {(row["portfolio_id"], row["sector"]): row for row in found["mart_portfolio__headline"]}
    for (portfolio, sector), row in headline.items():
        if sector == "all":
            parts = [part for (other, name), part in headline.items() if other == portfolio and name != "all"]
            for name in (*(f"{kind}_usd" for kind in PARTS), "exposure_usd", "undrawn_usd", "out_of_scope_usd"):
                assert sum(part[name] for part in parts) == pytest.approx(row[name], abs=CENT), (portfolio, name)
    amounts = {key: row["exposure_usd"] for key, row in headline.items() if row["exposure_usd"] > 0}
    weights = {
        (r["portfolio_id"], r["sector"]): r["weight_sum"] for r in found["mart_portfolio__weightings"] if r["weighting"] == "outstanding"
    }
    buckets = {
        (r["portfolio_id"], r["bucket"]): r["exposure_usd"] for r in found["mart_portfolio__exposure_buckets"] if r["dimension"] == "sector"
    }
    scope_1 = {(r["portfolio_id"], r["sector"]): r["exposure_usd"] for r in found["mart_portfolio__pcaf"] if r["scope"] == "1"}
    for key, amount in amounts.items():
        assert weights[key] == pytest.approx(amount, abs=0.011), key
        assert key[1] == "all" or buckets[key] == pytest.approx(amount, abs=0.011), key
        assert scope_1[key] == pytest.approx(amount, abs=CENT), key


def test_thirds_of_a_cent_are_not_lost() -> None:
    """100.00 over three equal plants is 33.333333 each: nothing is rounded to whole per cents before it is added."""
    tables = book(
        loans=[{"loan_id": "L", "counterparty_id": "A", "outstanding_amount": 100}],
        companies=[{"counterparty_id": "A", "total_equity_amount": 100, "total_debt_amount": 100}],
        plants=[{"plant_id": name, "owner_id": "A"} for name in PLANTS],
        classes=[{"plant_id": name, "plant_class": "green"} for name in PLANTS],
    )
    found = build_chain(tables, ["int_loans__attribution", "mart_portfolio__weightings"])
    assert [float(row["exposure_usd"]) for row in found["int_loans__attribution"]] == [33.333333] * 3
    (outstanding,) = [row for row in found["mart_portfolio__weightings"] if row["weighting"] == "outstanding" and row["sector"] == "all"]
    assert outstanding["lower_ratio"] == 1
    assert outstanding["weight_sum"] == pytest.approx(100, abs=1e-5)
