"""What has been read so far of a landing folder, and its end as Arrow tables."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pipelines.sources.declared import COLUMNS_FORMAT, FILES_FORMAT, Declarations, declarations
from pipelines.sources.formats import TABLES
from pipelines.sources.reader import Reject, Row
from pipelines.sources.received import BulkFile, FileState, Received, ReceivedFile
from pipelines.sources.schemas import FILES_TABLE, REJECTS_TABLE, raw_schemas

if TYPE_CHECKING:
    import pyarrow as pa

READINGS = TABLES["stack_readings"]


@dataclass
class Collected:
    """Rows by raw table, bulk files, files rows and rejects, while the files are read one by one."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    bulk: list[BulkFile] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[dict[str, Any]] = field(default_factory=list)
    workbooks: dict[str, BulkFile] = field(default_factory=dict)
    declarations: Declarations = field(default_factory=Declarations)
    _declared_rows: int = -1

    def declare(self) -> None:
        """Take up what was read so far of declarations about other files."""
        rows = [self.rows.get(TABLES[name], []) for name in (FILES_FORMAT, COLUMNS_FORMAT)]
        if (count := sum(map(len, rows))) != self._declared_rows:
            self.declarations, self._declared_rows = declarations(*rows), count

    def add_file(
        self,
        file: ReceivedFile,
        state: FileState,
        message: str | None,
        reader: str | None = None,
        sheet: str | None = None,
        counts: tuple[int, int, int] = (0, 0, 0),
    ) -> None:
        """One files row; `counts` are rows read, rows rejected as unreadable, rows passed over; together the rows received."""
        about = {"file_id": file.file_id, "file_name": file.file_name, "byte_count": file.byte_count, "reader": reader, "sheet": sheet}
        numbers = dict(zip(("row_count", "reject_count", "skipped_count"), counts, strict=True))
        self.files.append(about | numbers | {"state": state, "message": message})

    def add_rows(self, file: ReceivedFile, sheet: str | None, reader: str, table: str, rows: list[Row]) -> None:
        """Rows of a raw table, with where they came from."""
        source = {"source_file_id": file.file_id, "source_file_name": file.file_name, "source_sheet": sheet, "source_format": reader}
        self.rows[table].extend(row | source for row in rows)

    def add_rejects(self, file: ReceivedFile, sheet: str | None, rejects: list[Reject]) -> tuple[int, int]:
        """The rejects in the order of their rows; how many rows are unreadable, and how many others are left out."""
        about = {"file_id": file.file_id, "file_name": file.file_name, "sheet": sheet}
        self.rejects.extend(about | vars(reject) for reject in sorted(rejects, key=lambda reject: reject.row_number))
        unreadable = {reject.row_number for reject in rejects if reject.kind == "unreadable"}
        return len(unreadable), len({reject.row_number for reject in rejects} - unreadable)

    def received(self) -> Received:
        """All as Arrow tables, with every canonical table present."""
        import pyarrow as pa

        def table(name: str, rows: list[Row]) -> pa.Table:
            columns = [pa.array([row.get(column.name) for row in rows], column.type) for column in schemas[name]]
            return pa.Table.from_arrays(columns, schema=schemas[name])

        schemas = raw_schemas()
        rows = {name: table(name, self.rows.get(name, [])) for name in TABLES.values()}
        by_workbook = {file_id: [row for row in self.rows[READINGS] if row["source_file_id"] == file_id] for file_id in self.workbooks}
        bulk = [*self.bulk, *(replace(self.workbooks[name], rows=table(READINGS, found)) for name, found in by_workbook.items() if found)]
        return Received(rows, bulk, table(FILES_TABLE, self.files), table(REJECTS_TABLE, self.rejects))
