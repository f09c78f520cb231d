"""The closed lists of the rule language: keys of each mapping, and words that code depends on. docs/rule_files.md has them all."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Keys:
    """Keys that a mapping must and may have; `name` is how messages call the mapping."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        """All keys."""
        return self.required + self.optional


OPERATORS = ("below", "at_most", "at_least", "above")
TIERS = ("I", "II", "III")
KINDS = {
    "limits": "limit",
    "equipment": "prohibition",
    "requirements": "requirement",
    "quality": "quality",
    "index": "index",
    "policy": "policy",
    "overlays": "overlay",
    "justifications": "justification",
    "corrections": "correction",
}
SEVERITIES = ("error", "warning", "info")
VERIFICATION_RESULTS = ("confirmed", "differs")
EVIDENCE = ("printed_text", "secondary", "unverified")
STATUSES = ("active", "draft")
AVERAGING = ("half_hour", "hour", "day", "rolling_30_operating_days", "month", "year", "spot")
#: Averages that a further test may be about.
TEST_AVERAGING = ("half_hour", "hour", "day", "rolling_30_operating_days")
RETURNS_AVERAGING = ("month", "year")
PASS_TESTS = ("every_period", "share_of_periods")
SHARE_PERIODS = ("month", "year")
GAS_BASES = ("dry", "wet")
MEDIA = ("stack_gas", "ambient_air")
TEMPERATURES_K = ("273.15", "288.15", "293.15", "298.15")
EQUIPMENT_CLASSES = ("eliminated", "restricted", "encouraged")
PLANT_AGES = ("new", "existing")
WEIGHT_SOURCES = ("instrument", "project_choice")
QUALITY_CHECKS = ("unique", "not_null", "no_rows_where", "reject_share_at_most", "known_value", "reconciles")
MEASURED_BY = ("stack", "returns", "equipment", "evidence")
LEVELS = ("stack", "unit", "plant")
DIRECTIONS = ("max", "min")

_RULE = ("title", "kind", "owner")
_RULE_OPTIONAL = ("status", "approver", "note", "sources", "facts", "sdg_targets")
_LAW = (*_RULE, "applies_to", "severity", "evidence")
_LAW_OPTIONAL = (*_RULE_OPTIONAL, "evidence_note", "verified")

LIMIT = Keys(
    "a limit rule",
    (*_LAW, "indicator", "averaging"),
    (
        *_LAW_OPTIONAL,
        *OPERATORS,
        "pass_test",
        "share",
        "period_share_over",
        "max_multiple",
        "further_tests",
        "min_capture",
        "exclude",
        "exclude_at_most_hours",
        "day_validity",
        "uncertainty",
        "reference_state",
        "or_meets",
    ),
)
FURTHER_TEST = Keys("a further test", (), ("averaging", "multiple", "value", "share", "period_share_over", "any_of"))
ALTERNATIVE_TEST = Keys("a test under any_of", ("averaging",), ("multiple", "value", "share", "period_share_over"))
DAY_VALIDITY = Keys("day_validity", ("max_invalid_half_hours",), ("max_invalid_days",))
UNCERTAINTY = Keys("uncertainty", ("decision",), ("pct", "of"))
UNCERTAINTY_OF = ("limit", "value")
DECISIONS = ("simple", "operator_favourable", "lender_conservative", "guard_band")
PROHIBITION = Keys("a prohibition rule", (*_LAW, "class", "in_force"), (*_LAW_OPTIONAL, "indicator"))
REQUIREMENT = Keys("a requirement rule", (*_LAW, "requires", "in_force"), _LAW_OPTIONAL)
QUALITY = Keys(
    "a quality rule",
    (*_RULE, "severity", "table", "check", "message", "what_to_do"),
    (*_RULE_OPTIONAL, "columns", "where", "at_most", "known_in", "known_values", "against", "by"),
)
INDEX = Keys("an index rule", (*_RULE, "applies_to", "groups"), _RULE_OPTIONAL)
POLICY = Keys("a policy", (*_RULE, "policy", "reason"), _RULE_OPTIONAL)
OVERLAY = Keys(
    "an overlay",
    (*_RULE, "rules", "where", "justification", "evidence", "in_force_from"),
    (*_RULE_OPTIONAL, "tiers", "factor", "inputs", "replacement", "unit", "in_force_to"),
)
JUSTIFICATION = Keys(
    "a justification",
    (*_RULE, "approver", "plants", "uses", "in_place_of", "justification", "document", "decided_on", "in_force_from", "in_force_to"),
    ("status", "note"),
)
CORRECTION = Keys(
    "a correction",
    (*_RULE, "approver", "stack", "indicator", "sent_unit", "means_unit", "first_day", "last_day", "reason", "document", "decided_on"),
    ("status", "note"),
)
OVERLAY_WHERE = Keys(
    "where", (), ("country", "region", "region_class", "fuel", "raw_material", "air_quality_zone", "altitude_m", "water_stress")
)
OVERLAY_FROM = {"altitude_m": Keys("altitude_m", ("above",)), "water_stress": Keys("water_stress", ("at_least",))}

INSTRUMENT = Keys("an instrument", ("title", "jurisdiction", "layer"), ("countries", "regions", "href", "facts", "note"))
SCOPE = Keys(
    "applies_to",
    ("sector",),
    ("process", "technology", "route", "country", "region", "region_class", "fuel", "commissioned", "size", "plants"),
)
COMMISSIONED = Keys("commissioned", (), ("from", "before"))
SIZE = Keys("size", ("unit",), ("from", "to", "from_included", "to_included"))
REFERENCE_STATE = Keys("reference_state", ("gas", "temperature_k"), ("oxygen_pct",))
ENTRY = Keys("a dated limit", ("reference",), ("value", "tiers", "unit", "inputs", "existing_plants_from", "repealed"))
IN_FORCE = Keys("an in_force entry", ("reference",), ("repealed",))
VERIFIED = Keys("a verification", ("by", "day", "edition", "page", "result", "figures"))
REFERENCE = Keys("reference", ("clause",), ("href",))
TIER_VALUES = Keys("tiers", (), TIERS)

FRAMEWORK_VIEWS = ("traffic_light", "taxonomy", "principles", "named_list", "kpi", "alignment")
#: States that a line of a view may give, the worst first; a view without states has lines that only name things.
FRAMEWORK_STATES: dict[str, tuple[str, ...]] = {
    "traffic_light": ("red", "yellow", "green"),
    "taxonomy": ("not_applicable",),
    "principles": (),
    "named_list": ("hold", "named", "watch", "clear"),
    "kpi": (),
    "alignment": (),
}
#: Facts of a plant that a line may ask for (`int_plants__facts`); `any` holds for every plant.
PLANT_FACTS = (
    "eliminated_equipment",
    "equipment_unknown",
    "binding_fail",
    "binding_unknown",
    "class_green",
    "class_transition",
    "class_not_green",
    "class_unknown",
    "any",
)
FRAMEWORK = Keys(
    "a framework",
    ("title", "owner", "view", "edition", "valid_from", "evidence", "definition", "sources", "lines"),
    ("valid_to", "evidence_note", "note"),
)
FRAMEWORK_LINE = Keys(
    "a line of a framework", ("title",), ("state", "upgrade_from", "when", "rules", "indicators", "sectors", "evidence_items", "note")
)
FACTOR_FILE = Keys("a table of factors", ("title", "owner", "entries"), ("note",))
FACTOR = Keys(
    "a factor",
    ("title", "instrument", "clause", "evidence"),
    (
        "sector",
        "value",
        "range",
        "text",
        "unit",
        "href",
        "in_force_from",
        "in_force_to",
        "evidence_note",
        "status",
        "sources",
        "facts",
        "note",
    ),
)

INDEX_SCOPE = Keys("applies_to of an index", ("sector",), ("route",))
INDEX_GROUP = Keys("an index group", ("weight", "weight_from", "indicators"), ("title", "reason"))
INDEX_INDICATOR = Keys("an index indicator", ("weight", "levels", "levels_from"), ("title", "limiting", "reason"))
INDEX_LEVELS = Keys("levels", (), TIERS)

INDICATOR_FILE = Keys("an indicator file", ("family", "indicators"), ("sdg_targets",))
INDICATOR = Keys(
    "an indicator",
    ("title", "measured_by", "level", "direction"),
    ("unit", "sdg_targets", "molar_mass_g_per_mol", "plausible_max", "medium", "names", "terms", "note"),
)
TERMS = Keys("terms", ("numerator",), ("denominator",))
TERM = Keys("a term", ("item",), ("factor", "source", "dated_factor"))
RETURN_ITEMS_FILE = Keys("the return items", ("items",), ("note",))
RETURN_ITEM = Keys("a return item", ("title", "unit"), ("note",))
UNITS_FILE = Keys("the unit table", ("quantities", "per_product"), ("note",))
QUANTITY = Keys("a quantity", ("canonical", "units"), ("note",))
UNIT = Keys("a unit", ("factor",), ("aliases", "note"))
PER_PRODUCT = Keys("per_product", ("quantities", "products"), ("note",))
PRODUCT = Keys("a product", ("units",), ("note",))
REASON_CODE = Keys("a reason code", ("title", "what_to_do"), ("states",))
VOCABULARY = Keys(
    "the vocabulary",
    (
        "sectors",
        "routes",
        "processes",
        "technologies",
        "region_classes",
        "fuels",
        "layers",
        "families",
        "jurisdictions",
        "plant_states",
        "operating_states",
        "expression_inputs",
        "raw_tables",
    ),
    ("note",),
)
#: Lists of the vocabulary whose words belong to a sector: the list is written sector by sector.
BY_SECTOR = ("routes", "processes", "technologies")
