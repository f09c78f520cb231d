"""Skeletons of rule files: a draft that loads as it stands, with comments that say what to put where."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import WrongUseError
from pipelines.rulebook.find import find_indicator, find_word
from pipelines.rulebook.load import INSTRUMENT_FILE, RULE_ID, load_rulebook
from pipelines.rulebook.mistakes import near_miss
from pipelines.rulebook.model import Rulebook
from pipelines.rulebook.shelf import countries, subdivisions, two_letter_codes
from pipelines.rulebook.vocabulary import Indicator

_FOLDERS = {"limit": "limits", "prohibition": "equipment", "requirement": "requirements"}


@dataclass(frozen=True)
class Wish:
    """What is known about the rule before it is written; None = an example is filled in."""

    rule_id: str
    kind: str
    sector: str = "cement"
    process: str | None = None
    indicator: str | None = None
    unit: str | None = None
    jurisdiction: str | None = None
    layer: str = "host_law"
    title: str | None = None


def write_rule(folder: Path, wish: Wish) -> list[Path]:
    """Write the skeleton, and that of its instrument where the instrument is new; the files written.

    Raises: WrongUseError when the id has no shape, a word is unknown, or the file is there already. RuleFileError as loading.
    """
    rulebook = load_rulebook(folder)
    _refuse_wrong_use(rulebook, wish)
    place = rulebook.folder / _place(rulebook, wish)
    files = {place / f"{wish.rule_id}.yaml": _rule_text(rulebook, wish)}
    if not (place / INSTRUMENT_FILE).exists():
        files[place / INSTRUMENT_FILE] = _instrument_text(wish, _jurisdiction(wish, place))
    place.mkdir(parents=True, exist_ok=True)
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return sorted(files)


def _refuse_wrong_use(rulebook: Rulebook, wish: Wish) -> None:
    find_word(wish.kind, _FOLDERS, "kind")
    find_word(wish.sector, rulebook.vocabulary.words("sectors"), "sector")
    find_word(wish.layer, rulebook.vocabulary.words("layers"), "layer")
    if wish.process:
        find_word(wish.process, rulebook.vocabulary.of_sector("processes", wish.sector), f"process of {wish.sector}")
    if wish.jurisdiction:
        known = {*rulebook.vocabulary.words("jurisdictions"), *countries(), *subdivisions()}
        advice = near_miss(wish.jurisdiction, sorted(known), "write a country (IDN), a province (CHN-AH), EU, IFC or GLOBAL")
        if wish.jurisdiction not in known:
            raise WrongUseError(f"jurisdiction {wish.jurisdiction!r} is unknown; {advice}")
    instrument, _, subject = wish.rule_id.partition("__")
    if not RULE_ID.fullmatch(wish.rule_id) or not subject:
        raise WrongUseError(f"{wish.rule_id!r} is no rule id; write <instrument id>__<subject>_<measure>, such as id_p19_2017__kiln_so2")
    if wish.kind == "limit" and "_" not in instrument and instrument not in rulebook.instruments:
        raise WrongUseError(f"instrument {instrument!r} of a limit begins with its jurisdiction; write such as id_{instrument}__{subject}")
    if wish.rule_id in rulebook.rules:
        raise WrongUseError(f"{rulebook.rules[wish.rule_id].path} is there already; edit it, or choose another id")


def _place(rulebook: Rulebook, wish: Wish) -> Path:
    """Folder of the rule: that of its instrument, or the one its id says (`id_p19_2017` → `limits/id/p19_2017`)."""
    name = wish.rule_id.partition("__")[0]
    known = rulebook.instruments.get(name)
    if known:
        place = Path(*Path(known.path).parts[1:-1])
        if place.parts[0] != _FOLDERS[wish.kind]:
            raise WrongUseError(f"instrument {name!r} stands in {place}, which holds no {wish.kind} rules; choose another instrument id")
        return place
    if wish.kind != "limit":
        return Path(_FOLDERS[wish.kind], name)
    jurisdiction, _, rest = name.partition("_")
    return Path(_FOLDERS["limit"], jurisdiction, rest)


def _jurisdiction(wish: Wish, place: Path) -> str:
    given = wish.jurisdiction or two_letter_codes().get(place.parent.name.upper()) or place.parent.name.upper()
    return given if wish.jurisdiction or given in countries() else {"EU": "EU", "IFC": "IFC"}.get(given, "GLOBAL")


def _instrument_text(wish: Wish, jurisdiction: str) -> str:
    is_country = jurisdiction in countries()
    layer = wish.layer if wish.layer != "host_law" or is_country else "international_reference"
    where = f"countries: [{jurisdiction}]                  # where it is law\n" if is_country else ""
    return f"""\
# The law, standard or guideline, once; every rule in this folder belongs to it.
title: "TODO: number, year and name of the instrument as printed"
jurisdiction: {jurisdiction}                 # ISO3 country, province (CHN-AH), or EU, IFC, GLOBAL
layer: {layer}                   # is it law, lender's standard, target, benchmark? rules/vocabulary.yaml has the words
{where}note: "TODO: one line per thing a reader should know, or remove this line"
"""


def _rule_text(rulebook: Rulebook, wish: Wish) -> str:
    body = {"limit": _limit, "prohibition": _prohibition, "requirement": _requirement}[wish.kind](rulebook, wish)
    title = wish.title or "TODO: subject and measure in words"
    return f"""\
# A draft: shown, never judged. docs/new_rule.md goes through it. What stands behind a # is for you and may be deleted.
title: {json.dumps(title, ensure_ascii=False)}
kind: {wish.kind}
status: draft
severity: error                   # error: the text says must · warning: should · info
evidence: unverified              # secondary when you have read the figure somewhere; `greencap rules verify` raises it to printed_text
evidence_note: "TODO: where the figure was read and what was not seen, or remove this line"
{body}sources: ["TODO: author, title, page of what you have read"]
owner: TODO.owner@example.org     # who answers for it
approver: TODO.approver@example.org   # who approves it: another person; or remove the line while nobody has
"""


def _limit(rulebook: Rulebook, wish: Wish) -> str:
    indicator = find_indicator(rulebook, wish.indicator or "so2_concentration")
    if indicator.measured_by not in ("stack", "returns"):
        raise WrongUseError(
            f"indicator {indicator.indicator_id} is measured by {indicator.measured_by}; a limit needs one by stack or returns"
        )
    unit = wish.unit or (indicator.unit.name if indicator.unit else "")
    if unit not in rulebook.units:
        find_word(unit, rulebook.units, "unit")
    averaging, periods = ("day", "hour · day · month · year · spot") if indicator.measured_by == "stack" else ("year", "month · year")
    operator = "at_most" if indicator.direction == "max" else "at_least"
    return f"""\
indicator: {indicator.indicator_id}
# also technology, route, country, region_class, fuel, commissioned, plants: new, and size: {{from: 2500, to: 5000, unit: t/d}}
applies_to: {{{_scope(rulebook, wish)}}}
averaging: {averaging}                    # TODO: as the text says: {periods}
pass_test: every_period           # or share_of_periods, with two more lines: share: 0.95 and period_share_over: month
min_capture: 0.75                 # below this share of valid data the verdict is NO_DATA
{_state(indicator)}{operator}:                          # exactly one of below · at_most · at_least · above: strictness is in the word
  2000-01-01:                     # TODO: first day in force, as 2026-01-31
    value: 1                      # TODO: as printed, 1.5 and not 1,5; or tiers: {{I: 1, II: 2, III: null}}, null = a dash
    unit: {unit.ljust(25)} # TODO: as printed; mg and g, kg and t differ a thousandfold
    reference: {{clause: "TODO: table and row, such as Annex I, table 2, row 3"}}
  # 2030-01-01:                   # a later value goes below, the old one stays: take away the # of these lines, or delete them
  #   value: 1
  #   unit: {unit}
  #   existing_plants_from: 2032-01-01   # only where the text gives older plants more time: their first day
  #   reference: {{clause: "table and row"}}
"""


def _state(indicator: Indicator) -> str:
    if indicator.measured_by != "stack" or indicator.unit is None or "concentration" not in indicator.unit.quantity:
        return ""
    return """\
# TODO: reference state as printed: 0 °C = 273.15, 25 °C = 298.15; leave oxygen_pct out where the text states no oxygen
reference_state: {oxygen_pct: 10, gas: dry, temperature_k: 273.15}
"""


def _scope(rulebook: Rulebook, wish: Wish) -> str:
    processes = rulebook.vocabulary.of_sector("processes", wish.sector)
    process = wish.process or (processes[0] if processes and wish.kind != "requirement" else None)
    return f"sector: {wish.sector}" + (f", process: {process}" if process else "")


def _prohibition(rulebook: Rulebook, wish: Wish) -> str:
    return f"""\
class: eliminated                 # eliminated · restricted (no new build) · encouraged (listed, never judged)
applies_to: {{{_scope(rulebook, wish)}, size: {{to: 1, unit: m, to_included: false}}}}   # TODO: "under" is to_included: false
in_force:
  2000-01-01: {{reference: {{clause: "TODO: number in the catalogue; the day before it: first day in force"}}}}
"""


def _requirement(rulebook: Rulebook, wish: Wish) -> str:
    known = [name for name, one in rulebook.indicators.items() if one.measured_by == "evidence"]
    item = find_word(wish.indicator, known, "item of evidence") if wish.indicator else known[0]
    return f"""\
requires: {item}        # an indicator measured by evidence: {", ".join(known[:6])} …
applies_to: {{{_scope(rulebook, wish)}}}
in_force:
  2000-01-01: {{reference: {{clause: "TODO: article; the day before it: first day in force"}}}}
"""
