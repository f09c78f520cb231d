"""The quality rules of a night: other tables are measured whole, readings only where tonight's files were not measured before.

What a rule finds in a set of files does not change while the rule, the files and the tables it looks into stay the same: it is kept in
`HOME/readings/quality/`, so that a night's cost follows what it receives and not what the store holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.rulebook.quality_sql import SHOWN, measure_quality, quality_sql, tables_read
from pipelines.run_readings import READINGS_TABLE, bind_readings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.night_readings import NightReadings
    from pipelines.rulebook.model import QualityRule

#: A file as a measurement knows it: its ingest key and the name under which it shows in messages.
Files = frozenset[tuple[str, str]]


def measure_night(rules: Sequence[QualityRule], con: DuckDBPyConnection, readings: NightReadings) -> list[dict[str, Any]]:
    """One row a rule, as `measure_quality` gives them. `raw_monitoring__stack_readings` is bound to other rows afterwards.

    Args: con: the run's database, with raw and reference tables. readings: tonight's files are those measured.
    """
    from pipelines.warehouse import database

    on_readings = [rule for rule in rules if rule.table == READINGS_TABLE]
    others = measure_quality([rule for rule in rules if rule.table != READINGS_TABLE], lambda sql: database.read_rows(con, sql))
    return sorted([*others, *_Measuring(con, readings).measure(on_readings)], key=lambda row: str(row["rule_id"]))


@dataclass(frozen=True)
class _Found:
    """What a rule found in some files before."""

    files: Files
    row: dict[str, Any]


class _Measuring:
    """Rules on readings, measured for tonight's files."""

    def __init__(self, con: DuckDBPyConnection, readings: NightReadings) -> None:
        self._con = con
        self._readings = readings
        self._folder = readings.index.store.folder / "quality"
        self._folder.mkdir(exist_ok=True)

    def measure(self, rules: Iterable[QualityRule]) -> list[dict[str, Any]]:
        """One row a rule."""
        return [self._measure_repeats(rule) if _looks_for_repeats(rule) else self._measure_rows(rule) for rule in rules]

    def _measure_rows(self, rule: QualityRule) -> dict[str, Any]:
        """What was found before in parts of tonight's files, and what is found now in the rest."""
        rule_key = self._rule_key(rule)
        left = frozenset((record.ingest_key, self._readings.names[record.file_id]) for record in self._readings.tonight)
        found = []
        for earlier in self._earlier(rule_key):
            if earlier.files <= left:
                found.append(earlier.row)
                left -= earlier.files
        if left or not found:
            row = self._measured(rule, left)
            if row["error"] is not None:
                return row
            self._keep(rule_key, left, row)
            found.append(row)
        return _together(rule.rule_id, found)

    def _measured(self, rule: QualityRule, files: Files) -> dict[str, Any]:
        from pipelines.warehouse import database
        from pipelines.warehouse.readings_index import files_sql

        keys = {ingest_key for ingest_key, _ in files}
        records = [record for record in self._readings.tonight if record.ingest_key in keys]
        bind_readings(self._con, files_sql(self._readings.index.store, records))
        return measure_quality([rule], lambda sql: database.read_rows(self._con, sql))[0]

    def _measure_repeats(self, rule: QualityRule) -> dict[str, Any]:
        """Repeats can only be in series that two files cover at the same time, or that one file has twice: only these are read."""
        from pipelines.warehouse import database
        from pipelines.warehouse.readings_index import repeated_series_sql

        bind_readings(self._con, repeated_series_sql(self._con, self._readings.index.store, self._readings.tonight))
        row = measure_quality([rule], lambda sql: database.read_rows(self._con, sql))[0]
        return row if row["error"] is not None else row | {"checked_count": sum(record.reading_count for record in self._readings.tonight)}

    def _rule_key(self, rule: QualityRule) -> str:
        """Hash of the rule and of all it looks at beside the readings."""
        from pipelines.warehouse import database
        from pipelines.warehouse.fingerprint import mapping_hash

        sql = quality_sql([rule])
        tables = [name for name in tables_read(sql) if name not in (READINGS_TABLE, "ref_run__settings")]
        looked_at: Mapping[str, object] = {name: database.table_hash(self._con, name) for name in tables}
        as_of = database.read_rows(self._con, "select as_of_date from ref_run__settings") if "ref_run__settings" in sql else None
        return mapping_hash({"sql": sql, "looked_at": looked_at, "as_of": as_of})[:32]

    def _earlier(self, rule_key: str) -> list[_Found]:
        """Measurements of this rule on sets of files, the largest set first."""
        kept = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(self._folder.glob(f"{rule_key}-*.json"))]
        found = [_Found(frozenset((key, name) for key, name in row.pop("files")), row) for row in kept]
        return sorted(found, key=lambda item: (-len(item.files), sorted(item.files)))

    def _keep(self, rule_key: str, files: Files, row: dict[str, Any]) -> None:
        from pipelines.warehouse.fingerprint import mapping_hash
        from pipelines.warehouse.readings_store import write_json

        listed = sorted(files)
        write_json(Path(self._folder) / f"{rule_key}-{mapping_hash({'files': listed})[:16]}.json", {"files": listed, **row})


def _looks_for_repeats(rule: QualityRule) -> bool:
    return rule.check == "unique" and {"stack_id", "indicator", "period_start_at"} <= set(rule.columns) and not rule.where


def _together(rule_id: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Counts added up, the first samples of all."""
    failed = [row["failed_count"] for row in rows]
    samples = sorted(line for row in rows for line in (row["samples"] or "").split("\n") if line)
    return {
        "rule_id": rule_id,
        "checked_count": sum(row["checked_count"] for row in rows),
        "failed_count": None if None in failed else sum(failed),
        "samples": "\n".join(samples[:SHOWN]) or None,
        "error": None,
    }
