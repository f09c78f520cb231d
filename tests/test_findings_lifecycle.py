"""Findings over many nights: what SQL, log and fold make of them together, held against a small independent model of the lifecycle."""

from __future__ import annotations

import random
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import WrongUseError
from pipelines.ledger.book import CHANGES, Book
from pipelines.ledger.canonical import canonical_text
from pipelines.ledger.findings import CHANGED, act, finding_rows, findings
from pipelines.ledger.manifest import Made, Manifest
from pipelines.warehouse.database import build_model, connect, read_rows
from tests.sql_cases import models, table_types

MODEL = models()["int_findings__states"]
UNITS = ("unit:A", "unit:B", "unit:C")
FIRST_NIGHT = date(2026, 1, 31)


@dataclass
class Expected:
    """The independent model: one finding, moved by the sentences of docs/findings.md, one sentence a line."""

    state: str | None = None
    claimed: date | None = None
    disputed_version: str | None = None
    seen_version: str | None = None
    told: bool = False
    tells: bool = False

    def night(self, day: date, judged: str | None, last: str | None, waived: bool, version: str, in_force: bool) -> None:
        self.tells = False
        if judged is not None:
            self.seen_version = version
        self._move(judged, last, waived, in_force, day)
        if self.state in (None, "WAIVED", "FALSE_POSITIVE", "CLOSED", "CLOSED_RULE_RETIRED") or (judged, last) == ("FAIL", "FAIL"):
            self.told = False

    def _move(self, judged: str | None, last: str | None, waived: bool, in_force: bool, day: date) -> None:
        if self.state is None:
            if judged == "FAIL":
                self.state = "WAIVED" if waived else "PENDING_CHECK" if last == "PASS" else "OPEN"
                self.told = self.state == "PENDING_CHECK"
            return
        if self.state in ("CLOSED", "CLOSED_RULE_RETIRED"):
            if judged == "FAIL":
                self.reopen("WAIVED" if waived else "PENDING_CHECK" if last == "PASS" else "REOPENED")
            return
        if not in_force:
            self.state = "CLOSED_RULE_RETIRED"
        elif judged == "PASS":
            self.state = "CLOSED"
        elif self.state == "FALSE_POSITIVE" and self.disputed_version == self.seen_version:
            pass
        elif waived:
            self.state = "WAIVED"
        elif self.state in ("WAIVED", "FALSE_POSITIVE"):
            self.reopen("PENDING_CHECK" if judged == "FAIL" and last == "PASS" else "REOPENED")
        elif judged == "FAIL" and last == "PASS":
            self.state, self.tells, self.told = "PENDING_CHECK", not self.told, True
        elif judged == "FAIL" and (self.told or (self.state == "PENDING_CHECK" and (self.claimed is None or day > self.claimed))):
            self.reopen("REOPENED")

    def reopen(self, state: str) -> None:
        self.state, self.claimed, self.told = state, None, state == "PENDING_CHECK"

    def person(self, kind: str, day: date) -> None:
        moves = {"finding_acknowledged": "ACKNOWLEDGED", "finding_planned": "IN_REMEDIATION", "finding_claimed": "PENDING_CHECK"}
        if kind == "finding_claimed":
            self.claimed = day
        if kind == "finding_disputed":
            self.disputed_version = self.seen_version
        if self.state in ("OPEN", "ACKNOWLEDGED", "IN_REMEDIATION", "PENDING_CHECK", "REOPENED"):
            self.state = moves.get(kind, "FALSE_POSITIVE" if kind == "finding_disputed" else self.state)


class Simulation:
    """A home whose nights consist of the findings' model alone."""

    def __init__(self, home: Path, seed: int) -> None:
        self.book, self.home, self.chance = Book(home), home, random.Random(seed)
        self.expected = {unit: Expected() for unit in UNITS}
        self.ids: dict[str, str] = {}
        self.version, self.night_number = 1, 0
        self.past: list[tuple[str, dict[str, str]]] = []

    @property
    def day(self) -> date:
        return FIRST_NIGHT + timedelta(days=self.night_number)

    def night(self) -> None:
        self.night_number += 1
        self.version += self.chance.random() < 0.1
        in_force = self.chance.random() > 0.05
        waived = {unit for unit in UNITS if self.chance.random() < 0.2}
        judged = {unit: self._verdict() if in_force else (None, None) for unit in UNITS}
        rows = self._built(judged, waived, in_force)
        for unit, (window, last) in judged.items():
            self.expected[unit].night(self.day, window, last, unit in waived, f"v{self.version}", in_force)
        told = {row["entity_id"] for row in rows if row["change"] == "PENDING_CHECK"}
        assert told == {unit for unit in UNITS if self.expected[unit].tells}, "what is mended is told once"
        self.ids |= {row["entity_id"]: row["finding_id"] for row in rows}
        self._published([row for row in rows if row["is_changed"]])

    def people(self) -> None:
        kinds = ("finding_acknowledged", "finding_planned", "finding_claimed", "finding_disputed", "finding_commented")
        for unit, finding_id in self.ids.items():
            if self.chance.random() > 0.4:
                continue
            kind = self.chance.choice(kinds)
            closed = self.expected[unit].state in ("CLOSED", "CLOSED_RULE_RETIRED")
            details = {"on_date": self.day.isoformat(), "due_date": self.day.isoformat(), "owner": "o"}
            if closed and kind != "finding_commented":
                with pytest.raises(WrongUseError):
                    act(self.book, finding_id, kind, actor="p", details=details)
                continue
            act(self.book, finding_id, kind, actor="p", details=details)
            self.expected[unit].person(kind, self.day)

    def check(self) -> None:
        states = {one.entity_id: one.state for one in findings(self.book).values()}
        assert states == {unit: one.state for unit, one in self.expected.items() if one.state}
        self.past.append((self.book.log.head(), states))

    def check_past(self) -> None:
        """What was known at any earlier moment can still be asked."""
        for head, states in self.past:
            then = findings(self.book, self.book.log.upto(head))
            assert {one.entity_id: one.state for one in then.values()} == states

    def _verdict(self) -> tuple[str, str]:
        window = self.chance.choice(["FAIL", "FAIL", "PASS", "NO_DATA", "ERROR", "INDETERMINATE"])
        return window, self.chance.choice(["FAIL", "PASS"]) if window == "FAIL" else window

    def _built(self, judged: dict[str, Any], waived: set[str], in_force: bool) -> list[dict[str, Any]]:
        given: dict[str, list[dict[str, Any]]] = {
            "ref_run__settings": [{"as_of_date": self.day}],
            "ref_rules__rules": [{"rule_id": "r", "status": "active"}] if in_force else [],
            "raw_ledger__findings": finding_rows(findings(self.book)),
            "raw_ledger__waivers": [
                {"waiver_id": unit, "rule_id": "r", "plant_id": "P", "entity_id": unit, "start_date": self.day, "expiry_date": self.day}
                for unit in waived
            ],
            "int_plants__verdicts": [row for unit, states in judged.items() if states[0] for row in self._verdicts(unit, *states)],
        }
        with connect(":memory:") as con:
            for table in MODEL.dependencies:
                con.execute(f"create table {table} ({', '.join(f'{name} {kind}' for name, kind in table_types(table).items())})")
                for row in given.get(table, []):
                    con.execute(f"insert into {table} ({', '.join(row)}) values ({', '.join('?' for _ in row)})", list(row.values()))
            build_model(con, MODEL)
            return read_rows(con, "select * from int_findings__states order by finding_id")

    def _verdicts(self, unit: str, window: str, last: str) -> list[dict[str, Any]]:
        row = {"rule_id": "r", "rule_version": f"v{self.version}", "plant_id": "P", "entity_id": unit, "is_over": True}
        rows = [{**row, "state": last, "period_end_date": self.day}]
        return rows if last == window else [*rows, {**row, "state": window, "period_end_date": self.day - timedelta(days=40)}]

    def _published(self, rows: list[dict[str, Any]]) -> None:
        folder = self.home / "runs" / f"night.{self.night_number}"
        folder.mkdir(parents=True)
        changes = [{name: row[name].isoformat() if isinstance(row[name], date) else row[name] for name in CHANGED} for row in rows]
        (folder / CHANGES).write_text(canonical_text(changes), encoding="utf-8")
        made = Made("night", {"as_of_date": self.day.isoformat()}, {}, {}, {}, {}, {}, "code", {}, {})
        manifest = Manifest(made, events_head=self.book.log.head(), knowledge="", outputs={CHANGES: "x"})
        manifest.write(folder)
        self.book.note_published(folder, manifest, {})


@given(seed=st.integers(0, 10_000))
@settings(max_examples=3, deadline=None)
def test_forty_nights_end_where_the_independent_model_says(seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        simulation = Simulation(Path(folder) / "home", seed)
        for _ in range(40):
            simulation.night()
            simulation.check()
            simulation.people()
            simulation.check()
        simulation.check_past()
        assert simulation.book.log.first_break() is None


def test_the_simulation_meets_every_state() -> None:
    met: set[str | None] = set()
    for seed in range(3):
        with tempfile.TemporaryDirectory() as folder:
            simulation = Simulation(Path(folder) / "home", seed)
            for _ in range(40):
                simulation.night()
                simulation.people()
                met |= {one.state for one in simulation.expected.values()}
    assert met - {None} == {
        "OPEN",
        "ACKNOWLEDGED",
        "IN_REMEDIATION",
        "PENDING_CHECK",
        "REOPENED",
        "WAIVED",
        "FALSE_POSITIVE",
        "CLOSED",
        "CLOSED_RULE_RETIRED",
    }
