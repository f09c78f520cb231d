"""Pages of books that are odd: without loans, without data, with names that break out of HTML, with nothing where a name should be."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipelines.report.site.addresses import borrower_address, plant_address, portfolio_address
from pipelines.report.site.indicator_view import IndicatorView
from pipelines.settings import RULES_FOLDER
from tests.published import ONE_KILN, Rows, publish
from tests.site import pages_of, site_of

_EVIL = 'Works "A" <script>alert(1)</script> & 水泥 Ltd'
_LOAN = ONE_KILN["raw_bank__loans"][0] | {"reporting_date": date(2026, 5, 31)}


def _site(folder: Path, rows: dict[str, Rows]) -> Path:
    return site_of(publish(folder, RULES_FOLDER, rows), folder / "site")


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Names that are not plain, a plant without a name, a borrower without an id, an amount that cannot be converted, no reading."""
    plants = [
        ONE_KILN["raw_plants__plants"][0] | {"plant_name": _EVIL},
        {"plant_id": "no name/1", "country_iso3": "IDN", "sector": "steel", "status": "operating"},
    ]
    loans = [
        _LOAN | {"counterparty_name": _EVIL, "portfolio_id": "BOOK & Co", "maturity_date": date(2030, 1, 1)},
        _LOAN | {"loan_id": "L 2/<b>", "counterparty_name": "水泥 & Söhne", "portfolio_id": "BOOK & Co", "sector": "steel"},
        _LOAN | {"loan_id": "L3", "counterparty_name": "Rate", "portfolio_id": "BOOK & Co", "currency_code": "XOF", "country_iso3": None},
    ]
    links = [
        ONE_KILN["raw_matching__links"][0] | {"portfolio_id": "BOOK & Co"},
        ONE_KILN["raw_matching__links"][0] | {"portfolio_id": "BOOK & Co", "loan_id": "L 2/<b>", "plant_id": "no name/1"},
    ]
    units = [ONE_KILN["raw_plants__process_units"][0] | {"technology": "new_dry_precalciner"}]
    rows = ONE_KILN | {
        "raw_plants__process_units": units,
        "raw_plants__plants": plants,
        "raw_bank__loans": loans,
        "raw_matching__links": links,
    }
    return _site(tmp_path_factory.mktemp("odd"), rows)


def test_a_run_without_loans_has_a_first_page_that_says_so(tmp_path: Path) -> None:
    site = _site(tmp_path, {name: rows for name, rows in ONE_KILN.items() if name not in ("raw_bank__loans", "raw_matching__links")})
    assert "No portfolio: no loan was read in this run." in (site / "index.html").read_text(encoding="utf-8")
    assert set(pages_of(site)) >= {"index.html", "borrowers/index.html", "plants/index.html"}
    assert (site / plant_address("A")).exists(), "without a book every plant received has its page"


def test_a_book_of_unknowns_is_not_assessable_and_shows_no_rate(odd: Path) -> None:
    page = (odd / portfolio_address("BOOK & Co")).read_text(encoding="utf-8")
    assert "of assessed exposure is green" not in page
    assert "Not assessable" in page
    assert "nothing unknown counts as green" in page


def test_names_are_printed_as_text_never_as_markup(odd: Path) -> None:
    for path in odd.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "<script>alert" not in text, path
        assert "L 2/<b>" not in text, path
    page = (odd / plant_address("A")).read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; 水泥 Ltd" in page


def test_what_has_no_name_is_called_by_its_id(odd: Path) -> None:
    assert "<h1>no name/1</h1>" in (odd / plant_address("no name/1")).read_text(encoding="utf-8")
    for path in odd.rglob("*.html"):
        assert ">None<" not in path.read_text(encoding="utf-8"), path
    assert (odd / borrower_address("name: 水泥 & Söhne")).exists()


def test_a_loan_without_a_usable_amount_is_named_with_what_to_do(odd: Path) -> None:
    page = (odd / portfolio_address("BOOK & Co")).read_text(encoding="utf-8")
    assert "amount could not be computed" in page


def test_a_run_of_a_later_day_than_its_newest_loans_is_marked_stale_on_every_page(odd: Path) -> None:
    for path in odd.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        assert "STALE" in page, path
        assert "the newest loans are of 31 May 2026;" in page, path


def test_a_limit_on_another_basis_stands_beside_the_ruler_with_its_state() -> None:
    verdict = {"entity_id": "stack:S", "indicator_id": "co", "rule_id": "law", "severity": "error", "is_binding_tier": True}
    common = {"limit_value": 1087.0, "strictness_rank": 1, "tier": "", "state": "FAIL", "basis_o2_pct": None}
    law = common | {"rule_id": "law", "basis": "every hour"}
    lender = common | {"rule_id": "bank", "basis": "daily mean", "limit_value": 100.0}
    rows = SimpleNamespace(regimes={("stack:S", "co"): [law, lender]}, indicators={})
    assert IndicatorView([verdict], rows).elsewhere == [lender]  # type: ignore[arg-type]
