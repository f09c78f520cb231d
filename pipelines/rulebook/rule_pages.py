"""The rule library as Markdown: an index with counts and a page an instrument. Equal rules give equal bytes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from pipelines.errors import WrongUseError
from pipelines.rulebook.keys import EVIDENCE
from pipelines.rulebook.model import Instrument, LawRule, Rulebook
from pipelines.rulebook.rule_words import law_words
from pipelines.rulebook.text_table import counted
from pipelines.rulebook.verification import confirmed_by

INDEX = "index.md"


def write_pages(rulebook: Rulebook, folder: Path) -> list[Path]:
    """Write the index and a page an instrument; the files written. Pages of instruments that are gone are removed, nothing else is.

    Raises: WrongUseError when the folder holds Markdown that is not such a page, or a file stands in its way.
    """
    pages = {INDEX: index_page(rulebook)}
    pages |= {f"{name}.md": instrument_page(instrument, _rules_of(rulebook, name)) for name, instrument in rulebook.instruments.items()}
    _make_room(folder, set(pages))
    for name, text in pages.items():
        (folder / name).write_bytes(text.encode("utf-8"))
    return [folder / name for name in sorted(pages)]


_MADE = "<!-- made by `greencap rules docs` from the rule files; edit those -->\n"


def _make_room(folder: Path, names: set[str]) -> None:
    if folder.exists() and not folder.is_dir():
        raise WrongUseError(f"{folder}: a file stands where the folder is needed; choose another --out")
    found = sorted(folder.glob("*.md")) if folder.is_dir() else []
    foreign = [path for path in found if not path.read_text(encoding="utf-8", errors="replace").startswith(_MADE)]
    if foreign:
        raise WrongUseError(f"{foreign[0]}: was not made by `greencap rules docs`; choose an empty --out")
    folder.mkdir(parents=True, exist_ok=True)
    for path in found:
        if path.name not in names:
            path.unlink()


def _rules_of(rulebook: Rulebook, instrument_id: str) -> list[LawRule]:
    rules = [rule for rule in rulebook.rules.values() if isinstance(rule, LawRule)]
    return [rule for rule in rules if rule.instrument.instrument_id == instrument_id]


def index_page(rulebook: Rulebook) -> str:
    """Counts of the whole library, and a line an instrument."""
    laws = [rule for rule in rulebook.rules.values() if isinstance(rule, LawRule)]
    kinds, evidence = Counter(rule.kind for rule in rulebook.rules.values()), Counter(rule.evidence for rule in laws)
    drafts = sum(rule.status == "draft" for rule in laws)
    lines = [
        f"{_MADE}# Rule library",
        "",
        f"{counted(len(rulebook.instruments), 'instrument')}, {counted(len(rulebook.rules), 'rule')}: "
        + ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())),
        "",
        f"Evidence of the {len(laws)} rules about plants: "
        + ", ".join(f"{evidence[word]} {word}" for word in EVIDENCE)
        + f"; {drafts} are drafts.",
        "",
        f"| instrument | jurisdiction | layer | rules | drafts | {' | '.join(EVIDENCE)} |",
        "|---|---|---|--:|--:|" + "--:|" * len(EVIDENCE),
    ]
    for name, instrument in rulebook.instruments.items():
        rules = _rules_of(rulebook, name)
        by_evidence = Counter(rule.evidence for rule in rules)
        counts = [len(rules), sum(rule.status == "draft" for rule in rules), *(by_evidence[word] for word in EVIDENCE)]
        cells = [f"[{_cell(instrument.title)}]({name}.md)", instrument.jurisdiction, instrument.layer, *map(str, counts)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def instrument_page(instrument: Instrument, rules: list[LawRule]) -> str:
    """Everything the library says for one instrument."""
    head = [f"{_MADE}# {instrument.title}", "", "[All instruments](index.md)", ""]
    countries = ", ".join(instrument.countries) or "nowhere by itself"
    head.append(f"{instrument.jurisdiction} · {instrument.layer} · law in: {countries} · `{instrument.path}`")
    head += ["", *filter(None, (f"<{instrument.href}>" if instrument.href else None, instrument.note))]
    return "\n".join([*head, *(line for rule in rules for line in _rule(rule))]) + "\n"


def _rule(rule: LawRule) -> list[str]:
    words = law_words(rule)
    draft = " (draft: never judged)" if rule.status == "draft" else ""
    lines = [
        "",
        f"## {rule.title}{draft}",
        "",
        f"`{rule.rule_id}` · {rule.kind}{f' · {rule.indicator.indicator_id}' if rule.indicator else ''}",
        "",
    ]
    lines += ["| value | stated in |", "|---|---|"]
    for entry, text in zip(rule.entries, words.expects, strict=True):
        href = entry.reference.href or rule.instrument.href
        clause = _cell(entry.reference.clause)
        lines.append(f"| {_cell(text)} | {f'[{clause}]({href})' if href else clause} |")
    details = [(label, text) for label, text in words.details if label != "File"]
    details += [(label, ", ".join(texts)) for label, texts in (("Sources", rule.sources), ("Facts", rule.facts)) if texts]
    details.append(("Owner", rule.owner + (f", approved by {rule.approver}" if rule.approver else "")))
    details.append(("Confirmed in print by", ", ".join(confirmed_by(rule)) or "nobody yet"))
    lines += ["", *(f"- {label}: {' '.join(text.split())}" for label, text in details)]
    return lines + [f"- Checked on {one.on} by {one.by}: {one.result}, {one.edition}, {one.page}" for one in rule.verified]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
