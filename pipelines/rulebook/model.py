"""What a rule is: frozen dataclasses, standard library only. Read by `load*.py` from YAML, turned into rows by `compile.py`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path

from pipelines.rulebook.limits import DatedLimit, Expression, Scope
from pipelines.rulebook.vocabulary import Indicator, ReasonCode, ReturnItem, Unit, Vocabulary


@dataclass(frozen=True)
class Instrument:
    """A law, standard or guideline, once; its rules stand beside it in the folder."""

    instrument_id: str
    title: str
    jurisdiction: str
    layer: str
    path: str
    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    href: str | None = None
    facts: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What every kind of rule carries. `path` is relative to the folder above `rules/`, `sha256` with line endings normalised."""

    rule_id: str
    kind: str
    path: str
    line: int
    sha256: str
    title: str
    owner: str
    status: str = "active"
    approver: str | None = None
    severity: str | None = None
    note: str | None = None
    sources: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    sdg_targets: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """First 8 hex digits of the file's hash."""
        return self.sha256[:8]


@dataclass(frozen=True)
class Verification:
    """Somebody held a rule's figures against the print: who, when, which edition and page, whether they agree, what the rule said then."""

    by: str
    on: date
    edition: str
    page: str
    result: str
    figures: str
    line: int


@dataclass(frozen=True, kw_only=True)
class LawRule(Rule):
    """A rule that an instrument states about plants: limit, prohibition or requirement."""

    instrument: Instrument
    scopes: tuple[Scope, ...]
    evidence: str
    evidence_note: str | None = None
    indicator: Indicator | None = None
    entries: tuple[DatedLimit, ...] = ()
    verified: tuple[Verification, ...] = ()


@dataclass(frozen=True)
class FurtherTest:
    """A test that must hold beside the main one.

    Attributes:
        group: Tests of one group are alternatives. multiple: Of the limit. value: In the unit of the entries; one of the two is there.
        share: Of the averages that must be within; 1 = all. share_over: month or year; None = as the rule.
    """

    group: int
    averaging: str
    multiple: Fraction | None
    value: Fraction | None
    share: Fraction
    share_over: str | None


@dataclass(frozen=True)
class Uncertainty:
    """How the uncertainty of a measurement is dealt with: per cent of the limit or of the value, and the decision rule."""

    decision: str
    pct: Fraction | None
    of: str


@dataclass(frozen=True, kw_only=True)
class LimitRule(LawRule):
    """A number that a plant's indicator is held against."""

    operator: str
    averaging: str
    pass_test: str = "every_period"
    pass_share: Fraction | None = None
    pass_share_over: str | None = None
    max_multiple: Fraction | None = None
    min_capture: Fraction | None = None
    excluded_states: tuple[str, ...] = ()
    oxygen_pct: Fraction | None = None
    gas_basis: str | None = None
    temperature_k: Fraction | None = None
    or_meets: tuple[str, ...] = ()
    further_tests: tuple[FurtherTest, ...] = ()
    max_excluded_hours: Fraction | None = None
    max_invalid_half_hours: Fraction | None = None
    max_invalid_days: Fraction | None = None
    uncertainty: Uncertainty | None = None


@dataclass(frozen=True, kw_only=True)
class ProhibitionRule(LawRule):
    """Equipment that an instrument eliminates, restricts (no new build) or encourages (never judged)."""

    equipment_class: str


@dataclass(frozen=True, kw_only=True)
class RequirementRule(LawRule):
    """Management evidence that must be there; `requires` is the indicator (measured by evidence) of that item."""

    requires: str


@dataclass(frozen=True, kw_only=True)
class QualityRule(Rule):
    """Whether the data of one table is usable; measured in SQL, judged by Great Expectations."""

    table: str
    check: str
    message: str
    what_to_do: str
    columns: tuple[str, ...] = ()
    where: str | None = None
    at_most: Fraction | None = None
    known_in: str | None = None
    known_values: tuple[str, ...] = ()
    against: str | None = None
    by: tuple[str, ...] = ()


@dataclass(frozen=True)
class IndexLevel:
    """What meets one level of an indicator: a rule and, where the rule has tiers, its tier."""

    level: str
    rule_id: str
    tier: str | None
    line: int


@dataclass(frozen=True)
class IndexIndicator:
    """One indicator of an index group. Args: title: null = that of what its rules measure, else its id in plain letters."""

    indicator_id: str
    title: str | None
    weight: Fraction
    is_limiting: bool
    levels: tuple[IndexLevel, ...]
    levels_from: str
    reason: str | None
    line: int

    @property
    def name(self) -> str:
        """Its id in plain letters."""
        return self.indicator_id.replace("_", " ")


@dataclass(frozen=True)
class IndexGroup:
    """A first-level group of an index."""

    group_id: str
    title: str
    weight: Fraction
    weight_from: str
    reason: str | None
    indicators: tuple[IndexIndicator, ...]
    line: int


@dataclass(frozen=True, kw_only=True)
class IndexRule(Rule):
    """Groups, weights and levels of the cooperation index for a sector and route."""

    sector: str
    routes: tuple[str, ...]
    groups: tuple[IndexGroup, ...]


@dataclass(frozen=True, kw_only=True)
class PolicyRule(Rule):
    """A choice of the institution. `values` is flat: key (`outer.inner`) → texts, several where the file has a list."""

    policy: str
    reason: str
    values: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class SiteCondition:
    """Where an overlay applies; an empty tuple or None means any, everything together must hold."""

    country: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    region_class: tuple[str, ...] = ()
    fuel: tuple[str, ...] = ()
    raw_material: tuple[str, ...] = ()
    air_quality_zone: tuple[str, ...] = ()
    altitude_above_m: Fraction | None = None
    water_stress_from: Fraction | None = None


@dataclass(frozen=True, kw_only=True)
class OverlayRule(Rule):
    """A factor on limits, or a limit in their place, under a site condition. In force from `valid_from` to `last_day`, both included."""

    rules: tuple[str, ...]
    tiers: tuple[str, ...]
    where: SiteCondition
    justification: str
    evidence: str
    valid_from: date | None
    factor: Fraction | Expression | None = None
    replacement: Fraction | None = None
    unit: str | None = None
    last_day: date | None = None


@dataclass(frozen=True, kw_only=True)
class JustificationRule(Rule):
    """Why a lender holds plants to a law that is weaker than its own standard. In force from `valid_from` to `last_day`, both included."""

    plants: tuple[str, ...]
    uses: str
    in_place_of: tuple[str, ...]
    in_place_of_line: int
    justification: str
    document: str
    decided_on: date | None
    valid_from: date | None
    last_day: date | None


@dataclass(frozen=True, kw_only=True)
class CorrectionRule(Rule):
    """Readings of a stack sent in one unit that are in another, on local days from `first_day` to `last_day`, both included."""

    stack: str
    indicator: Indicator | None
    sent_unit: str
    means_unit: str
    first_day: date | None
    last_day: date | None
    reason: str
    document: str
    decided_on: date | None


@dataclass(frozen=True, kw_only=True)
class Factor:
    """A cited entry that is no limit: a number with its unit, or words. In force from `valid_from` to `last_day`, both included."""

    factor_id: str
    table: str
    title: str
    instrument_title: str
    clause: str
    evidence: str
    sector: str | None = None
    value: Fraction | None = None
    value_low: Fraction | None = None
    value_high: Fraction | None = None
    text: str | None = None
    unit: str | None = None
    href: str | None = None
    valid_from: date | None = None
    last_day: date | None = None
    evidence_note: str | None = None
    status: str = "active"
    sources: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class FrameworkLine:
    """One line of a framework. `words` holds what it names by part: when, rules, indicators, sectors, evidence_items."""

    line_id: str
    number: int
    title: str
    state: str | None
    upgrade_from: str | None
    words: dict[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Framework:
    """A dated edition of how a framework reads the project's results. In force from `valid_from` to `last_day`, both included."""

    framework_id: str
    view: str
    title: str
    edition: str
    definition: str
    owner: str
    valid_from: date | None
    last_day: date | None
    evidence: str
    evidence_note: str | None
    sources: tuple[str, ...]
    lines: tuple[FrameworkLine, ...]


@dataclass(frozen=True)
class Rulebook:
    """Everything the rules folder says. `units` maps every spelling to its unit; `rules` is sorted by rule id."""

    folder: Path
    units: dict[str, Unit]
    vocabulary: Vocabulary
    reason_codes: dict[str, ReasonCode]
    return_items: dict[str, ReturnItem]
    indicators: dict[str, Indicator]
    instruments: dict[str, Instrument]
    rules: dict[str, Rule]
    factors: dict[str, Factor] = field(default_factory=dict)
    frameworks: dict[str, Framework] = field(default_factory=dict)
