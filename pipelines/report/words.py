"""Symbol, word and meaning of every state that a page shows. Colour is never alone: each has a symbol and a word."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """How one state looks: symbol, word, CSS class (colour and pattern), and what it means in a sentence."""

    code: str
    symbol: str
    word: str
    style: str
    meaning: str


def _marks(*marks: Mark) -> dict[str, Mark]:
    return {mark.code: mark for mark in marks}


#: Parts of the headline bar, in the order in which they are drawn; the code is the column of the headline mart less `_usd`.
PARTS = _marks(
    Mark("green", "✔", "green", "green", "Loans to plants at index level I or II, without eliminated equipment and failed binding rules."),
    Mark(
        "transition",
        "~",
        "transition",
        "transition",
        "Loans to plants at index level III, without eliminated equipment and failed binding rules.",
    ),
    Mark(
        "not_green", "✖", "not green", "not-green", "Loans to plants with eliminated equipment, a failed binding rule, or below level III."
    ),
    Mark("unknown", "?", "unknown", "unknown", "Loans to known plants whose class still depends on data that nobody has sent."),
    Mark("unmatched", "–", "unmatched", "unmatched", "Loans that no plant could be found for."),
)

STATES = _marks(
    Mark("FAIL", "✖", "fail", "not-green", "Enough valid data, and the rule does not hold."),
    Mark("ERROR", "!", "error", "error", "Could not be computed; the missing input is named. Unknown."),
    Mark("NO_DATA", "?", "no data", "unknown", "No value, or too few valid values for the rule. Unknown."),
    Mark("INDETERMINATE", "~", "undecided", "transition", "Only an estimate exists, or the limit lies within the uncertainty. Unknown."),
    Mark("PASS", "✔", "pass", "green", "Enough valid data, and the rule holds."),
    Mark(
        "NOT_APPLICABLE", "–", "not applicable", "unmatched", "The rule does not cover this plant, unit, size or date; it leaves the count."
    ),
)

EVIDENCE = {
    "printed_text": "checked against the printed text",
    "secondary": "read in a secondary source",
    "unverified": "not verified",
}
#: The same with symbol and colour.
EVIDENCE_MARKS = _marks(
    Mark("printed_text", "✔", EVIDENCE["printed_text"], "green", "The figure was read in the printed text of the instrument."),
    Mark("secondary", "~", EVIDENCE["secondary"], "transition", "The figure was read in a text about the instrument."),
    Mark("unverified", "?", EVIDENCE["unverified"], "unknown", "Nobody has checked the figure against a text; it decides nothing."),
)
#: What the failure of a rule means at a plant (`int_plants__rule_standing`), the gravest first.
STANDING_MARKS = _marks(
    Mark("binding", "✖", "binding", "not-green", "Breach of law or of the lender's standard."),
    Mark("elimination", "✖", "eliminated equipment", "not-green", "Not green wherever it stands."),
    Mark("awaiting_verification", "…", "awaiting verification", "transition", "It would be one of the two, were the rule checked."),
    Mark("comparison", "–", "comparison only", "unmatched", "A benchmark, a target, a foreign limit, or one that says should."),
)
#: Where a finding stands (docs/findings.md).
FINDING_STATES = _marks(
    Mark("OPEN", "✖", "open", "not-green", "The rule fails and nobody has said anything yet."),
    Mark("ACKNOWLEDGED", "✖", "acknowledged", "not-green", "Somebody has seen it and answers for it."),
    Mark("IN_REMEDIATION", "~", "in remediation", "transition", "A remedy is agreed, with the day it is due."),
    Mark("PENDING_CHECK", "~", "pending check", "transition", "Said to be mended, or its last period passes; the window does not yet."),
    Mark("REOPENED", "✖", "reopened", "not-green", "It failed again, or its waiver ended."),
    Mark("WAIVED", "w", "waived", "unknown", "It fails, and a waiver holds on the as-of day."),
    Mark("FALSE_POSITIVE", "–", "false positive", "unmatched", "One person disputed it and another confirmed."),
    Mark("CLOSED", "✔", "closed", "green", "The whole window passes, with data."),
    Mark("CLOSED_RULE_RETIRED", "–", "closed, rule retired", "unmatched", "Its rule is no longer in force; nobody says it is mended."),
    Mark(
        "CLOSED_OUT_OF_SERVICE",
        "–",
        "closed, out of service",
        "unmatched",
        "It is retired, and judged no more.",
    ),
)
LAYERS = {
    "host_law": "law of the host country",
    "lender_standard": "lender standard",
    "home_law": "Chinese standard (home of the financier)",
    "home_target": "Chinese ultra-low target",
    "international_reference": "international reference",
    "benchmark": "benchmark",
    "equipment_catalogue": "equipment catalogue",
    "management": "management",
}
STANDINGS = {code: mark.word for code, mark in STANDING_MARKS.items()}
SEVERITIES = {"error": "must", "warning": "should", "info": "for information"}
OPERATORS = {
    "below": "below",
    "at_most": "at most",
    "at_least": "at least",
    "above": "above",
    "prohibited": "not permitted",
    "required": "required",
}
GAPS = {
    "unmatched": "no plant found",
    "class_unknown": "plant class unknown",
    "error": "amount could not be computed",
}
TIERS = {"I": "level I of the standard (serves the index)", "II": "level II (new plants)", "III": "level III (existing plants)"}
#: Codes that do not read well by themselves.
NAMES = {
    "all": "all three sectors",
    "bf_bof": "blast furnace – converter",
    "dri_eaf": "DRI – electric arc",
    "eaf": "electric arc",
    "eia_approval": "EIA approval",
}
MATCH_METHODS = {"link": "given link", "owner": "owner chain", "name": "name"}
BASES = {"outstanding": "outstanding amounts", "commitment": "commitments", "mixed": "outstanding amounts, else commitments"}


def plain(code: object) -> str:
    """A code without its own words, as words: `LIMIT_EXCEEDED` → `limit exceeded`, `flat_glass` → `flat glass`."""
    text = "" if code is None else str(code)
    is_code = " " not in text and ("_" in text or (text.isupper() and len(text) > 4))
    return NAMES.get(text) or (text.replace("_", " ").lower() if is_code else text)
