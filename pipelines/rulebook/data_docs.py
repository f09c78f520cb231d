"""Data Docs of a run: one page an instrument, one for the data, an index; made of Great Expectations' results by its renderers.

Great Expectations' page shell loads styles and scripts from the network and stamps each page with the time; here the shell is ours
(`templates/auditor_page.j2`), so that pages open offline and equal results give equal bytes.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from great_expectations.render.components import RenderedDocumentContent, RenderedSectionContent
from great_expectations.render.renderer.content_block.validation_results_table_content_block import (
    ValidationResultsTableContentBlockRenderer,
)
from great_expectations.render.view.view import DefaultJinjaPageView

from pipelines.rulebook import docs_blocks as blocks
from pipelines.rulebook.check_result import CheckResult
from pipelines.rulebook.compliance_sql import FAILING_COLUMNS
from pipelines.rulebook.expectations import failing_file
from pipelines.rulebook.model import Instrument, LawRule, Rulebook

_ORDER = {"fail": 0, "error": 1, "not_assessed": 2, "pass": 3}
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r")


class _RuleTable(ValidationResultsTableContentBlockRenderer):
    """Great Expectations' table of results under headings a reader knows."""

    @classmethod
    def _process_content_block(cls, content_block: Any, has_failed_evr: Any, render_object: Any = None) -> None:
        super()._process_content_block(content_block, has_failed_evr, render_object)
        content_block.header_row = ["Result", "Rule", "What was found"]
        content_block.table_options = content_block.header_row_options = {}
        content_block.styling = {"body": {"classes": ["results"]}}


class _AuditorView(DefaultJinjaPageView):
    """Great Expectations' view with our page around it and counted instead of random element ids."""

    _template = "auditor_page.j2"

    def __init__(self) -> None:
        self._numbers = count(1)
        super().__init__(custom_views_directory=str(Path(__file__).parent / "templates"))
        self.env.auto_reload = False

    def render(self, document: Any, template: Any = None, **kwargs: Any) -> str:
        self._numbers = count(1)
        html: str = super().render(document, template, **kwargs)  # type: ignore[no-untyped-call]
        return html

    def generate_html_element_uuid(self, prefix: str | None = None) -> str:
        return f"{prefix or ''}{next(self._numbers)}"


def write_data_docs(
    folder: Path,
    rulebook: Rulebook,
    quality: Sequence[CheckResult],
    compliance: Mapping[str, Sequence[CheckResult]],
    failing_rows: Iterable[Mapping[str, Any]],
    run_id: str,
    as_of_date: date,
) -> Path:
    """See `pipelines.rulebook.expectations.build_data_docs`."""
    folder.mkdir(parents=True, exist_ok=True)
    run = f"Run {run_id}, as of {as_of_date}"
    _write_failing(folder, rulebook, failing_rows)
    _write_page(folder / "quality.html", "Is the data usable?", [_head("Is the data usable?", run, _QUALITY_LEAD), *_by_table(quality)])
    for instrument_id, results in compliance.items():
        instrument = rulebook.instruments[instrument_id]
        sections = [_head(instrument.title, run, *_instrument_lines(instrument)), _results("Rules", results)]
        _write_page(folder / f"{instrument_id}.html", instrument.title, sections)
    index = folder / "index.html"
    _write_page(index, "What was expected, and what came of it", _index_sections(rulebook, quality, compliance, run))
    return index


_QUALITY_LEAD = (
    "These rules say whether the data received can be used. "
    "A rule that blocks and does not hold stops the run before anything is published."
)
_INDEX_LEAD = (
    "Each instrument has a page with its rules in their own words, where they are stated, how well that is checked, "
    "and what this run found. "
    "A rule is met only where verdicts say PASS; what could not be assessed is never counted as met."
)


def _index_sections(
    rulebook: Rulebook, quality: Sequence[CheckResult], compliance: Mapping[str, Sequence[CheckResult]], run: str
) -> list[RenderedSectionContent]:
    legend = blocks.table([[blocks.state_words(state), blocks.words("$text", text=text)] for state, text in _LEGEND.items()])
    head = _head("What was expected, and what came of it", run, _INDEX_LEAD, is_index=True)
    data = _section(_heading("Data"), _overview([("quality.html", "Is the data usable?", None, quality)], {}))
    layers = list(rulebook.vocabulary.words("layers"))
    instruments = sorted((rulebook.instruments[name] for name in compliance), key=lambda each: (_place(layers, each.layer), each.title))
    pages = [(f"{each.instrument_id}.html", each.title, _layer(each), compliance[each.instrument_id]) for each in instruments]
    rules = _section(_heading("Instruments"), _overview(pages, _evidence_of(rulebook)))
    return [head, data, rules, _section(_heading("How to read the results"), legend)]


def _place(words: Sequence[str], word: str) -> int:
    return words.index(word) if word in words else len(words)


_LEGEND = {
    "pass": "nothing fails, and everything in scope was assessed",
    "partly": "nothing that was assessed fails, but something in scope could not be assessed",
    "fail": "at least one verdict is FAIL, or more rows fail than are tolerated",
    "not_assessed": "no verdict could be reached, nothing is in scope, or the rule is a draft: neither met nor failed",
    "error": "the rule itself could not be evaluated: neither met nor failed",
}


def _overview(pages: Sequence[tuple[str, str, str | None, Sequence[CheckResult]]], evidence_of: Mapping[str, str]) -> Any:
    """One line a page: how many of its rules ended in which state, and how many of them rest on unverified text."""
    is_law = any(layer is not None for _, _, layer, _ in pages)
    states = [state for state in _LEGEND if is_law or state != "partly"]
    rows = []
    for file, title, layer, results in pages:
        found = Counter("partly" if result.is_partly else result.state for result in results)
        cells: list[Any] = [_count(found[state]) for state in states]
        if is_law:
            unverified = sum(evidence_of.get(result.rule_id) == "unverified" for result in results)
            cells = [layer, *cells, _count(unverified)]
        rows.append([blocks.link(title, file), *cells])
    numbers = [blocks.STATES[state][1] for state in states]
    header = ["Page", "Layer", *numbers, "Of these not verified"] if is_law else ["Page", *numbers]
    return blocks.table(rows, header, css="results overview law" if is_law else "results overview")


def _count(value: int) -> str:
    return f"{value:,}" if value else "·"


def _evidence_of(rulebook: Rulebook) -> dict[str, str]:
    return {rule.rule_id: rule.evidence for rule in rulebook.rules.values() if isinstance(rule, LawRule)}


def _by_table(results: Sequence[CheckResult]) -> list[RenderedSectionContent]:
    tables: dict[str, list[CheckResult]] = defaultdict(list)
    for result in results:
        tables[result.table or ""].append(result)
    return [_results(name, tables[name]) for name in sorted(tables)]


def _results(title: str, results: Sequence[CheckResult]) -> RenderedSectionContent:
    """Worst first, then by rule id."""
    ordered = sorted(results, key=lambda result: (_ORDER[result.state], result.rule_id))
    return _section(_heading(title), _RuleTable.render([result.evidence for result in ordered]))


def _head(title: str, run: str, *lines: Any, is_index: bool = False) -> RenderedSectionContent:
    back = blocks.link("Overview", "../site/index.html") if is_index else blocks.link("All rules", "index.html")
    shown = [line if not isinstance(line, str) else blocks.words("$text", tag="p", text=line) for line in lines]
    return _section(back, blocks.words("$text", tag="h1", text=title), blocks.words("$text", tag="p", text=run), *shown)


def _heading(text: str) -> Any:
    return blocks.words("$text", tag="h2", text=text)


def _instrument_lines(instrument: Instrument) -> list[Any]:
    countries = f"; law in {', '.join(instrument.countries)}" if instrument.countries else "; law in no country"
    lines: list[Any] = [f"Jurisdiction {instrument.jurisdiction}, layer {_layer(instrument)}{countries}"]
    if instrument.note:
        lines.append(instrument.note)
    if instrument.href:
        lines.append(blocks.link(instrument.href, instrument.href))
    return lines


def _layer(instrument: Instrument) -> str:
    return instrument.layer.replace("_", " ")


def _section(*content: Any) -> RenderedSectionContent:
    return RenderedSectionContent(content_blocks=[block for block in content if block is not None])


@cache
def _view() -> _AuditorView:
    return _AuditorView()


def _write_page(path: Path, title: str, sections: Sequence[RenderedSectionContent]) -> None:
    page = RenderedDocumentContent(sections=list(sections), page_title=title)
    html = _view().render(page)
    path.write_text("\n".join(line.strip() for line in html.splitlines() if line.strip()) + "\n", encoding="utf-8", newline="\n")


def _write_failing(folder: Path, rulebook: Rulebook, failing_rows: Iterable[Mapping[str, Any]]) -> None:
    """Every failing row beside the pages, one file an instrument that has any."""
    files: dict[str, Any] = {}
    try:
        for row in failing_rows:
            rule = rulebook.rules[row["rule_id"]]
            name = failing_file(rule.instrument.instrument_id) if isinstance(rule, LawRule) else "other.failing.csv"
            if name not in files:
                files[name] = (folder / name).open("w", encoding="utf-8", newline="")
                csv.writer(files[name], lineterminator="\n").writerow(FAILING_COLUMNS)
            csv.writer(files[name], lineterminator="\n").writerow([_cell(row.get(column)) for column in FAILING_COLUMNS])
    finally:
        for file in files.values():
            file.close()


def _cell(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula is quoted."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_START) else value
