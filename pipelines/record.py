"""The ledger's side of a night: keep what went in, write the manifest, publish through the log. Joins warehouse and ledger."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import settings
from pipelines.ledger.book import CHANGES, PUBLISHED, Book
from pipelines.ledger.events import FIRST
from pipelines.ledger.findings import finding_rows, findings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.ledger.events import Event
    from pipelines.ledger.manifest import Made
    from pipelines.rulebook.load_waivers import Waiver
    from pipelines.rulebook.model import Rulebook
    from pipelines.warehouse.publish import Home

#: Tables whose content a run answers for: what they hold is in the root hash.
_RESULTS = """
select table_name from duckdb_tables()
where not internal and (table_name like 'mart\\_%' escape '\\' or table_name like 'raw\\_ledger\\_%' escape '\\'
    or table_name in ('int_plants__verdicts', 'raw_matching__links', 'raw_matching__unmatched'))
order by table_name
"""
#: Kinds of knowledge → the ends of their file names.
_KNOWLEDGE = {"rules": (".yaml",), "models": (".sql",), "reference": (".csv",), "waivers": (".yaml",)}


@dataclass
class Record:
    """What one night writes into the ledger of its home."""

    home: Path
    events_head: str = FIRST
    knowledge: dict[str, dict[str, str]] = field(default_factory=dict)
    waiver_hashes: dict[str, str] = field(default_factory=dict)
    bundle: str = ""
    made: Made | None = None
    runs: tuple[Event, ...] = ()  # events of the runs published before this one; nobody else publishes while the home is held

    @cached_property
    def book(self) -> Book:
        """The ledger of the home; one for the night, so that its log is read again only when it has grown."""
        return Book(self.home)

    def published_details(self) -> list[dict[str, Any]]:
        """What the log says of each published run, in order."""
        return [dict(event.details) for event in self.runs]

    def begin(self, home: Home) -> None:
        """Finish what a killed run left: a run that the log calls published becomes current. Notes where the log stands now."""
        events = self.book.log.events()
        self.events_head = events[-1].hash if events else FIRST
        self.runs = tuple(event for event in events if event.kind == PUBLISHED)
        for event in self.runs:
            self.book.copy_records(event, home.runs)
        if self.runs and (home.runs / self.runs[-1].subject).is_dir():
            home.make_current(home.runs / self.runs[-1].subject)
        self.book.finish_removals()
        self.book.finish_keeping()

    def keep_inputs(self, received: Mapping[str, str], landing: Path, rules: Path, waivers: Path | None) -> None:
        """Keep the received files (name → content hash) and the knowledge they will be judged by."""
        from pipelines.warehouse.fingerprint import file_hashes

        folders = {
            "rules": rules,
            "models": settings.SQL_FOLDER,
            "reference": settings.REFERENCE_FOLDER,
            "waivers": waivers or self.home / "waivers",
        }
        self.knowledge = {kind: file_hashes(folders[kind], ends) for kind, ends in _KNOWLEDGE.items()}
        self.book.keep_received(received, landing)
        self.bundle = self.book.keep_knowledge({kind: (folders[kind], list(hashes)) for kind, hashes in self.knowledge.items()})

    def known_findings(self) -> list[dict[str, Any]]:
        """Rows of `raw_ledger__findings`: what earlier runs and people left."""
        return finding_rows(findings(self.book))

    def issued(self) -> date | None:
        """The latest as-of day for which results were published; None before the first run."""
        return max((date.fromisoformat(event.details["as_of_date"]) for event in self.runs), default=None)

    def waivers(self, folder: Path | None, rulebook: Rulebook) -> list[Waiver]:
        """The bank's waivers. Raises RuleFileError for those that are wrong, or that reach back into results already issued."""
        from pipelines.rulebook.load_waivers import load_waivers, refuse_back_dating

        found = load_waivers(folder or self.home / "waivers", rulebook)
        refuse_back_dating(found, {content for event in self.runs for content in self._waivers_of(event)}, self.issued())
        self.waiver_hashes = {waiver.path: waiver.sha256 for waiver in found}
        return found

    def _waivers_of(self, event: Event) -> Iterable[str]:
        """Hashes of the waivers that a published run took; events of earlier versions leave them to the manifest."""
        if "waivers" in event.details:
            return event.details["waivers"]
        return self.book.published_runs([event])[0].manifest.made.waivers.values()

    def note_results(self, con: DuckDBPyConnection, run_id: str, options: Mapping[str, Any], received: Mapping[str, str]) -> str:
        """Put together what the run was made from and found; its root hash. Call it when every table is built."""
        from pipelines.ledger.manifest import Made
        from pipelines.warehouse import database
        from pipelines.warehouse.fingerprint import code_version
        from pipelines.warehouse.side_by_side import table_hashes

        compared = database.read_rows(con, "select earlier_run_id from raw_change__runs")
        self.made = Made(
            run_id=run_id,
            settings=dict(options),
            inputs=dict(received),
            rules=self.knowledge["rules"],
            models=self.knowledge["models"],
            reference=self.knowledge["reference"],
            waivers=self.waiver_hashes,
            code=code_version(),
            history={
                "previous_root_hash": self.runs[-1].details["root_hash"] if self.runs else None,
                "compared_run_id": compared[0]["earlier_run_id"] if compared else None,
            },
            tables=table_hashes(con, [row["table_name"] for row in database.read_rows(con, _RESULTS)]),
        )
        return self.made.root_hash

    def publish(
        self, home: Home, building: Path, changes: list[dict[str, Any]], counts: Mapping[str, Any], readings: Mapping[str, str]
    ) -> Path:
        """Seal the built run, say in the log that it is published, make it current; its folder. `readings`: stored file → sha256.

        Killed before the log speaks, the run was never published; killed after, the next night makes it current.
        """
        from pipelines.ledger.manifest import Manifest, dependency_versions, output_hashes, python_version

        assert self.made is not None
        (building / CHANGES).write_text(json.dumps(changes, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
        manifest = Manifest(
            made=self.made,
            events_head=self.events_head,
            knowledge=self.bundle,
            outputs=output_hashes(building),
            dependencies=dependency_versions(),
            python=python_version(),
            readings=dict(readings),
        )
        manifest.write(building)
        finished = home.finish(building)
        self.book.note_published(finished, manifest, counts)
        home.make_current(finished)
        return finished
