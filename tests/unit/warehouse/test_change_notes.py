"""The note beside a driver says in words which loans came, went, were closed or opened again."""

from __future__ import annotations

from pipelines.warehouse.change_notes import driver_note


def test_a_loan_closed_in_one_run_only_is_told_by_which_of_them() -> None:
    rows = [
        {"side": "new", "name": "B/1", "is_closed": False},
        {"side": "new", "name": "B/3", "is_closed": True},
        {"side": "new", "name": "B/4", "is_closed": False},
        {"side": "old", "name": "B/2", "is_closed": False},
        {"side": "old", "name": "B/3", "is_closed": False},
        {"side": "old", "name": "B/4", "is_closed": True},
    ]
    note = driver_note(lambda _: rows, "loans", {"stg_bank__loans": 6}, "o", "n")
    assert note == "in: B/1; out: B/2; repaid or closed: B/3; opened again: B/4"
