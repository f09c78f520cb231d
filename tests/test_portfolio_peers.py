"""The portfolio step against worked examples of others: PCAF's printed examples and the seven weightings of the os-climate tool."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.portfolio_book import book
from tests.sql_chain import build_chain

CASES = Path(__file__).parents[2] / "shared" / "cases"
PCAF, ITR = CASES / "pcaf_worked_examples", CASES / "itr_aggregation"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


needs_pcaf = pytest.mark.skipif(not PCAF.is_dir(), reason="the folder ../shared/cases/pcaf_worked_examples is not beside the checkout")
needs_itr = pytest.mark.skipif(not ITR.is_dir(), reason="the folder ../shared/cases/itr_aggregation is not beside the checkout")


@needs_pcaf
def test_the_printed_portfolio_of_pcaf_is_found_kind_by_kind() -> None:
    given = rows(PCAF / "portfolio_input.csv")
    kinds = [name.removesuffix("_tco2e") for name in given[0] if name not in ("counterparty", "attribution_factor")]
    tables = book(
        loans=[
            {"loan_id": r["counterparty"], "counterparty_id": r["counterparty"], "outstanding_amount": float(r["attribution_factor"]) * 1e6}
            for r in given
        ],
        companies=[{"counterparty_id": r["counterparty"], "total_equity_amount": 400_000, "total_debt_amount": 600_000} for r in given],
        plants=[{"plant_id": r["counterparty"], "owner_id": r["counterparty"]} for r in given],
        holdings=[{"owner_id": r["counterparty"], "owned_id": r["counterparty"] + " works", "share_ratio": 1} for r in given],
        emissions=[
            {"plant_id": r["counterparty"] + " works", "scope": kind, "emissions_tco2e": float(r.get(f"{kind}_tco2e") or r[kind])}
            for r in given
            for kind in kinds
        ],
    )
    tables["stg_plants__plants"] = [row | {"plant_id": f"{row['plant_id']} works"} for row in tables["stg_plants__plants"]]
    found = build_chain(tables, ["mart_portfolio__pcaf"])["mart_portfolio__pcaf"]
    totals = {row["scope"]: row["financed_tco2e"] for row in found if row["sector"] == "all"}
    assert totals == pytest.approx({r["metric"]: float(r["value"]) for r in rows(PCAF / "portfolio_expected.csv")}, abs=1e-6)


@needs_pcaf
def test_the_printed_data_quality_scores_of_pcaf_are_found() -> None:
    given = rows(PCAF / "data_quality_input.csv")
    sectors = {"Oil & Gas": "steel", "Cattle farming": "cement"}  # two of our sectors stand for theirs
    tables = {
        "mart_portfolio__financed_emissions": [
            {
                "portfolio_id": "B", "loan_id": r["company"], "scope": "1", "sector": sectors[r["sector"]],
                "exposure_usd": float(r["outstanding"]), "financed_tco2e": float(r["attributed_scope1_2_ktco2e"]),
                "pcaf_score": float(r["dq_score"]), "data_quality_score": 5,
            }
            for r in given
        ],
        "int_loans__sector_emissions": [],
    }  # fmt: skip
    parts = ("portfolio_id", "loan_id", "sector", "exposure_usd")
    tables["mart_portfolio__loan_sectors"] = [{name: row[name] for name in parts} for row in tables["mart_portfolio__financed_emissions"]]
    found = {row["sector"]: row for row in build_chain(tables, ["mart_portfolio__pcaf"])["mart_portfolio__pcaf"]}
    names = {"business loans": "all", "oil & gas": "steel", "cattle farming": "cement"}
    for expected in rows(PCAF / "data_quality_expected.csv"):
        row = found[names[expected["group"]]]
        assert row["pcaf_score"] == pytest.approx(float(expected["full_precision_recomputed"]), abs=1e-9)
        assert row["exposure_usd"] == float(expected["sum_outstanding"])
        assert row["financed_tco2e"] == float(expected["sum_attributed_kt"])


@needs_pcaf
def test_enterprise_value_keeps_the_cash_in() -> None:
    correct, wrong = rows(PCAF / "evic_expected.csv")
    value = {name: float(correct[name]) for name in ("equity", "debt", "cash")}
    tables = book(
        loans=[
            {"loan_id": "shares", "counterparty_id": "A", "outstanding_amount": float(correct["held_equity"])},
            {"loan_id": "bonds", "counterparty_id": "A", "outstanding_amount": float(correct["held_debt"])},
        ],
        companies=[
            {
                "counterparty_id": "A",
                "evic_amount": value["equity"] + value["debt"],
                "enterprise_value_amount": sum(value.values()) - 2 * value["cash"],
            }
        ],
        plants=[],
    )
    found = {row["loan_id"]: row for row in build_chain(tables, ["int_loans__attribution_factors"])["int_loans__attribution_factors"]}
    assert found["shares"]["attribution_factor"] == float(correct["attribution_equity"])
    assert found["bonds"]["attribution_factor"] == float(correct["attribution_debt"])
    assert sum(row["attribution_factor"] for row in found.values()) == float(correct["total"]) < float(wrong["total"])


@needs_pcaf
def test_scores_of_the_options_are_those_of_the_standard() -> None:
    scores = {r["option"]: int(r["score"]) for r in rows(PCAF / "data_quality_options.csv")}
    assert scores == {"1a": 1, "1b": 2, "2a": 2, "2b": 3, "3a": 4, "3b": 5, "3c": 5}
    factors = ("cement_per_revenue_scope_1", "steel_per_asset_scope_1", "other_per_revenue_scope_1", "other_asset_turnover")
    tables: dict[str, list[dict[str, Any]]] = {
        "int_loans__exposure": [
            {"portfolio_id": "B", "loan_id": s, "sector": s, "exposure_state": "ok"} for s in ("cement", "steel", "other")
        ],
        "int_loans__attribution_factors": [
            {
                "portfolio_id": "B",
                "loan_id": s,
                "value_holder_id": "A",
                "attribution_factor": 0.1 if s == "cement" else None,
                "drawn_usd": 1,
            }
            for s in ("cement", "steel", "other")
        ],
        "int_counterparties__accounts": [{"counterparty_id": "A", "revenue_usd": 1}],
        "int_plants__emissions": [{"plant_id": "P", "scope": "1"}],
        "int_loans__financed_emissions": [],
        "int_loans__attribution": [],
        "ref_rules__factors": [
            {"factor_id": f"sector_emissions__{name}", "factor_table": "sector_emissions", "factor_value": 1, "status": "active"}
            for name in factors
        ],
    }
    found = {row["pcaf_option"]: row["pcaf_score"] for row in build_chain(tables, ["int_loans__pcaf"])["int_loans__pcaf"]}
    assert found == {option: scores[option] for option in ("3a", "3b", "3c")}


@needs_itr
def test_the_seven_weightings_are_those_of_the_peer() -> None:
    given = rows(ITR / "input.csv")
    value = {
        "market_cap_amount": "market_cap",
        "enterprise_value_amount": "enterprise_value",
        "total_assets_amount": "total_assets",
        "revenue_amount": "revenue",
    }
    tables = book(
        loans=[
            {"loan_id": r["company"], "counterparty_id": r["company"], "outstanding_amount": float(r["investment_value"])} for r in given
        ],
        companies=[
            # the peer's EV and cash stand in one column, so that cash is what is left
            {
                "counterparty_id": r["company"],
                "cash_amount": float(r["ev_plus_cash"]) - float(r["enterprise_value"]),
                "evic_amount": float(r["ev_plus_cash"]),
            }
            | {name: float(r[column]) for name, column in value.items()}
            for r in given
        ],
        plants=[{"plant_id": f"{r['company']} works", "owner_id": r["company"]} for r in given],
        emissions=[
            {"plant_id": f"{r['company']} works", "scope": scope, "emissions_tco2e": float(r[column])}
            for r in given
            for scope, column in (("1", "ghg_s1s2"), ("3", "ghg_s3"))
            if scope == "1" or r["scope"] == "S1S2S3"
        ],
    )
    weights = build_chain(tables, ["int_loans__weights"])["int_loans__weights"]
    score = {r["company"]: float(r["score_degC"]) for r in given}
    for expected in rows(ITR / "expected.csv"):
        column = expected["method"].lower()
        total = sum(row[column] for row in weights)
        contribution = {row["loan_id"]: row[column] / total * score[row["loan_id"]] for row in weights}
        assert contribution == pytest.approx({name: float(expected[name]) for name in score}, abs=1e-9), column
        assert sum(contribution.values()) == pytest.approx(float(expected["portfolio"]), abs=1e-9), column
