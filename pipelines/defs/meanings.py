"""What the tables hold that no SQL model makes: the words that Dagster's UI shows beside them. Formats describe themselves."""

from __future__ import annotations

from collections.abc import Mapping

#: Group of the assets of each part of the path, in the order of the path: the UI lists groups by name.
GROUPS = {
    "raw": "1_received",
    "reference": "2_rules",
    "staging": "3_staging",
    "matching": "4_matching",
    "intermediate": "5_intermediate",
    "suspicion": "6_suspicion_tests",
    "marts": "7_marts",
    "explanations": "8_explanations",
    "scorecards": "9_scorecards",
}
_MEANINGS = {
    "raw_landing__files": "Every received file or sheet with its reader, counts and state.",
    "raw_landing__rejects": "Every row that could not be read or was passed over: file, row, column, value, why, what to do.",
    "raw_monitoring__deliveries": "Readings that a later file followed: what was known when.",
    "raw_monitoring__files": "Files of readings in the store, tonight's and those of earlier nights.",
    "raw_change__runs": "The two runs that the change bridge compares.",
    "raw_change__drivers": "Drivers of the change and which of them changed.",
    "raw_change__items": "What moved with each driver: loans, rates, rules, rows of tables.",
    "raw_change__values": "The headline made again with some drivers changed, one row a combination.",
    "raw_change__plants": "Class and exposure of each plant in those combinations.",
    "raw_change__states": "Rules whose state at a plant changed since the run before.",
    "raw_change__verdicts": "Verdicts of the run before that this run changes: state, worst value, limit or the share that decides.",
    "raw_measures__plants": "Plants for which measures were looked for, and how far they reach.",
    "raw_measures__actions": "The fewest measures found for each plant.",
    "raw_measures__effects": "The headline of each portfolio with one plant green.",
    "raw_ledger__findings": "Findings as earlier nights and people left them.",
    "raw_ledger__waivers": "The bank's waivers.",
    "ref_run__settings": "Day, window, currency, portfolio and id of this run.",
    "ref_run__clock_changes": "Days of 23 or 25 hours in the time zones of the stacks.",
    "ref_history__headline": "Headlines that published runs of earlier days left in the event log.",
    "ref_history__pcaf": "PCAF scores that published runs of earlier days left in the event log.",
    "ref_history__watch_list": "Watch-lists that published runs of earlier days left in the event log.",
    "ref_monitoring__flags": "Flags of monitors by scheme, and what each says about the hour.",
    "ref_monitoring__classes": "Classes of hours: normal, start-up, invalid and so on.",
    "ref_plants__place_names": "Spellings of provinces and cities.",
    "ref_energy__fuels": "Fuels and the factors that convert them.",
    "ref_energy__grid_intensity": "Carbon intensity of electricity by country and year.",
    "ref_cement__gnr": "Averages of cement works by region and year.",
    "ref_cement__gnr_regions": "Region of each country in those averages.",
    "ref_countries__demand": "Capacity, production, use and trade of countries, as published.",
    "ref_countries__population": "Population by country and year.",
    "ref_rules__rules": "Every rule with its instrument, layer, evidence and citation.",
    "ref_rules__instrument_countries": "Countries in which each instrument is law.",
    "ref_rules__thresholds": "Dated limits, prohibitions and requirements of the rules.",
    "ref_rules__tests": "Pass tests of limits of stack gas.",
    "ref_rules__expression_nodes": "Formulas of limits, node by node.",
    "ref_rules__scopes": "Where each rule applies.",
    "ref_rules__indicators": "Indicators, their units and bounds.",
    "ref_rules__indicator_names": "Names that monitors send for each indicator.",
    "ref_rules__indicator_terms": "Returned items that an indicator is made of.",
    "ref_rules__return_items": "Items that returns may carry.",
    "ref_rules__units": "Every spelling of a unit with its factor.",
    "ref_rules__index": "Groups, weights and levels of the cooperation index.",
    "ref_rules__factors": "Dated factors with their sources.",
    "ref_rules__frameworks": "Frameworks that the framework views follow.",
    "ref_rules__framework_lines": "Lines of those frameworks by edition.",
    "ref_rules__framework_words": "Words of those lines.",
    "ref_rules__corrections": "Units that readings of a stack are in, where they were sent in another; signed by two people.",
    "ref_rules__overlays": "Factors and replacements of limits for a country or site.",
    "ref_rules__justifications": "Written reasons for using a weaker law.",
    "ref_rules__verifications": "Who held which figure against the print, and when.",
    "ref_rules__policy": "Choices of the institution.",
    "ref_rules__reason_codes": "Words of the reason codes.",
}


def meanings() -> tuple[Mapping[str, str], Mapping[str, Mapping[str, str]]]:
    """What a table holds, and what its columns hold, by table name."""
    from pipelines.sources.schemas import format_meanings

    formats = format_meanings()
    return _MEANINGS | {table: text for table, (text, _) in formats.items()}, {table: columns for table, (_, columns) in formats.items()}
