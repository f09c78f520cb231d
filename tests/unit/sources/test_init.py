from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines.errors import WrongUseError
from pipelines.sources.formats import FORMATS, TABLES
from pipelines.sources.init import write_landing_folder
from pipelines.sources.landing import read_landing
from pipelines.sources.schemas import template_csv


def test_a_new_folder_has_a_template_and_an_example_of_each_format_and_a_readme(tmp_path: Path) -> None:
    written = write_landing_folder(tmp_path / "new")
    names = {path.relative_to(tmp_path / "new").as_posix() for path in written}
    assert names == {"README.md"} | {f"{kind}/{name}.csv" for kind in ("_templates", "_examples") for name in FORMATS}


@pytest.mark.parametrize("name", FORMATS)
def test_an_example_has_the_columns_of_its_template_and_at_least_two_rows(tmp_path: Path, name: str) -> None:
    write_landing_folder(tmp_path)
    example = (tmp_path / "_examples" / f"{name}.csv").read_text(encoding="utf-8")
    assert example.startswith((tmp_path / "_templates" / f"{name}.csv").read_text(encoding="utf-8"))
    assert example.startswith(template_csv(name))
    assert len(example.splitlines()) >= 3


def test_all_examples_together_are_read_without_a_reject_and_their_ids_link_up(tmp_path: Path) -> None:
    write_landing_folder(tmp_path)
    for path in (tmp_path / "_examples").iterdir():
        shutil.copy(path, tmp_path / path.name)
    received = read_landing(tmp_path, lambda text: None)
    assert received.rejects.num_rows == 0
    assert set(received.files["state"].to_pylist()) == {"read"}
    assert sorted(received.files["reader"].to_pylist()) == sorted(FORMATS)

    def ids(name: str, column: str) -> set[str]:
        return set(received.rows[TABLES[name]][column].drop_null().to_pylist())

    companies, plants, units = ids("counterparties", "counterparty_id"), ids("plants", "plant_id"), ids("process_units", "unit_id")
    assert ids("loans", "counterparty_id") | ids("ownership", "owner_id") | ids("plants", "owner_id") <= companies
    assert ids("ownership", "owned_id") <= companies | plants
    assert ids("loan_plant_links", "loan_id") == ids("loans", "loan_id")
    for name in ("loan_plant_links", "process_units", "emission_points", "periodic_returns", "management_evidence"):
        assert ids(name, "plant_id") <= plants
    assert ids("emission_points", "unit_id") | ids("periodic_returns", "unit_id") <= units
    assert ids("loans", "currency_code") <= ids("fx_rates", "currency_code") | {"USD"}


def test_nothing_that_exists_is_overwritten_and_what_lacks_is_added(tmp_path: Path) -> None:
    write_landing_folder(tmp_path)
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / "loans.csv").write_text("received")
    (tmp_path / "_templates" / "loans.csv").unlink()
    assert write_landing_folder(tmp_path) == [tmp_path / "_templates" / "loans.csv"]
    assert (tmp_path / "README.md").read_text() == "mine"
    assert (tmp_path / "loans.csv").read_text() == "received"
    assert write_landing_folder(tmp_path) == []


def test_a_folder_of_something_else_and_a_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("mine")
    with pytest.raises(WrongUseError, match="is not empty and no landing folder"):
        write_landing_folder(tmp_path)
    with pytest.raises(WrongUseError, match="is a file"):
        write_landing_folder(tmp_path / "thesis.doc")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]
