"""A folder of received files → everything that could be read, and a word on everything that could not. Writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from pipelines.sources.canonical import CanonicalReader, canonical_readers
from pipelines.sources.checking import checked_rows, well_shaped
from pipelines.sources.collected import Collected
from pipelines.sources.columns import columns_of
from pipelines.sources.declared import COLUMNS_FORMAT, FILES_FORMAT, DeclarationError, FileDeclaration
from pipelines.sources.files import data_paths, identified, open_contents
from pipelines.sources.formats import FORMATS, TABLES
from pipelines.sources.reader import Reader, Reject, Sheet
from pipelines.sources.received import BulkFile, Content, FileState, Received, ReceivedFile, UnreadableError, UnrecognisedError
from pipelines.sources.recognise import Readers, Triage, triage
from pipelines.sources.registry import public_readers
from pipelines.sources.wide import Layout, wide_layout

#: The format that the warehouse loads itself when it comes as text or Parquet.
BULK_FORMAT = "stack_readings"
#: Files beyond this size declare nothing about others: they are not opened twice.
_LARGEST_DECLARATION = 1 << 20
_MODELS = {TABLES[name]: model for name, model in FORMATS.items()}
_EMPTY = "holds nothing, not even a header; ask the sender whether this is meant, or take the file out of the folder"
_HEADER_ONLY = "has a header and no rows; ask the sender whether nothing is to be reported"
REFUSED = "none of its rows could be read; rejects.csv says for each why, and what to do"


def read_landing(folder: Path, progress: Callable[[str], None], public: Sequence[Reader] | None = None) -> Received:
    """Read every file of the folder and below it.

    Args:
        folder: The landing folder; what is passed over in it is told by `files.data_paths`.
        progress: Called with a short text before each file.
        public: Readers of public formats; by default those of the registry.

    Returns:
        Typed rows by raw table, stack readings still to be loaded, one files row for every file (or sheet), the rejects.

    Raises:
        WrongUseError: There is no such folder. SourceFileError: There is no data in it. A bad file raises nothing: its files row says so.
    """
    readers = Readers(canonical_readers(), list(public_readers() if public is None else public))
    collected = Collected()
    files = _distinct_files(folder)
    declaring = [file for file, _ in files if _declares(file, readers)]
    # What is declared about other files is read first.
    for file, other_names in sorted(files, key=lambda item: item[0] not in declaring):
        if file not in declaring:
            collected.declare()
        progress(f"reading {file.file_name}")
        also = f"also received as {', '.join(other_names)}; read once" if other_names else None
        _read_file(file, readers, collected, also)
    return collected.received()


def _distinct_files(folder: Path) -> list[tuple[ReceivedFile, list[str]]]:
    """Each content once, under its first name, with the other names it came under."""
    by_content: dict[str, list[ReceivedFile]] = defaultdict(list)
    for path in data_paths(folder):
        file = identified(path, folder)
        by_content[file.file_id].append(file)
    return [(files[0], [file.file_name for file in files[1:]]) for files in by_content.values()]


def _declares(file: ReceivedFile, readers: Readers) -> bool:
    """Whether the file says something about other files."""
    if file.byte_count > _LARGEST_DECLARATION:
        return False
    try:
        contents = open_contents(file, readers.fit)
        return any(reader.reader_id in (FILES_FORMAT, COLUMNS_FORMAT) for _, reader in triage(contents, readers).recognised)
    except UnreadableError:
        return False


def _read_file(file: ReceivedFile, readers: Readers, collected: Collected, also: str | None) -> None:
    try:
        contents = open_contents(file, readers.fit)
        if not contents:
            collected.add_file(file, "empty", _joined(_EMPTY, also))
        elif not _read_wide(file, contents[0], readers, collected, also):
            _read_contents(file, contents, triage(contents, readers), collected, also)
    except UnrecognisedError as error:
        collected.add_file(file, "unrecognised", _joined(str(error), also))
    except (UnreadableError, DeclarationError) as error:
        collected.add_file(file, "unreadable", _joined(str(error), also))


def _read_wide(file: ReceivedFile, content: Content, readers: Readers, collected: Collected, also: str | None) -> bool:
    """Take a wide file of stack readings; False when it is none."""
    if content.kind == "workbook":
        return False
    declared = collected.declarations.of_file(file.file_name)
    layout = wide_layout(content.headers, declared, collected.declarations.columns_of(file.file_name))
    if layout is None:
        return False
    read = (
        {value.header for value in layout.values}
        | {header for header, name in zip(content.headers, layout.columns, strict=True) if name}
        | {content.headers[value.flag_place - 1] for value in layout.values if value.flag_place}
    )
    ignored = [header for header in content.headers if header and header not in read]
    note = _joined(content.note, f"columns not read: {', '.join(ignored)}" if ignored else None, also)
    if content.has_rows:
        collected.bulk.append(_bulk_file(file, content, readers.canonical_reader(BULK_FORMAT), declared, layout))
        collected.add_file(file, "read", note, BULK_FORMAT)
    else:
        collected.add_file(file, "header_only", _joined(_HEADER_ONLY, note), BULK_FORMAT)
    return True


def _read_contents(file: ReceivedFile, contents: list[Content], sorted_out: Triage, collected: Collected, also: str | None) -> None:
    for content, message in sorted_out.refused:
        message = _renamed(content, collected) or message
        collected.add_file(file, "unrecognised", _joined(message, also), sheet=content.sheet_name)
    unread = f"sheets not read: {', '.join(sorted_out.unread)}" if sorted_out.unread else None
    sheets = {} if _is_all_bulk(sorted_out) else {content.sheet_name: well_shaped(content.load()) for content in contents}
    book = [sheet for sheet, _ in sheets.values()]
    for content, reader in sorted_out.recognised:
        note = _joined(content.note, _ignored_columns(content, reader), unread, also)
        if not content.has_rows:
            collected.add_file(file, "header_only", _joined(_HEADER_ONLY, note), reader.reader_id, content.sheet_name)
        elif isinstance(reader, CanonicalReader) and _is_bulk(content, reader):
            collected.bulk.append(_bulk_file(file, content, reader, collected.declarations.of_file(file.file_name)))
            collected.add_file(file, "read", note, reader.reader_id)
        else:
            _read_sheet(file, sheets[content.sheet_name], book, reader, collected, note)
            if isinstance(reader, CanonicalReader) and reader.reader_id == BULK_FORMAT:
                collected.workbooks[file.file_id] = _workbook_file(file, reader, collected.declarations.of_file(file.file_name))


def _renamed(content: Content, collected: Collected) -> str | None:
    """What to do where the columns are those declared for files of another name."""
    patterns = collected.declarations.patterns_with_columns(content.headers)
    if not patterns or content.kind == "workbook":
        return None
    declared = " and ".join(f"'{pattern}'" for pattern in patterns)
    return (
        f"its columns are those that {COLUMNS_FORMAT} declares for {declared}, which does not fit the name of this file; "
        f"write the name (or a pattern with *) into file_pattern of {COLUMNS_FORMAT} and {FILES_FORMAT}, or give the file the name it had"
    )


def _is_bulk(content: Content, reader: Reader) -> bool:
    return reader.reader_id == BULK_FORMAT and content.kind != "workbook"


def _is_all_bulk(sorted_out: Triage) -> bool:
    return all(_is_bulk(content, reader) for content, reader in sorted_out.recognised)


def _ignored_columns(content: Content, reader: Reader) -> str | None:
    foreign = reader.foreign(content.headers) if isinstance(reader, CanonicalReader) else []
    return f"columns not read: {', '.join(foreign)}" if foreign else None


def _read_sheet(
    file: ReceivedFile, shaped: tuple[Sheet, list[Reject]], book: list[Sheet], reader: Reader, collected: Collected, note: str | None
) -> None:
    sheet, misshapen = shaped
    result = reader.read(sheet, book)
    rejects = misshapen + result.rejects
    for table, rows in result.rows.items():
        good, bad = checked_rows(_MODELS[table], rows)
        collected.add_rows(file, sheet.sheet_name, reader.reader_id, table, good)
        rejects += bad
    rejected, others = collected.add_rejects(file, sheet.sheet_name, rejects)
    skipped = others + result.skipped_count
    read = len(sheet.rows) + len(misshapen) - rejected - skipped
    state: FileState = "refused" if rejected and not read and not skipped else "read"
    message = _joined(REFUSED if state == "refused" else None, note)
    collected.add_file(file, state, message, reader.reader_id, sheet.sheet_name, (read, rejected, skipped))


def _bulk_file(
    file: ReceivedFile, content: Content, reader: CanonicalReader, declared: FileDeclaration, layout: Layout | None = None
) -> BulkFile:
    required = tuple(column.name for column in columns_of(reader.model) if column.is_required)
    return BulkFile(
        path=file.path,
        table=reader.table,
        format="parquet" if content.kind == "parquet" else "csv",
        delimiter=content.delimiter,
        encoding=content.encoding,
        compression=content.compression,
        file_id=file.file_id,
        file_name=file.file_name,
        header_row=content.header_row_number,
        columns=layout.columns if layout else tuple(reader.column_of(header) for header in content.headers),
        required=layout.required if layout else required,
        words={column.name: column.words for column in columns_of(reader.model) if column.words},
        values=layout.values if layout else (),
        declared=declared,
    )


def _workbook_file(file: ReceivedFile, reader: CanonicalReader, declared: FileDeclaration) -> BulkFile:
    """Readings of a workbook, for the store: its rows are checked already."""
    columns = tuple(column.name for column in columns_of(reader.model))
    return BulkFile(file.path, reader.table, "rows", "", "", "none", file.file_id, file.file_name, 1, columns, (), {}, (), declared)


def _joined(*parts: str | None) -> str | None:
    return "; ".join(part for part in parts if part) or None
