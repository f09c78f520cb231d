"""Which reader a header belongs to, and what to say when there is none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from pipelines.sources.canonical import CanonicalReader
from pipelines.sources.declared import COLUMNS_FORMAT, FILES_FORMAT
from pipelines.sources.reader import Reader, header_key
from pipelines.sources.received import Content, UnrecognisedError
from pipelines.sources.text_files import delimiter_doubt

_SHOWN_READERS = 4
_SHOWN_HEADERS = 8
#: Share of a canonical format's required columns from which a sheet beside a readable one counts as misspelt, not as foreign.
_NEARLY = 0.6
#: More than any header has columns: a reader that lacks nothing wins over one that knows many and lacks one.
_COMPLETE = 100_000

#: So many more columns known to another format, and the fitting one is not what the file is meant to be.
_FAR_MORE = 3


@dataclass(frozen=True)
class Readers:
    """All readers of a run: the canonical formats and the public ones."""

    canonical: Sequence[CanonicalReader]
    public: Sequence[Reader]

    def all(self) -> list[Reader]:
        """Canonical readers, then public ones."""
        return [*self.canonical, *self.public]

    def canonical_reader(self, reader_id: str) -> CanonicalReader:
        """The reader of a canonical format."""
        return next(reader for reader in self.canonical if reader.reader_id == reader_id)

    def fit(self, headers: Sequence[str]) -> int:
        """How well the best reader knows a header; the larger the better."""
        return max(matched_count(reader, headers) + _COMPLETE * (not reader.missing(headers)) for reader in self.all())


@dataclass(frozen=True)
class Triage:
    """The tables of one file, sorted: read by whom, refused why, left unread."""

    recognised: list[tuple[Content, Reader]] = field(default_factory=list)
    refused: list[tuple[Content, str]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def triage(contents: Sequence[Content], readers: Readers) -> Triage:
    """Which reader takes each table of a file.

    A sheet that no reader knows is left unread where another sheet of its workbook is read (notes, pivot tables), unless
    it nearly fits a canonical format: then it is refused, as a lone table is.
    """
    sorted_out = Triage()
    foreign: list[Content] = []
    for content in contents:
        try:
            reader = _reader_of(content, readers)
        except UnrecognisedError as error:
            sorted_out.refused.append((content, str(error)))
        else:
            sorted_out.recognised.append((content, reader)) if reader else foreign.append(content)
    for content in foreign:
        if sorted_out.recognised and not _is_nearly_canonical(content, readers):
            sorted_out.unread.append(str(content.sheet_name))
        else:
            sorted_out.refused.append((content, _refusal(content, readers)))
    return sorted_out


def _reader_of(content: Content, readers: Readers) -> Reader | None:
    reader = best_reader(content.headers, readers)
    if isinstance(reader, CanonicalReader):
        if better := _better_but_incomplete(reader, content.headers, readers):
            raise UnrecognisedError(unrecognised_message(content.headers, [better]))
        if fault := reader.header_fault(content.headers):
            raise UnrecognisedError(fault)
    return reader


def _better_but_incomplete(reader: CanonicalReader, headers: Sequence[str], readers: Readers) -> CanonicalReader | None:
    """A format that knows far more of the columns but lacks one: a misspelt loan tape must not be taken for a list of counterparties."""
    nearest = max(readers.canonical, key=lambda other: matched_count(other, headers))
    return nearest if matched_count(nearest, headers) >= matched_count(reader, headers) + _FAR_MORE else None


def _is_nearly_canonical(content: Content, readers: Readers) -> bool:
    shares = (1 - len(reader.missing(content.headers)) / len(reader.required) for reader in readers.canonical)
    return max(shares) >= _NEARLY


def _refusal(content: Content, readers: Readers) -> str:
    known = sorted({name for reader in readers.all() for name in reader.columns})
    return delimiter_doubt(content.headers, known) or unrecognised_message(content.headers, readers.all())


def matched_count(reader: Reader, headers: Sequence[str]) -> int:
    """How many different columns of the reader the header has."""
    keys = {header_key(header) for header in headers}
    return len((keys | {key.replace(" ", "_").replace("-", "_") for key in keys}) & reader.columns)


def best_reader(headers: Sequence[str], readers: Readers) -> Reader | None:
    """The reader that lacks nothing and knows most of the columns, canonical formats first; None when there is none.

    Raises:
        UnrecognisedError: Two readers know equally many columns.
    """
    return _winner(headers, readers.canonical) or _winner(headers, readers.public)


def _winner(headers: Sequence[str], readers: Iterable[Reader]) -> Reader | None:
    able = sorted((reader for reader in readers if not reader.missing(headers)), key=lambda reader: -matched_count(reader, headers))
    if len(able) > 1 and matched_count(able[0], headers) == matched_count(able[1], headers):
        both = f"{able[0].reader_id} and {able[1].reader_id}"
        raise UnrecognisedError(f"the header fits {both} equally well; add a column that only one of them has")
    return able[0] if able else None


def unrecognised_message(headers: Sequence[str], readers: Sequence[Reader]) -> str:
    """What each of the nearest readers misses in the header, with near misses, and what to do."""
    ranked = sorted(readers, key=lambda reader: (-matched_count(reader, headers), len(reader.missing(headers))))
    near = [reader for reader in ranked if matched_count(reader, headers)]
    shown = ", ".join(headers[:_SHOWN_HEADERS]) + (", …" if len(headers) > _SHOWN_HEADERS else "")
    todo = "rename the columns as docs/landing_formats.md has them, or take the file out of the folder"
    if not near:
        wide = (
            f"where it holds readings, a column for each indicator, declare its columns in {COLUMNS_FORMAT} and its stack in {FILES_FORMAT}"
        )
        return f"none of the {len(readers)} formats has a column of this header ({shown}); {todo}; {wide}"
    parts = [f"{reader.reader_id} misses {_missing_words(reader, headers)}" for reader in near[:_SHOWN_READERS]]
    rest = len(readers) - len(parts)
    others = f"; {rest} other readers know fewer of its columns" if rest > 0 else ""
    return f"no reader knows this header ({shown}): {'; '.join(parts)}{others}; {todo}"


def _missing_words(reader: Reader, headers: Sequence[str]) -> str:
    return ", ".join(_with_suggestion(name, headers) for name in reader.missing(headers))


def _with_suggestion(name: str, headers: Sequence[str]) -> str:
    by_key = {header_key(header).replace(" ", "_"): header for header in headers}
    close = get_close_matches(header_key(name).replace(" ", "_"), by_key, n=1, cutoff=0.75)
    return f"{name} (perhaps '{by_key[close[0]]}')" if close and by_key[close[0]] != name else name
