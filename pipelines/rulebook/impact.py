"""What a draft rule set would change in last night's result: classes, failing rules and the headline, before and after, with exposure."""

from __future__ import annotations

from typing import Any

from pipelines.rulebook.published_sql import REASONS_SQL, Read
from pipelines.rulebook.text_table import aligned, counted, dollars, table

Row = dict[str, Any]

_CHANGED_RULES = """
select coalesce(n.rule_id, o.rule_id) as rule_id,
    case when o.rule_id is null then 'added' when n.rule_id is null then 'removed'
        when o.rule_sha256 <> n.rule_sha256 then 'changed' else 'its instrument changed' end as change,
    coalesce(n.kind, o.kind) as kind
from ref_rules__rules as n full join {old}.ref_rules__rules as o on n.rule_id = o.rule_id
where o.rule_sha256 is distinct from n.rule_sha256 or o.layer is distinct from n.layer or o.jurisdiction is distinct from n.jurisdiction
order by change, rule_id
"""
_CLASSES = """
with exposures as (
    select plant_id, count(distinct portfolio_id || '/' || loan_id) as loan_count, sum(exposure_usd) as exposure_usd
    from int_loans__attribution group by plant_id
)
select n.plant_id, p.plant_name, p.country_iso3, o.plant_class as before, n.plant_class as after, o.class_reason as reason_before,
    n.class_reason as reason_after, coalesce(x.loan_count, 0) as loan_count, coalesce(x.exposure_usd, 0) as exposure_usd
from int_plants__class as n
inner join {old}.int_plants__class as o on n.plant_id = o.plant_id
inner join stg_plants__plants as p on n.plant_id = p.plant_id
left join exposures as x on n.plant_id = x.plant_id
where n.plant_class <> o.plant_class
order by exposure_usd desc, n.plant_id
"""
_LOANS = """
select a.portfolio_id, a.loan_id, l.counterparty_name, string_agg(distinct a.plant_id, ', ' order by a.plant_id) as plants,
    coalesce(sum(a.exposure_usd), 0) as exposure_usd
from int_loans__attribution as a
inner join int_plants__class as n on a.plant_id = n.plant_id
inner join {old}.int_plants__class as o on a.plant_id = o.plant_id
left join stg_bank__loans as l on a.portfolio_id = l.portfolio_id and a.loan_id = l.loan_id
where n.plant_class <> o.plant_class
group by a.portfolio_id, a.loan_id, l.counterparty_name
order by exposure_usd desc, a.portfolio_id, a.loan_id
"""
_STATES = """
with exposures as (
    select plant_id, sum(exposure_usd) as exposure_usd from int_loans__attribution group by plant_id
)
select coalesce(n.rule_id, o.rule_id) as rule_id, coalesce(n.tier, o.tier) as tier, coalesce(o.state, 'not judged') as before,
    coalesce(n.state, 'not judged') as after, o.reason_code as reason_before, n.reason_code as reason_after,
    n.is_binding_tier, s.is_binding, s.is_verified,
    count(*) as plant_count, coalesce(sum(x.exposure_usd), 0) as exposure_usd,
    string_agg(coalesce(n.plant_id, o.plant_id), ', ' order by coalesce(n.plant_id, o.plant_id)) as plants
from int_plants__rule_states as n
full join {old}.int_plants__rule_states as o on n.plant_id = o.plant_id and n.rule_id = o.rule_id and n.tier = o.tier
left join int_plants__rule_standing as s on n.plant_id = s.plant_id and n.rule_id = s.rule_id and n.tier = s.tier
left join exposures as x on coalesce(n.plant_id, o.plant_id) = x.plant_id
where o.state is distinct from n.state
group by 1, 2, 3, 4, 5, 6, 7, 8, 9
order by rule_id, tier, before, after, reason_before, reason_after, is_binding_tier, is_binding, is_verified
"""
_HEADLINE = """
select n.portfolio_id, o.assessed_rate_ratio as rate_before, n.assessed_rate_ratio as rate_after, o.lower_ratio as lower_before,
    n.lower_ratio as lower_after, o.upper_ratio as upper_before, n.upper_ratio as upper_after
from mart_portfolio__headline as n
inner join {old}.mart_portfolio__headline as o on n.portfolio_id = o.portfolio_id and n.sector = o.sector
where n.sector = 'all'
order by n.portfolio_id
"""


#: Policies that work before the rules are judged, and what `impact` says about them.
_NOT_TRIED = ("gates", "matching")
_UNTRIED = [
    "",
    "Loans stay with the plants to which the run matched them: names are not matched again. Received files are taken as the run read them.",
]


def impact_lines(read: Read, old: str) -> tuple[list[str], ...]:
    """The difference between a published run and the same data judged again, as lines of text: rules, classes and loans, states, headline.

    Args: read: rows of the database judged again, in which the published run is attached as `old`.
    """

    def rows(sql: str) -> list[Row]:
        return read(sql.format(old=old), [])

    words = {row["reason_code"]: row["title"] for row in read(REASONS_SQL, [])}
    return (
        _rules(rows(_CHANGED_RULES)),
        _classes(rows(_CLASSES), rows(_LOANS)),
        _states(rows(_STATES), words),
        _headline(rows(_HEADLINE)),
        _UNTRIED,
    )


def _rules(changed: list[Row]) -> list[str]:
    if not changed:
        return ["No rule differs from those of the published run."]
    lines = [f"{counted(len(changed), 'rule differs', 'rules differ')} from those of the published run"]
    lines += aligned([(row["change"], row["rule_id"]) for row in changed], "  ")
    untried = [row["rule_id"] for row in changed if row["kind"] == "quality" or row["rule_id"] in _NOT_TRIED]
    if untried:
        lines.append(f"  Without effect here, only a run tries them: {', '.join(untried)}")
    return lines


def _classes(rows: list[Row], loans: list[Row]) -> list[str]:
    if not rows:
        return ["", "No plant would change its class."]
    exposure = dollars(sum(row["exposure_usd"] for row in rows))
    head = f"{counted(len(rows), 'plant')} would change class, with {counted(len(loans), 'loan')} and {exposure} behind them"
    header = ("plant", "name", "country", "before", "after", "decided by", "loans", "exposure")
    cells = [
        (
            *(str(row[name]) for name in ("plant_id", "plant_name", "country_iso3", "before", "after", "reason_after", "loan_count")),
            dollars(row["exposure_usd"]),
        )
        for row in rows
    ]
    return ["", head, *table(header, cells, "  "), *_loans(loans)]


def _loans(rows: list[Row]) -> list[str]:
    header = ("portfolio", "loan", "counterparty", "exposure to them", "plants")
    cells = [
        (row["portfolio_id"], row["loan_id"], row["counterparty_name"] or "", dollars(row["exposure_usd"]), row["plants"]) for row in rows
    ]
    return ["", "Loans to these plants", *table(header, cells, "  ")] if rows else ["", "No loan is behind these plants."]


def _states(rows: list[Row], words: dict[str, str]) -> list[str]:
    if not rows:
        return ["", "No rule would judge any plant differently."]
    header = ("rule", "before", "after", "reason", "plants", "exposure", "weight", "which")
    groups = {
        "Newly failing": [row for row in rows if row["after"] == "FAIL"],
        "No longer failing": [row for row in rows if row["before"] == "FAIL"],
        "Other changes": [row for row in rows if "FAIL" not in (row["before"], row["after"])],
    }
    lines = [line for title, found in groups.items() if found for line in ("", title, *table(header, [_state(row) for row in found], "  "))]
    codes = sorted({row["reason_after"] for row in rows if row["reason_after"]})
    return [*lines, "", "Reasons", *aligned([(code, words.get(code, "")) for code in codes], "  ")] if codes else lines


def _state(row: Row) -> tuple[str, ...]:
    name = row["rule_id"] if row["tier"] == "-" else f"{row['rule_id']}#{row['tier']}"
    return (
        name,
        row["before"],
        row["after"],
        row["reason_after"] or "",
        str(row["plant_count"]),
        dollars(row["exposure_usd"]),
        _weight(row),
        row["plants"],
    )


def _weight(row: Row) -> str:
    """Whether the state moves a class."""
    if row["after"] == "not judged":
        return ""
    if row["is_binding"]:
        return "binds" if row["is_verified"] else "would bind, evidence too weak"
    return "comparison" if row["is_binding_tier"] else "comparison, another tier binds"


def _headline(rows: list[Row]) -> list[str]:
    header = ("portfolio", "green of assessed", "lowest possible", "highest possible")
    pairs = (("rate_before", "rate_after"), ("lower_before", "lower_after"), ("upper_before", "upper_after"))
    cells = [(row["portfolio_id"], *(f"{_ratio(row[old])} → {_ratio(row[new])}" for old, new in pairs)) for row in rows]
    return ["", "Headline, before → after", *table(header, cells, "  ")]


def _ratio(value: float | None) -> str:
    return "none" if value is None else f"{value:.1%}"
