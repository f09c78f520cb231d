"""Quality rules → SQL that measures them: per rule how many rows were looked at, how many failed, and which. Nothing is judged or run here.

The language of a rule file's `check`, `columns`, `where`, `at_most`, `known_in`, `against` and `by` is told in docs/rule_files.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

from pipelines.rulebook.fields import plain
from pipelines.rulebook.model import QualityRule

#: Failing rows shown with a result; all of them come from `failing_sql`.
SHOWN = 20

#: Share of letters that agree in the word that is named as the one perhaps meant.
_NEAR = 0.6

_NOT_TEXT = ("_date", "_at", "_amount", "_ratio", "_count", "_number")
_AS_OF = re.compile(r"\bas_of_date\b")
_RUN = "(select max(as_of_date) as as_of_date from ref_run__settings)"


def quality_sql(rules: Iterable[QualityRule]) -> str:
    """One statement that measures all `rules` on their tables.

    Returns: SQL whose rows are rule_id, checked_count (rows, formats or groups looked at), failed_count (those that fail; null where the
    run has no as_of_date but the rule needs it) and samples (the first 20 failing rows as lines; null when there are none), by rule_id.
    """
    parts = [f"select * from ({_measure(rule)})" for rule in rules]
    return "\nunion all\n".join(parts) + "\norder by rule_id" if parts else ""


def failing_sql(rules: Iterable[QualityRule]) -> str:
    """One statement that lists every failing row of all `rules`: rule_id, place (file, row and values), by both."""
    parts = [f"select {_text(rule.rule_id)} as rule_id, place from ({_failing(rule)})" for rule in rules]
    return "\nunion all\n".join(parts) + "\norder by rule_id, place" if parts else ""


def measure_quality(rules: Sequence[QualityRule], read_rows: Callable[[str], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Rows of `quality_sql`, one a rule. A rule whose SQL cannot run does not take the others with it.

    Args: `read_rows` runs a statement and gives its rows.
    Returns: rule_id, checked_count, failed_count, samples, error (null, or why this rule could not be measured).
    """
    if not rules:
        return []
    try:
        return [{**row, "error": None} for row in read_rows(quality_sql(rules))]
    except Exception as trouble:
        if len(rules) == 1:
            error = " ".join(str(trouble).split("\n\nLINE")[0].split())
            return [{"rule_id": rules[0].rule_id, "checked_count": None, "failed_count": None, "samples": None, "error": error}]
    return [row for rule in rules for row in measure_quality([rule], read_rows)]


def tables_read(sql: str) -> list[str]:
    """Tables that a statement of this module names, sorted."""
    return sorted(set(re.findall(r"\b(?:raw|ref|stg|int)_[a-z0-9]+__[a-z0-9_]+", sql)))


def allowed_count(rule: QualityRule) -> int:
    """Failing rows a rule puts up with; the checks that use `at_most` for a share or an amount put up with none."""
    return 0 if rule.check in ("reject_share_at_most", "reconciles") else int(rule.at_most or 0)


def _measure(rule: QualityRule) -> str:
    failed = "count(*)"
    if _needs_as_of(rule):
        failed = f"case when (select as_of_date from {_RUN} as run) is not null then count(*) end"
    return f"""with failing as ({_failing(rule)})
select {_text(rule.rule_id)} as rule_id, ({_checked(rule)}) as checked_count, {failed} as failed_count,
    (select string_agg(place{_suggestion(rule)}, chr(10) order by place)
        from (select * from failing order by place limit {SHOWN}) as shown) as samples
from failing"""


def _suggestion(rule: QualityRule) -> str:
    """To a word that is in no list of the rules: the listed one that is spelt nearest, if most of its letters agree."""
    if not _has_near_words(rule):
        return ""
    table, _, name = str(rule.known_in).partition(".")
    word = f"cast(k.{name} as varchar)"
    apart = f"damerau_levenshtein(lower(shown.value), lower({word}))"
    alike = f"1 - {apart} / greatest(length(shown.value), length({word})) >= {_NEAR}"
    return f" || coalesce(', perhaps ' || (select arg_min({word}, ({apart}, {word})) from {table} as k where {alike}), '')"


def _has_near_words(rule: QualityRule) -> bool:
    return rule.check == "known_value" and bool(rule.known_in) and str(rule.known_in).startswith("ref_rules__")


def _checked(rule: QualityRule) -> str:
    if rule.check == "reconciles":
        return f"select count(*) from ({_groups(rule)}) as compared"
    if rule.check == "reject_share_at_most":
        return f"select count(*) from ({_reject_shares(rule)}) as s"
    if rule.check == "no_rows_where":
        return f"select count(*) from {rule.table}"
    known = f"{_key(rule.columns[0])} is not null" if rule.check == "known_value" else None
    return f"select count(*) from {_rows(rule)}{_where(rule.where, known)}"


def _failing(rule: QualityRule) -> str:
    """A query with the column place, and value where a near word is looked for; one row for each failing row."""
    if rule.check == "unique":
        return _repeated(rule)
    if rule.check == "reconciles":
        return _not_reconciled(rule)
    if rule.check == "reject_share_at_most":
        return _rejected_formats(rule)
    if rule.check == "no_rows_where":
        return f"select {_place(rule)} as place from {_rows(rule)}{_where(rule.where)}"
    fails = _empty(rule) if rule.check == "not_null" else _unknown(rule)
    value = f", {_key(rule.columns[0])} as value" if _has_near_words(rule) else ""
    return f"select {_place(rule)} as place{value} from {_rows(rule)}{_where(rule.where, fails)}"


def _empty(rule: QualityRule) -> str:
    return " or ".join(f"{_key(column)} is null" for column in rule.columns)


def _unknown(rule: QualityRule) -> str:
    """Capitals count only where the list itself has them."""
    column = _key(rule.columns[0])
    if rule.known_in:
        table, _, name = rule.known_in.partition(".")
        known = f"select trim(cast({name} as varchar)) from {table} where {name} is not null"
    else:
        known = ", ".join(_text(value) for value in rule.known_values)
    return f"{column} not in ({known}) and lower({column}) not in ({known})"


def _repeated(rule: QualityRule) -> str:
    """Every row but the first of those that agree. The keys that repeat are found first: ranking all readings takes many times as long."""
    keys = {f"key_{number}": _comparable(column) for number, column in enumerate(rule.columns)}
    named = ", ".join(f"{key} as {name}" for name, key in keys.items())
    repeats = f"select {named} from {_rows(rule)}{_where(rule.where)} group by {', '.join(keys.values())} having count(*) > 1"
    same = " and ".join(f"{key} is not distinct from r.{name}" for name, key in keys.items())
    rank = f"row_number() over (partition by {', '.join(keys.values())} order by {_order(rule)}) as repeat_number"
    ranked = f"select t.*, {rank} from {_rows(rule)} inner join ({repeats}) as r on {same}{_where(rule.where)}"
    return f"select {_place(rule)} as place from ({ranked}) as t where t.repeat_number > 1"


def _rejected_formats(rule: QualityRule) -> str:
    """Formats with more unreadable rows than the policy `gates` puts up with; `at_most` counts where the policy is silent."""
    policy = "select cast(value as double) from ref_rules__policy where policy_id = 'gates' and key ="
    limit = f"coalesce(({policy} 'max_reject_ratio.' || s.reader), ({policy} 'max_reject_ratio.default'), {float(rule.at_most or 0)!r})"
    return f"""select s.reader || ': ' || cast(s.rows_rejected as varchar) || ' of ' || cast(s.rows_sent as varchar)
        || ' rows cannot be read, at most ' || cast({limit} * 100 as varchar) || ' % may; first in ' || s.file_name as place
from ({_reject_shares(rule)}) as s where s.rows_rejected / nullif(s.rows_sent, 0) > {limit}"""


def _reject_shares(rule: QualityRule) -> str:
    return f"""select t.reader, sum(coalesce(r.rows_rejected, 0)) as rows_rejected,
        sum(coalesce(t.row_count, 0) + coalesce(r.rows_rejected, 0)) as rows_sent,
        min(case when r.rows_rejected > 0 then t.file_name end) as file_name
    from {rule.table} as t
    left join (
        select file_id, coalesce(sheet, '') as sheet, count(distinct coalesce(row_number, 0)) as rows_rejected
        from raw_landing__rejects where kind = 'unreadable' group by file_id, coalesce(sheet, '')
    ) as r on t.file_id = r.file_id and coalesce(t.sheet, '') = r.sheet
    where t.reader is not null{f" and ({rule.where})" if rule.where else ""}
    group by t.reader"""


def _not_reconciled(rule: QualityRule) -> str:
    tolerance = plain(rule.at_most or Fraction(0))
    differs, shown = [], []
    for column in rule.columns:
        found, stated = f"found_{column}", f"stated_{column}"
        most = "0" if column.endswith("_count") else tolerance
        differs.append(f"abs({found} - {stated}) > {most} or {found} is null or {stated} is null")
        shown.append(f"{_text(column + ' ')} || {_shown(found)} || ' received, ' || {_shown(stated)} || ' stated'")
    place = " || ' ' || ".join(rule.by) + " || ': ' || " + " || '; ' || ".join(shown)
    return f"select {place} as place from ({_groups(rule)}) as compared where {' or '.join(differs)}"


def _groups(rule: QualityRule) -> str:
    """Groups of both tables side by side, as far as the stated table speaks of all but the last column of `by`."""
    keys, outer = ", ".join(rule.by), rule.by[:-1] or rule.by
    spoken = " and ".join(f"coalesce(f.{key}, s.{key}) = spoken.{key}" for key in outer)
    columns = [f"coalesce(f.{key}, s.{key}) as {key}" for key in rule.by]
    columns += [f"{side}.{column} as {name}_{column}" for column in rule.columns for side, name in (("f", "found"), ("s", "stated"))]
    found = [f"count(*) as {column}" if column.endswith("_count") else f"sum(t.{column}) as {column}" for column in rule.columns]
    stated = [f"sum(t.{column}) as {column}" for column in rule.columns]
    return f"""select {", ".join(columns)}
from ({_grouped(rule.table, rule.by, found, rule.where)}) as f
full join ({_grouped(str(rule.against), rule.by, stated, None)}) as s using ({keys})
inner join (select distinct {", ".join(f"{_text_key(key)} as {key}" for key in outer)} from {rule.against} as t) as spoken on {spoken}"""


def _grouped(table: str, by: Sequence[str], sums: Sequence[str], where: str | None) -> str:
    keys = [f"{_text_key(key)} as {key}" for key in by]
    return f"select {', '.join([*keys, *sums])} from {table} as t{_where(where)} group by {', '.join(_text_key(key) for key in by)}"


def _rows(rule: QualityRule) -> str:
    return f"{rule.table} as t" + (f" cross join {_RUN} as run" if _needs_as_of(rule) else "")


def _needs_as_of(rule: QualityRule) -> bool:
    return bool(rule.where and _AS_OF.search(rule.where))


def _place(rule: QualityRule) -> str:
    """Where the row stands, as a person finds it again, and what it says."""
    values = " || ', ' || ".join(f"{_text(column + ' ')} || {_shown('t.' + column)}" for column in rule.columns)
    where = _source(rule.table)
    return f"{where} || ': ' || {values}" if where and values else where or values or "'row'"


def _source(table: str) -> str:
    if table.startswith("raw_landing__"):
        return "t.file_name || coalesce(' sheet ' || t.sheet, '')"
    if table.startswith("raw_") and not table.startswith("raw_matching__"):
        return "t.source_file_name || coalesce(' sheet ' || t.source_sheet, '') || ' row ' || cast(t.source_row_number as varchar)"
    return ""


def _order(rule: QualityRule) -> str:
    if _source(rule.table).startswith("t.source_"):
        return "t.source_file_name, t.source_sheet, t.source_row_number"
    return ", ".join(f"t.{column}" for column in rule.columns)


def _key(column: str) -> str:
    """A value as it is compared: text without blanks around it, blank text as null."""
    return f"nullif(trim(cast(t.{column} as varchar)), '')"


def _comparable(column: str) -> str:
    """As `_key`; days, times and numbers, known by the end of their name, are compared as they are, which is much faster."""
    return f"t.{column}" if column.endswith(_NOT_TEXT) else _key(column)


def _text_key(column: str) -> str:
    return f"coalesce(upper({_key(column)}), '(empty)')"


def _shown(value: str) -> str:
    return f"coalesce(cast({value} as varchar), '(empty)')"


def _where(*conditions: str | None) -> str:
    stated = [f"({condition.strip()})" for condition in conditions if condition]
    return f" where {' and '.join(stated)}" if stated else ""


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
