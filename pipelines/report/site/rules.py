"""The list of all rules, and one page an instrument: text, citation, evidence, values through time and results of each of its rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from pipelines.report.scorecard import Row
from pipelines.report.site.addresses import HOME, RULES, instrument_address, rule_address
from pipelines.report.site.material import Material, grouped
from pipelines.report.site.names import Names
from pipelines.report.site.page import Asset, Page
from pipelines.report.site.row_table import Table, mark_column, number_column, table_page, word_column
from pipelines.report.site.words import Text, both, t

#: Plants that fail a rule and are named on its page; the findings have all.
PLANTS_NAMED = 12
_RULES = """
with bound as (
    select rule_id, count(distinct plant_id) as bound_count
    from int_plants__rule_standing
    where is_binding
    group by rule_id
)
select m.rule_id, m.instrument_id, m.instrument_title, m.title, m.status, m.layer, m.evidence, m.severity, m.assessed_count, m.pass_count,
    m.fail_count, r.description, r.clause, r.href, r.evidence_note, r.rule_version, coalesce(b.bound_count, 0) as bound_count,
    m.no_data_count + m.indeterminate_count + m.error_count as unknown_count
from mart_rules__results as m
inner join ref_rules__rules as r on m.rule_id = r.rule_id
left join bound as b on m.rule_id = b.rule_id
order by m.instrument_title, m.instrument_id, m.title, m.rule_id
"""
_LIMITS = "select * from mart_rules__limits order by rule_id, tier nulls first, valid_from_date desc, threshold_id"
_SCOPES = """
select distinct rule_id, sector, process, technology, route, country_iso3, region_class, commissioned_from_date, commissioned_before_date,
    size_from, size_to, size_unit, is_new_only, is_existing_only, fuel
from ref_rules__scopes
order by all
"""
#: Columns of a scope that are codes of the field.
_CODES = ("sector", "process", "technology", "route", "fuel", "region_class")
_COUNTRIES = "select instrument_id, country_iso3 from ref_rules__instrument_countries order by instrument_id, country_iso3"
_FAILING = """
select distinct rule_id, plant_id, plant_name, exposure_usd
from mart_findings__register
where judged_state = 'FAIL'
order by rule_id, exposure_usd desc nulls last, plant_id
"""
_CHECKS = "select * from mart_rules__verifications order by rule_id, verification_no"
#: Column of the list → key of its heading.
_HEADS = {
    "rule": "rule",
    "instrument": "instrument",
    "layer": "rule.layer",
    "evidence": "evidence",
    "bound_count": "rule.binds",
    "fail_count": "fail_count",
    "unknown_count": "unknown_count",
    "pass_count": "pass_count",
    "judged": "rule.judged",
}


@dataclass(frozen=True)
class RuleView:
    """A rule with what belongs to it."""

    row: Row
    limits: list[Row]
    scopes: list[Row]
    failing: list[Row]
    checks: list[Row]

    @property
    def scope_words(self) -> list[Text]:
        """Whom it covers, a line each combination of its scope."""
        return list(dict.fromkeys(scope_words(scope) for scope in self.scopes))


def rule_pages(material: Material) -> Iterator[Page | Asset]:
    """The list, then the instruments in the order of their names."""
    rows = material.read(_RULES)
    parts = [grouped(material.read(sql), "rule_id") for sql in (_LIMITS, _SCOPES, _FAILING, _CHECKS)]
    countries = grouped(material.read(_COUNTRIES), "instrument_id")
    instruments = grouped(rows, "instrument_id")
    more = {
        "judged_count": sum(is_judged(row) for row in rows),
        "instruments": [(key, found[0]["instrument_title"] or key, len(found)) for key, found in instruments.items()],
    }
    yield from table_page(t("nav.rules"), HOME, "site/rules.html.j2", _table(rows), **more)
    for instrument_id, found in instruments.items():
        rules = [RuleView(row, *(part.get(row["rule_id"], []) for part in parts)) for row in found]
        make = partial(_content, rules, [row["country_iso3"] for row in countries.get(instrument_id, [])])
        title = found[0]["instrument_title"] or instrument_id
        yield Page(instrument_address(instrument_id), title, RULES, "site/instrument.html.j2", make)


def is_judged(row: Row) -> bool:
    """Whether the rule concerns something that was received."""
    return bool(row["assessed_count"] + row["unknown_count"])


def _table(rows: Sequence[Row]) -> Table:
    """All rules, those that fail most first, those that had nothing to judge last."""
    rows = sorted(rows, key=lambda row: (not is_judged(row), -row["fail_count"], -row["bound_count"]))
    names = [(row["rule_id"], row["title"]) for row in rows]
    instruments = [(row["instrument_id"], row["instrument_title"]) for row in rows]
    columns = {
        "rule": word_column(names, lambda key: key[1] or key[0], lambda key: rule_address(key[0])),
        "instrument": word_column(instruments, lambda key: key[1] or key[0], lambda key: instrument_address(key[0])),
        "layer": word_column([row["layer"] for row in rows], partial(Names.of, "layer")),
        "evidence": mark_column([row["evidence"] for row in rows], partial(Names.of, "evidence"), Names.evidence_style),
        "judged": word_column([is_judged(row) for row in rows], lambda judged: t("yes" if judged else "no")),
        **{name: number_column([row[name] for row in rows]) for name in ("bound_count", "fail_count", "unknown_count", "pass_count")},
    }
    return Table(RULES, columns, _HEADS, facets=("layer", "evidence", "judged"), searched=("rule", "instrument"), hidden=("judged",))


def _content(rules: list[RuleView], countries: list[str]) -> Mapping[str, Any]:
    layers, addresses = ({rule.row[name] for rule in rules} for name in ("layer", "href"))
    return {
        "rules": rules,
        "countries": countries,
        "plants_named": PLANTS_NAMED,
        "is_web": _is_web,
        # what all rules of the instrument share is told once
        "layer": layers.pop() if len(layers) == 1 else None,
        "href": next(iter(addresses)) if len(addresses) == 1 and all(map(_is_web, addresses)) else None,
    }


def _is_web(href: str | None) -> bool:
    """Whether an address of a citation may be a link: nothing but the web, so that no script comes in as one."""
    return str(href or "").startswith(("https://", "http://"))


def scope_words(scope: Row) -> Text:
    """A scope as a line of words: what it is about, of what size, from when; codes of the field in plain letters."""
    found: list[Text | str] = [str(scope[name]).replace("_", " ") for name in _CODES if scope[name]]
    low, high = _short(scope["size_from"]), _short(scope["size_to"])
    found += [f"{low}–{high} {scope['size_unit'] or ''}".strip()] if low or high else []
    found += [t("scope.new")] if scope["is_new_only"] else []
    found += [t("scope.existing")] if scope["is_existing_only"] else []
    found += [t("scope.from", scope["commissioned_from_date"].isoformat())] if scope["commissioned_from_date"] else []
    found += [t("scope.before", scope["commissioned_before_date"].isoformat())] if scope["commissioned_before_date"] else []
    if not found:
        return t("scope.all")
    return Text(" · ".join(both(part).en for part in found), " · ".join(both(part).zh for part in found))


def _short(value: Any) -> str:
    return "" if value is None else f"{value:g}"
