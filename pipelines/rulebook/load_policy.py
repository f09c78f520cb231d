"""Policy files → choices of the institution. Each policy has a closed set of keys; the table shows them flat, `max_reject_ratio.loans`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.rulebook.fields import Section, plain
from pipelines.rulebook.files import RuleFile
from pipelines.rulebook.keys import EVIDENCE, POLICY, SEVERITIES, TIERS, Keys
from pipelines.rulebook.load_rules import rule_fields
from pipelines.rulebook.mistakes import near_miss, one_of
from pipelines.rulebook.model import PolicyRule
from pipelines.rulebook.shelf import Shelf

Reader = Callable[[Section, str, Shelf], tuple[str, ...]]

FORMATS = (
    "loans",
    "counterparties",
    "ownership",
    "loan_plant_links",
    "control_totals",
    "covenants",
    "plants",
    "process_units",
    "emission_points",
    "stack_readings",
    "stack_files",
    "stack_columns",
    "periodic_returns",
    "management_evidence",
    "site_inputs",
    "fx_rates",
    "countries",
    "calendar_days",
    "country_demand",
    "kpi_targets",
    "data_labels",
)
DIMENSIONS = ("country", "sector", "technology", "vintage", "group", "borrower", "ep_category")
NOT_GREEN_REASONS = ("eliminated_equipment", "restricted_equipment", "binding_fail", "unrated")


def _ratio(part: Section, key: str, shelf: Shelf) -> tuple[str, ...]:
    value = part.number(key, least=0, most=1)
    return () if value is None else (plain(value),)


def _score(part: Section, key: str, shelf: Shelf) -> tuple[str, ...]:
    value = part.number(key, least=0, most=100)
    return () if value is None else (plain(value),)


def _count(part: Section, key: str, shelf: Shelf) -> tuple[str, ...]:
    value = part.number(key, least=1)
    if value is not None and value.denominator != 1:
        part.wrong(key, f"{key} {plain(value)} is not a whole number", "write a whole number")
    return () if value is None else (plain(value),)


def _points(part: Section, key: str, shelf: Shelf) -> tuple[str, ...]:
    value = part.number(key, least=0, most=4)
    return () if value is None else (plain(value),)


def _days(part: Section, key: str, shelf: Shelf) -> tuple[str, ...]:
    value = part.number(key, least=0)
    if value is not None and value.denominator != 1:
        part.wrong(key, f"{key} {plain(value)} is not a whole number of days", "write a whole number")
    return () if value is None else (plain(value),)


def _number(part: Section, key: str, shelf: Shelf) -> tuple[str, ...]:
    value = part.number(key, least=0)
    return () if value is None else (plain(value),)


def _boolean(part: Section, key: str, shelf: Shelf) -> tuple[str, ...]:
    return ("true" if part.boolean(key, True) else "false",)


def _word(*known: str) -> Reader:
    return lambda part, key, shelf: part.words(key, known, key)[:1]


def _words(*known: str) -> Reader:
    return lambda part, key, shelf: part.words(key, known, key)


def _texts(part: Section, key: str, shelf: Shelf) -> tuple[str, ...]:
    return part.texts(key)


def _layers(part: Section, key: str, shelf: Shelf) -> tuple[str, ...]:
    return part.words(key, shelf.vocabulary.words("layers"), "layer")


@dataclass(frozen=True)
class _Inner:
    """A mapping inside a policy with its own keys."""

    required: dict[str, Reader]
    optional: dict[str, Reader]
    of_stack_indicators: Reader | None = None

    def readers(self, shelf: Shelf) -> dict[str, Reader]:
        """Every key that may stand here, where the mapping takes indicators of stacks also each of these."""
        measured = [name for name, indicator in shelf.indicators.items() if indicator.measured_by == "stack"]
        return {**self.required, **self.optional, **(dict.fromkeys(measured, self.of_stack_indicators) if self.of_stack_indicators else {})}


POLICIES: dict[str, dict[str, Reader | _Inner]] = {
    "gates": {
        "max_reject_ratio": _Inner({"default": _ratio}, dict.fromkeys(FORMATS, _ratio)),
        "block_on_file": _Inner(dict.fromkeys(("unrecognised", "unreadable", "empty", "header_only"), _boolean), {}),
    },
    "effective_layers": {
        "binding": _layers,
        "binding_at_home": _layers,
        "choice": _word("strictest"),
    },
    "evidence_bar": {"minimum": _word(*EVIDENCE)},
    "plant_class": {
        "green": _Inner({"index_level_at_worst": _word(*TIERS)}, {}),
        "transition": _Inner({"index_level_at_worst": _word(*TIERS)}, {}),
        "not_green_when": _words(*NOT_GREEN_REASONS),
        "window_months": _count,
    },
    "exposure": {"basis": _word("outstanding", "commitment"), "fall_back": _word("outstanding", "commitment", "none")},
    "attribution": {"across_sectors": _word("plant_count", "equal"), "split_penalty": _points, "ownership_penalty": _points},
    "concentration": {"top_count": _count, "max_ratios": _Inner({}, dict.fromkeys(DIMENSIONS, _ratio))},
    "early_warning": {"enter_below_ratio": _ratio, "exit_above_ratio": _ratio, "min_capture_ratio": _ratio},
    "weighting": {"warning_ratio": _ratio},
    "fx": {"max_age_days_day": _count, "max_age_days_month": _count, "year_rate": _word("same_year", "latest_year")},
    "matching": {"cut_off": _ratio},
    "country_variance": {"min_plants": _count},
    "benchmark": {"min_plants": _count, "min_companies": _count},
    "returns": {
        "min_complete_ratio": _ratio,
        "unit_slip_ratio": _count,
        "max_production_over_capacity": _count,
        "agreement_ratio": _ratio,
        "default_factor_ratio": _ratio,
        "manual_test_ratio": _ratio,
        "utilisation_where_unknown_ratio": _ratio,
    },
    "measures": {"plants_considered": _count, "shown": _count, "rank_by": _word("points", "points_per_exposure")},
    "country_need": dict.fromkeys(("excess_ratio_from", "utilisation_ratio_below", "register_coverage"), _ratio),
    "corrections": {"window_days": _count},
    "feeds": {"silent_days": _count},
    "detection_limit": {"count_as_ratio": _Inner({"default": _ratio}, {}, of_stack_indicators=_ratio)},
    "findings": {
        "cure_days": _Inner(dict.fromkeys(SEVERITIES, _days), {}),
        "cure_day_kind": _word("calendar", "business"),
        "calendar_code": _texts,
        "escalation_days": _Inner(dict.fromkeys(("level_1", "level_2", "level_3"), _days), {}),
        "worse_ratio": _ratio,
    },
    "retention": {"keep_days": _count},
    "waivers": {"max_term_days": _count, "remind_days": _Inner({"first": _days, "second": _days}, {})},
    "suspicion": {
        "false_discovery_ratio": _ratio,
        "min_readings": _count,
        "min_spread_steps": _number,
        "flat_line_hours": _count,
        "copied_days": _count,
        "digit_spread_steps": _number,
        "digit_effect_ratio": _ratio,
        "near_limit_ratio": _ratio,
        "pile_up_band_ratio": _ratio,
        "pile_up_share_ratio": _ratio,
        "ambient_o2_pct": _number,
        "ambient_share_ratio": _ratio,
        "min_events": _count,
        "step_effect_ratio": _ratio,
        "min_peers": _count,
        "peer_distance": _number,
        "peer_spread_ratio": _ratio,
        "production_spread_ratio": _ratio,
        "emission_spread_ratio": _ratio,
        "min_unit_days": _count,
        "unit_slip_days": _count,
        "unit_slip_band": _number,
        "ppm_slip_days": _count,
        "ppm_slip_band": _number,
    },
    "verification": {"four_eyes": _boolean, "own_texts": _texts},
    "index": {
        "membership": _word("meets_or_better"),
        "level_I": _Inner({"score": _score}, {"limiting": _word(*TIERS), "others": _word(*TIERS)}),
        "level_II": _Inner({"score": _score}, {"limiting": _word(*TIERS), "others": _word(*TIERS)}),
        "level_III": _Inner({"score": _score}, {"limiting": _word(*TIERS), "others": _word(*TIERS)}),
    },
}


def policy_keys() -> set[str]:
    """Every key of every policy, for the page that documents them."""
    found: set[str] = set()
    for spec in POLICIES.values():
        for key, reader in spec.items():
            found |= {key, *reader.required, *reader.optional} if isinstance(reader, _Inner) else {key}
    return found


def load_policy(file: RuleFile, shelf: Shelf) -> PolicyRule:
    """A policy with its values as flat text."""
    loose = file.section(None)
    name = loose.text("policy") or ""
    if name not in POLICIES:
        if name:
            loose.wrong("policy", f"policy {name!r} is unknown", near_miss(name, POLICIES, one_of(POLICIES)))
        spec: dict[str, Reader | _Inner] = {}
        part = loose
    else:
        spec = POLICIES[name]
        part = file.section(Keys(f"the policy {name}", (*POLICY.required, *spec), POLICY.optional))
    if name and name != file.stem:
        loose.wrong("policy", f"policy {name!r} stands in the file {file.stem}.yaml", f"rename the file to {name}.yaml")
    values = _values(part, spec, shelf)
    return PolicyRule(**rule_fields(part, file, "policy"), policy=name, reason=part.text("reason") or "", values=values)


def _values(part: Section, spec: dict[str, Reader | _Inner], shelf: Shelf) -> dict[str, tuple[str, ...]]:
    values: dict[str, tuple[str, ...]] = {}
    for key, reader in spec.items():
        if key not in part:
            continue
        if not isinstance(reader, _Inner):
            values[key] = reader(part, key, shelf)
            continue
        readers = reader.readers(shelf)
        inner = part.section(key, Keys(key, tuple(reader.required), tuple(name for name in readers if name not in reader.required)))
        assert inner is not None
        values |= {f"{key}.{name}": readers[name](inner, name, shelf) for name in inner}
    return values
