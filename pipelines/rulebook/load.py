"""The rules folder → `Rulebook`. Every mistake in a rule file is found here, all of them at once; docs/rule_files.md is the language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pipelines.errors import RuleFileError
from pipelines.rulebook.check_together import check_rules_together
from pipelines.rulebook.files import TODO, RuleFile, read_rule_file, shown_path, unfilled_lines, yaml_files
from pipelines.rulebook.keys import KINDS
from pipelines.rulebook.load_correction import check_corrections, load_correction
from pipelines.rulebook.load_factors import load_factors
from pipelines.rulebook.load_framework import load_frameworks
from pipelines.rulebook.load_index import load_index
from pipelines.rulebook.load_indicators import IndicatorLists, check_dated_factors, load_indicators, load_return_items
from pipelines.rulebook.load_instrument import load_instrument
from pipelines.rulebook.load_justification import check_justification, load_justification
from pipelines.rulebook.load_limit import load_limit
from pipelines.rulebook.load_overlay import check_overlay, load_overlay
from pipelines.rulebook.load_policy import load_policy
from pipelines.rulebook.load_quality import load_quality
from pipelines.rulebook.load_rules import load_prohibition, load_requirement
from pipelines.rulebook.load_units import load_units
from pipelines.rulebook.load_vocabulary import load_reason_codes, load_vocabulary
from pipelines.rulebook.mistakes import Mistakes, near_miss, one_of
from pipelines.rulebook.model import Factor, Instrument, JustificationRule, LawRule, OverlayRule, Rule, Rulebook
from pipelines.rulebook.shelf import Shelf
from pipelines.rulebook.verification import check_verifications
from pipelines.rulebook.vocabulary import Indicator, Vocabulary
from pipelines.rulebook.yaml_lines import Fields, Scalar

RULE_ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*(__[a-z0-9]+(_[a-z0-9]+)*)*")
INSTRUMENT_FILE = "_instrument.yaml"
_RETURN_ITEMS = "return_items.yaml"
_TOP_FILES = ("units.yaml", "reason_codes.yaml", "vocabulary.yaml")
_LAW = {"limit": load_limit, "prohibition": load_prohibition, "requirement": load_requirement}
_OTHER = {
    "quality": load_quality,
    "index": load_index,
    "policy": load_policy,
    "overlay": load_overlay,
    "justification": load_justification,
    "correction": load_correction,
}


def load_rulebook(folder: Path) -> Rulebook:
    """Everything the rules folder says.

    Args: folder with units.yaml, vocabulary.yaml, reason_codes.yaml, indicators/ and the rules by kind.
    Raises: RuleFileError that lists every mistake of every file as `path:line: what is wrong; what to do`.
    """
    rulebook, mistakes = read_rulebook(folder)
    mistakes.raise_if_any()
    return rulebook


def read_rulebook(folder: Path) -> tuple[Rulebook, Mistakes]:
    """What could be read, and every mistake found on the way; only a rulebook without mistakes may be used.

    Raises: RuleFileError when there is no such folder.
    """
    folder = Path(folder).resolve()
    if not folder.is_dir():
        raise RuleFileError(f"{folder}:1: there is no such folder; name the folder that holds units.yaml, vocabulary.yaml and the rules")
    mistakes = Mistakes()
    shelf = _load_shelf(folder, mistakes)
    _check_places(folder, mistakes)
    if mistakes.in_file(shown_path(folder, folder / "vocabulary.yaml")):
        return _rulebook(folder, shelf, {}, {}), mistakes
    instruments: dict[str, Instrument] = {}
    rules: dict[str, Rule] = {}
    for place, kind in KINDS.items():
        for rule in _load_kind(folder, folder / place, kind, shelf, instruments, mistakes):
            if rule.rule_id in rules:
                mistakes.add(rule.path, 1, f"rule {rule.rule_id!r} also stands in {rules[rule.rule_id].path}", "rename one of the files")
            rules[rule.rule_id] = rule
    rules = dict(sorted(rules.items()))
    check_rules_together(rules, mistakes)
    check_verifications(rules, mistakes)
    check_corrections(rules, mistakes)
    _check_filled_in(folder, rules, mistakes)
    for rule in rules.values():
        if isinstance(rule, OverlayRule):
            check_overlay(rule, rules, mistakes)
        if isinstance(rule, JustificationRule):
            check_justification(rule, rules, mistakes)
    rulebook = _rulebook(folder, shelf, instruments, rules)
    factors = _factors(folder, shelf, mistakes)
    check_dated_factors(shelf.indicators, factors, mistakes)
    frameworks = load_frameworks(_files(folder, "frameworks", mistakes), shelf, rules)
    return replace(rulebook, factors=factors, frameworks=frameworks), mistakes


def _check_filled_in(folder: Path, rules: dict[str, Rule], mistakes: Mistakes) -> None:
    """An active rule, and its instrument, may not be a skeleton any more."""
    active = [rule for rule in rules.values() if rule.status != "draft"]
    paths = {rule.path for rule in active} | {rule.instrument.path for rule in active if isinstance(rule, LawRule)}
    for path in sorted(paths):
        for line in unfilled_lines(folder, path):
            advice = "fill in this line and delete the word, or keep the rule at `status: draft`"
            mistakes.add(path, line, f"the rule is active and this line still says {TODO}", advice)


def _rulebook(folder: Path, shelf: Shelf, instruments: dict[str, Instrument], rules: dict[str, Rule]) -> Rulebook:
    ordered = dict(sorted(instruments.items()))
    return Rulebook(folder, shelf.units, shelf.vocabulary, shelf.reason_codes, shelf.items, shelf.indicators, ordered, rules)


def _factors(folder: Path, shelf: Shelf, mistakes: Mistakes) -> dict[str, Factor]:
    factors = load_factors(_files(folder, "factors", mistakes), shelf)
    if any(mistakes.in_file(shown_path(folder, name)) for name in yaml_files(folder, folder / "factors", Mistakes())):
        mistakes.unread.add("factors")
    return factors


def _files(folder: Path, place: str, mistakes: Mistakes) -> list[RuleFile]:
    files = [read_rule_file(folder, name, mistakes) for name in yaml_files(folder, folder / place, mistakes)]
    return [file for file in files if file]


def _load_shelf(folder: Path, mistakes: Mistakes) -> Shelf:
    def file(name: str) -> RuleFile | None:
        return read_rule_file(folder, folder / name, mistakes)

    words, unit_file, codes = file("vocabulary.yaml"), file("units.yaml"), file("reason_codes.yaml")
    vocabulary = load_vocabulary(words) if words else Vocabulary()
    units = load_units(unit_file) if unit_file else {}
    reason_codes = load_reason_codes(codes) if codes else {}
    if mistakes.in_file(shown_path(folder, folder / "vocabulary.yaml")):
        return Shelf(vocabulary, units, reason_codes, {}, {})
    if mistakes.in_file(shown_path(folder, folder / "units.yaml")):
        mistakes.unread |= {"units", "items"}
    item_file = file(f"indicators/{_RETURN_ITEMS}")
    items = load_return_items(item_file, units) if item_file else {}
    if mistakes.in_file(shown_path(folder, folder / "indicators" / _RETURN_ITEMS)):
        mistakes.unread.add("items")
    lists = IndicatorLists(vocabulary, units, items)
    return Shelf(vocabulary, units, reason_codes, items, _indicators(folder, lists, mistakes))


def _indicators(folder: Path, lists: IndicatorLists, mistakes: Mistakes) -> dict[str, Indicator]:
    names = [name for name in yaml_files(folder, folder / "indicators", mistakes) if name.name != _RETURN_ITEMS]
    files = [read_rule_file(folder, name, mistakes) for name in names]
    if None in files:
        mistakes.unread.add("indicators")
    return load_indicators([file for file in files if file], lists)


def _check_places(folder: Path, mistakes: Mistakes) -> None:
    """A file where nothing looks for it would be silently ignored."""
    for entry in sorted(folder.iterdir()):
        known = (*KINDS, "indicators", "factors", "frameworks") if entry.is_dir() else _TOP_FILES
        if entry.name in known or entry.name.startswith((".", "_")) or (entry.is_file() and entry.suffix not in (".yaml", ".yml")):
            continue
        what = "the folder is read by nothing" if entry.is_dir() else "the file is read by nothing"
        mistakes.add(shown_path(folder, entry), 1, what, near_miss(entry.name, known, one_of(known)))


def _load_kind(
    folder: Path, place: Path, kind: str, shelf: Shelf, instruments: dict[str, Instrument], mistakes: Mistakes
) -> Iterator[Rule]:
    """All rules of one kind; instruments are added as their folders are met."""
    for name in yaml_files(folder, place, mistakes):
        if name.name == INSTRUMENT_FILE:
            _load_instrument(folder, place, name.parent, shelf, instruments, mistakes)
        elif kind in _LAW and not (name.parent / INSTRUMENT_FILE).is_file():
            advice = "add it beside the rule with title, jurisdiction and layer"
            mistakes.add(shown_path(folder, name.parent / INSTRUMENT_FILE), 1, "the instrument of this folder is missing", advice)
    for name in yaml_files(folder, place, Mistakes()):
        if name.name == INSTRUMENT_FILE:
            continue
        instrument = instruments.get(_instrument_id(place, name.parent)) if kind in _LAW else None
        file = read_rule_file(folder, name, mistakes)
        if file is None or not _check_file(file, kind, instrument):
            mistakes.unread.add(name.stem)
            continue
        if instrument:
            yield _LAW[kind](file, instrument, shelf)
        elif kind in _OTHER:
            yield _OTHER[kind](file, shelf)


def _instrument_id(place: Path, folder: Path) -> str:
    """`limits/cn/gb_4915_2013` → `cn_gb_4915_2013`."""
    return "_".join(folder.relative_to(place).parts)


def _load_instrument(folder: Path, place: Path, at: Path, shelf: Shelf, instruments: dict[str, Instrument], mistakes: Mistakes) -> None:
    file = read_rule_file(folder, at / INSTRUMENT_FILE, mistakes)
    if file is None:
        return
    instrument = load_instrument(file, _instrument_id(place, at), shelf)
    if instrument.instrument_id in instruments:
        other = instruments[instrument.instrument_id].path
        mistakes.add(file.path, 1, f"instrument {instrument.instrument_id!r} also stands in {other}", "rename one of the folders")
    instruments[instrument.instrument_id] = instrument


def _check_file(file: RuleFile, kind: str, instrument: Instrument | None) -> bool:
    """Whether a file has the name and kind that its folder asks for; a wrong kind would only cause a rain of wrong keys."""
    if not RULE_ID.fullmatch(file.stem):
        file.mistakes.add(file.path, 1, f"file name {file.stem!r} is no rule id", "write lower_case words joined by _")
    elif instrument and not file.stem.startswith(f"{instrument.instrument_id}__"):
        what = f"file name {file.stem!r} does not begin with the instrument, {instrument.instrument_id}__"
        file.mistakes.add(file.path, 1, what, f"rename it to {instrument.instrument_id}__subject_measure.yaml")
    if not isinstance(file.root, Fields) or "kind" not in file.root.fields:
        return True
    line, node = file.root.fields["kind"]
    text = node.text if isinstance(node, Scalar) else ""
    if text == kind:
        return True
    advice = near_miss(text, [kind], f"write kind: {kind} or move the file")
    file.mistakes.add(file.path, line, f"kind {text!r} does not belong into this folder of {kind} rules", advice)
    return text not in KINDS.values()


def instrument_titles(folder: Path) -> dict[str, str]:
    """Title of each instrument by its id, without reading any rule; what cannot be read is left out, `load_rulebook` names it."""
    titles = {}
    for place in (folder / name for name, kind in KINDS.items() if kind in _LAW):
        for path in sorted(place.rglob(INSTRUMENT_FILE)):
            file = read_rule_file(folder, path, Mistakes())
            title = file.section(None).text("title") if file else None
            if title:
                titles[_instrument_id(place, path.parent)] = title
    return titles
