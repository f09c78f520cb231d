"""Text files (CSV and its kin, plain or gzip): encoding, delimiter, records with their line numbers."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, cast

from pipelines.sources.reader import Cell, Sheet
from pipelines.sources.received import Compression, Content, ReceivedFile, UnreadableError

DELIMITERS = (",", ";", "\t", "|")
_DELIMITER_WORDS = "comma, semicolon, tab or vertical bar"
_CHUNK = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
#: Share of the characters beyond ASCII that must be everyday Chinese before bytes are believed to be GBK.
_EVERYDAY_SHARE = 0.9


def open_text_contents(file: ReceivedFile, compression: Compression, fit: Callable[[Sequence[str]], int]) -> list[Content]:
    """The one table of a text file, none when it holds nothing but blank lines.

    Args:
        file: The received file.
        compression: How its bytes are packed.
        fit: How many columns of the best reader a header has; decides on the delimiter.

    Raises:
        UnreadableError: Not text, an unknown encoding, a damaged archive, an unclosed quotation mark.
    """
    try:
        encoding, note = _find_encoding(file, compression)
        delimiter = _find_delimiter(file, compression, encoding, fit)
        return _content(file, compression, encoding, delimiter, note)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableError(f"the gzip archive is cut off or damaged ({error}); send the file again") from None
    except csv.Error as error:
        raise UnreadableError(f"the text cannot be split into cells ({error}); save it again as CSV") from None


def _content(file: ReceivedFile, compression: Compression, encoding: str, delimiter: str, note: str | None) -> list[Content]:
    records = _records(file, compression, encoding, delimiter)
    header = next(records, None)
    if header is None:
        return []
    number, cells = header
    headers = _trimmed([cell.strip().removeprefix("\ufeff") for cell in cells])

    def load() -> Sheet:
        rows = list(_records(file, compression, encoding, delimiter))[1:]
        return Sheet(file.file_id, file.file_name, None, number, headers, cast("list[tuple[int, list[Cell]]]", rows))

    return [Content("text", None, headers, number, next(records, None) is not None, load, encoding, delimiter, compression, note)]


def _trimmed(headers: list[str]) -> list[str]:
    while headers and not headers[-1]:
        headers.pop()
    return headers


def _records(file: ReceivedFile, compression: Compression, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Records that hold anything, each with the number of its first line."""
    with open_bytes(file, compression) as stream:
        codec = "utf-8-sig" if encoding == "utf-8" else encoding
        reader = csv.reader(io.TextIOWrapper(stream, codec, newline=""), delimiter=delimiter, strict=True)
        line = 0
        try:
            for record in reader:
                if any(cell and not cell.isspace() for cell in record):
                    yield line + 1, record
                line = reader.line_num
        except csv.Error as error:
            message = f"line {line + 1}: a cell cannot be read ({error}); close every quotation mark, double those inside a cell"
            raise UnreadableError(message) from None


def open_bytes(file: ReceivedFile, compression: Compression) -> BinaryIO:
    """The bytes of the file, unpacked."""
    return cast(BinaryIO, gzip.open(file.path, "rb")) if compression == "gzip" else file.path.open("rb")


def _chunks(file: ReceivedFile, compression: Compression) -> Iterator[bytes]:
    with open_bytes(file, compression) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _find_encoding(file: ReceivedFile, compression: Compression) -> tuple[str, str | None]:
    """Encoding of the whole file, and what to say about it in the files row."""
    start = next(_chunks(file, compression), b"")
    marked = next((name for mark, name in _BOMS if start.startswith(mark)), None)
    if marked == "utf-16":
        _raise_unless_decodable(file, compression, "utf-16")
        return "utf-16", "read as UTF-16"
    offset = _first_undecodable(file, compression, "utf-8")
    if offset is None:
        _refuse_nul_bytes(file, compression)
        return "utf-8", None
    if marked is None and _is_chinese(file, compression):
        return "gb18030", "read as GBK/GB18030; UTF-8 is the safer choice"
    raise UnreadableError(f"is not UTF-8 (byte {offset} cannot be decoded), nor Chinese GBK text; save the file as UTF-8")


def _raise_unless_decodable(file: ReceivedFile, compression: Compression, encoding: str) -> None:
    offset = _first_undecodable(file, compression, encoding)
    if offset is not None:
        raise UnreadableError(f"begins as {encoding.upper()} but byte {offset} cannot be decoded; send the file again, as UTF-8")


def _first_undecodable(file: ReceivedFile, compression: Compression, encoding: str) -> int | None:
    """Offset of the first byte that the encoding cannot hold (0 = first byte of the unpacked file)."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    pending = 0
    for chunk in _with_end(_chunks(file, compression)):
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            return done - pending + error.start
        done += len(chunk)
        pending = len(decoder.getstate()[0])
    return None


def _with_end(chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield from chunks
    yield b""


def _refuse_nul_bytes(file: ReceivedFile, compression: Compression) -> None:
    done = 0
    for chunk in _chunks(file, compression):
        if (found := chunk.find(b"\0")) >= 0:
            message = f"byte {done + found} is NUL: the file is UTF-16 without its mark, or no text; save it as UTF-8"
            raise UnreadableError(message)
        done += len(chunk)


def _is_chinese(file: ReceivedFile, compression: Compression) -> bool:
    """Whether the bytes decode as GB18030 into mostly everyday characters; Western text decodes too, into rare ones."""
    decoder = codecs.getincrementaldecoder("gb18030")()
    beyond_ascii = everyday = 0
    try:
        for chunk in _with_end(_chunks(file, compression)):
            text = decoder.decode(chunk, final=not chunk)
            ascii_count = len(text.encode("ascii", "ignore"))
            beyond_ascii += len(text) - ascii_count
            everyday += (len(text.encode("gb2312", "ignore")) - ascii_count) // 2
    except UnicodeDecodeError:
        return False
    return everyday >= _EVERYDAY_SHARE * beyond_ascii


def _find_delimiter(file: ReceivedFile, compression: Compression, encoding: str, fit: Callable[[Sequence[str]], int]) -> str:
    """The delimiter under which some reader knows most columns; then the one that makes most cells."""
    headers = {delimiter: _first_record(file, compression, encoding, delimiter) for delimiter in DELIMITERS}
    return max(DELIMITERS, key=lambda delimiter: (fit(headers[delimiter]), len(headers[delimiter])))


def _first_record(file: ReceivedFile, compression: Compression, encoding: str, delimiter: str) -> list[str]:
    try:
        return next(_records(file, compression, encoding, delimiter), (0, [""]))[1]
    except UnreadableError:
        return [""]


def delimiter_doubt(headers: Sequence[str], known: Sequence[str]) -> str | None:
    """What to say of a header that no delimiter takes apart although it holds known column names; None when it is fine."""
    inside = [name for name in known if len(headers) == 1 and name in headers[0].lower()]
    if len(inside) < 2:
        return None
    return f"the columns of the first line ({headers[0][:80]}) are not separated by a {_DELIMITER_WORDS}; save the file with one of these"
