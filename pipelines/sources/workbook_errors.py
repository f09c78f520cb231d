"""Cells of a workbook that hold an error (#DIV/0!, #REF!, …). The workbook reader gives them as blank, and blank means unknown."""

from __future__ import annotations

import posixpath
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

_ERROR = re.compile(rb'<c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]+)(\d+)"[^>]*>.*?<v>([^<]*)</v>', re.DOTALL)
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def error_cells(path: Path) -> dict[str, dict[tuple[int, int], str]]:
    """Sheet name → (row, column), both from 1 → the error as it is shown. Empty for what is no XLSX file."""
    if not zipfile.is_zipfile(path):
        return {}
    with zipfile.ZipFile(path) as archive:
        return {name: _errors(archive.read(part)) for name, part in _sheet_parts(archive).items() if part in archive.namelist()}


def _errors(sheet: bytes) -> dict[tuple[int, int], str]:
    if b't="e"' not in sheet:
        return {}
    return {(int(row), _column_number(letters.decode())): error.decode() for letters, row, error in _ERROR.findall(sheet)}


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name → path of its part in the archive."""
    try:
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        sheets = ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(_SHEET)
    except KeyError:
        return {}
    targets = {link.get("Id"): posixpath.normpath(posixpath.join("/xl", link.get("Target", ""))).lstrip("/") for link in links}
    return {sheet.get("name", ""): targets.get(sheet.get(_LINK), "") for sheet in sheets}
