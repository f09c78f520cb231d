"""The files of a run, written from its finished database by two processes: pages here, tables (workbook, CSV, JSON) in the other."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import settings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.report.scorecard import Read, Scorecard
    from pipelines.rulebook.check_result import CheckResult
    from pipelines.warehouse.model import SqlModel

#: Tables written as files of their own: what, file, how.
_EXPORTS = (("select * from int_plants__verdicts order by all", "verdicts.parquet", "format parquet, compression zstd"),)


@dataclass(frozen=True)
class RunFiles:
    """What the files of a run are written from; goes to the other process.

    Args:
        folder: Of the run. database: Closed by whoever wrote it. description: `Night.description`.
        keys: Columns that name one row, by mart.
    """

    folder: Path
    database: Path
    description: Mapping[str, Any]
    keys: Mapping[str, Sequence[str]]


@contextmanager
def other_process() -> Iterator[ProcessPoolExecutor]:
    """One more process, which imports what it needs while this one goes on."""
    pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
    try:
        pool.submit(_prepare)
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def write_files(pool: ProcessPoolExecutor, run: RunFiles, models: Sequence[SqlModel], quality: Sequence[CheckResult]) -> list[Path]:
    """Write the site, the digest, the lineage events and the verdicts, and meanwhile in the other process the tables; all files written.

    Args: models: All SQL models. quality: Results of the quality rules.
    """
    from pipelines.report.digest import digest, write_digest
    from pipelines.report.lineage_events import write_lineage
    from pipelines.report.site.material import Material
    from pipelines.report.site.write import write_site
    from pipelines.warehouse.evidence import day_readings

    tables = [pool.submit(_write_tables, run)]
    with _opened(run) as (read, scorecard, con):

        def begin_workbook(pages: Sequence[str]) -> None:
            tables.append(pool.submit(_write_workbook, run, [f"site/{page}" for page in pages]))

        written = write_site(run.folder / "site", Material(scorecard, read, partial(day_readings, con)), begun=begin_workbook)
        written += write_digest(run.folder, digest(read, dict(run.description)))
        files = read("select file_name, file_id from raw_landing__files")
        written.append(write_lineage(run.folder, dict(run.description), files, models, quality))
        for sql, name, form in _EXPORTS:
            con.execute(f"copy ({sql}) to '{run.folder / name}' ({form})")
    return [*written, *(path for future in tables for path in future.result())]


@contextmanager
def _opened(run: RunFiles) -> Iterator[tuple[Read, Scorecard, DuckDBPyConnection]]:
    """A reader of the run's database, what the reports show of it, and its connection."""
    from pipelines.report.scorecard import collect
    from pipelines.warehouse import database

    with database.connect(run.database, read_only=True, memory_limit=settings.memory_limit()) as con:
        read = partial(database.read_rows, con)
        yield read, collect(read, dict(run.description)), con


def _prepare() -> None:
    """In the other process: end when the night is killed, and import what is needed."""
    threading.Thread(target=_end_with_the_night, daemon=True).start()
    import pipelines.report.workbook
    import pipelines.warehouse.database  # noqa: F401


def _end_with_the_night() -> None:
    night = multiprocessing.parent_process()
    assert night is not None
    night.join()
    os._exit(1)


def _write_tables(run: RunFiles) -> list[Path]:
    """Write scorecard.json, rejects.csv and csv/."""
    from pipelines.report.scorecard import write_reports

    with _opened(run) as (_, scorecard, _):
        return write_reports(run.folder, scorecard, run.keys)


def _write_workbook(run: RunFiles, pages: Sequence[str]) -> list[Path]:
    """Write the workbook. Args: pages: addresses that it may link to."""
    from pipelines.report.workbook import write_workbook

    with _opened(run) as (read, scorecard, _):
        return [write_workbook(run.folder, scorecard, read, pages)]
