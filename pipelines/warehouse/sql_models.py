"""SQL files → models: name, layer, description, grain, dependencies, columns and their lineage, all read from the SQL.

This file and `sql_lineage.py` are the only SQLGlot imports. Nothing here touches a database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import sqlglot
from sqlglot import Token, TokenType, exp
from sqlglot.errors import ParseError, TokenError, UnsupportedError

from pipelines.errors import ModelFileError
from pipelines.warehouse.model import Column, SqlModel
from pipelines.warehouse.model_header import Mistake, read_header
from pipelines.warehouse.sql_lineage import Outputs, read_lineage, read_tables

#: Folder → prefix of its models and the prefixes of what they may read.
LAYERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "staging": ("stg_", ("raw_", "ref_", "stg_")),
    "intermediate": ("int_", ("raw_", "ref_", "stg_", "int_")),
    "marts": ("mart_", ("raw_", "ref_", "stg_", "int_", "mart_")),
}
_GIVEN = ("raw_", "ref_")
_CLOCK_OR_CHANCE = frozenset(
    ("current_date", "current_time", "current_timestamp", "current_localtimestamp", "get_current_timestamp", "now", "today")
    + ("transaction_timestamp", "rand", "random", "setseed", "uuid", "gen_random_uuid")
)
Schemas = Mapping[str, Mapping[str, str]]


class _Draft(NamedTuple):
    model: SqlModel
    query: exp.Query
    tables: dict[str, int]  # table → line where it is named
    mistakes: list[Mistake]


def load_models(folder: Path, schemas: Schemas | None = None) -> list[SqlModel]:
    """Models of a folder in an order in which they can be built, the same each time.

    Args:
        folder: Holds `staging/`, `intermediate/` and `marts/` with one model a file.
        schemas: Columns and types of the tables that no model makes (`raw_`, `ref_`). Without it any such table is taken as known, and
            its columns are traced only where they are qualified.

    Raises:
        ModelFileError: Every mistake of every file, each as `path:line: what is wrong; what to do`.
    """
    drafts, messages = {}, []
    for path in sorted(folder.rglob("*.sql")):
        draft, mistakes = _read_draft(path, folder)
        messages += _messages(path, mistakes)
        if draft:
            drafts[draft.model.name] = draft
    for draft in drafts.values():
        messages += _messages(draft.model.path, _table_mistakes(draft, drafts, schemas))
    order = _build_order(drafts, messages)
    models = _with_lineage([drafts[name] for name in order], schemas or {}, messages)
    if messages:
        raise ModelFileError("\n".join(messages))
    return models


def named_models(folder: Path, names: Iterable[str]) -> list[SqlModel]:
    """Only these models, in the order given, without a look at the tables they read: for a command that brings those itself."""
    drafts = []
    for name in names:
        path = next(folder.rglob(f"{name}.sql"))
        draft, mistakes = _read_draft(path, folder)
        if draft is None or mistakes:
            raise ModelFileError("\n".join(_messages(path, mistakes)))
        drafts.append(draft.model)
    return drafts


def to_spark(model: SqlModel) -> str:
    """The model's query in Spark's SQL.

    Raises:
        ModelFileError: SQLGlot knows no Spark form for something in it.
    """
    try:
        query = _portable(sqlglot.parse_one(model.sql, dialect="duckdb"))
        return query.sql(dialect="spark", pretty=True, unsupported_level=sqlglot.ErrorLevel.RAISE, comments=False)
    except UnsupportedError as error:
        raise ModelFileError(f"{model.path}:1: cannot be carried to Spark ({error}); find a form that both engines know") from error


def _portable(query: exp.Expr) -> exp.Expr:
    """`quantile_cont(x, q)` as Spark's `percentile(x, q)`: SQLGlot's two-argument `percentile_cont` is not valid there."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.PercentileCont) and node.expression:
            return exp.func("percentile", node.this, node.expression)
        return node

    return query.transform(rewrite)


def _messages(path: Path, mistakes: Iterable[Mistake]) -> list[str]:
    return [f"{path}:{mistake.line}: {mistake.message}" for mistake in mistakes]


def _read_draft(path: Path, folder: Path) -> tuple[_Draft | None, list[Mistake]]:
    text = path.read_text(encoding="utf-8")
    mistakes = _place_mistakes(path, folder)
    header, header_mistakes = read_header(text)
    mistakes += header_mistakes
    try:
        query = sqlglot.parse_one(text, dialect="duckdb")
        tokens = sqlglot.tokenize(text, dialect="duckdb")
    except (ParseError, TokenError) as error:
        return None, [*mistakes, _syntax_mistake(error, text)]
    if not isinstance(query, exp.Select):
        return None, [*mistakes, Mistake(1, "the file does not end with one select; put a union into a CTE and select from that")]
    columns, column_mistakes = _columns(query, tokens)
    mistakes += column_mistakes + list(_clock_mistakes(tokens))
    if header is None or mistakes:
        return None, mistakes
    names = {column.name for column in columns}
    mistakes += [Mistake(header.grain_line, f"grain column {key} is not selected; select it") for key in header.grain if key not in names]
    tables = _tables(query)
    sql = text.rstrip().rstrip(";")
    model = SqlModel(
        name=path.stem, layer=path.parent.name, description=header.description, grain=header.grain, grain_nullable=header.grain_nullable,
        grain_line=header.grain_line, sql=sql, path=path, dependencies=tuple(sorted(tables)), columns=tuple(columns),
        materialized=header.materialized,
        days_of=header.days_of,
        of_readings=header.of_readings,
        by_stacks=header.by_stacks,
    )  # fmt: skip
    return _Draft(model, query, tables, mistakes), mistakes


def _place_mistakes(path: Path, folder: Path) -> list[Mistake]:
    layer = path.parent.name
    if path.parent.parent != folder or layer not in LAYERS:
        return [Mistake(1, f"models stand in one of the folders {', '.join(LAYERS)}; move the file there")]
    prefix = LAYERS[layer][0]
    if not path.stem.startswith(prefix):
        better = f"{prefix}{path.stem.split('_', 1)[-1]}.sql"
        return [Mistake(1, f"the name of a model in {layer}/ begins with {prefix}; rename the file, perhaps {better}")]
    return []


def _syntax_mistake(error: ParseError | TokenError, text: str) -> Mistake:
    details = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
    line = details.get("line") or 1
    what = str(details.get("description") or error).splitlines()[0].rstrip(".")
    return Mistake(int(line), f"the SQL cannot be read ({what}); correct it near: {text.splitlines()[int(line) - 1].strip()[:80]}")


def _columns(query: exp.Select, tokens: list[Token]) -> tuple[list[Column], list[Mistake]]:
    """Columns of the last select, still without lineage."""
    columns, mistakes = [], []
    items = _last_select_items(tokens)
    for projection, item in zip(query.expressions, items, strict=False):
        line, name = item[0].line, projection.alias_or_name
        comment = " ".join(text.strip() for token in item[-2:] for text in token.comments).strip()
        cast = projection.this if isinstance(projection, exp.Alias) else projection
        if projection.is_star:
            mistakes.append(Mistake(line, "the last select has a *; list each column with a cast and a comment"))
            continue
        if not isinstance(projection, exp.Alias) or not isinstance(cast, exp.Cast):
            mistakes.append(Mistake(line, f"column {name or item[0].text} has no cast and name; write it as (expression)::type as name"))
            continue
        if not comment:
            mistakes.append(Mistake(item[-1].line, f"column {name} has no comment; say behind it what it is, its unit and what null means"))
        columns.append(Column(name, _type_name(cast.to), comment, ()))
    repeated = sorted({column.name for column in columns if [other.name for other in columns].count(column.name) > 1})
    mistakes += [Mistake(items[0][0].line, f"column {name} stands twice in the last select; rename one") for name in repeated]
    return columns, mistakes


def _last_select_items(tokens: list[Token]) -> list[list[Token]]:
    """Tokens of each item of the last select outside brackets; the comma (or a closing empty slot) ends an item."""
    depth, start = 0, 0
    for position, token in enumerate(tokens):
        depth += _step(token)
        if depth == 0 and token.token_type is TokenType.SELECT:
            start = position + 1
    items: list[list[Token]] = [[]]
    for token in tokens[start:]:
        depth += _step(token)
        if depth == 0 and token.token_type in (TokenType.FROM, TokenType.SEMICOLON):
            break
        items[-1].append(token)
        if depth == 0 and token.token_type is TokenType.COMMA:
            items.append([])
    return [item for item in items if item]


def _step(token: Token) -> int:
    opening = (TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE)
    closing = (TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE)
    return (token.token_type in opening) - (token.token_type in closing)


def _type_name(kind: exp.DataType) -> str:
    return kind.sql(dialect="duckdb").upper().replace("TEXT", "VARCHAR").replace(", ", ",")


def _clock_mistakes(tokens: list[Token]) -> Iterator[Mistake]:
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        called = following is not None and following.token_type is TokenType.L_PAREN
        word = token.text.lower()
        if word in _CLOCK_OR_CHANCE and (called or word.startswith("current_")):
            yield Mistake(token.line, f"{word} makes equal inputs give other results; take as_of_date from ref_run__settings")


def _tables(query: exp.Query) -> dict[str, int]:
    names = read_tables(query)
    lines: dict[str, int] = {}
    for table in query.find_all(exp.Table):
        if table.name in names:
            line = int(table.this.meta.get("line", 1))
            lines[table.name] = min(line, lines.get(table.name, line))
    return lines


def _table_mistakes(draft: _Draft, drafts: Mapping[str, _Draft], schemas: Schemas | None) -> Iterator[Mistake]:
    may_read = LAYERS[draft.model.layer][1]
    for table, line in draft.tables.items():
        given = table in schemas if schemas is not None else table.startswith(_GIVEN)
        if table not in drafts and not given:
            near = get_close_matches(table, [*drafts, *(schemas or {})], n=1)
            hint = f"perhaps {near[0]}" if near else "name a model, or a table of the raw_ and ref_ schemas"
            yield Mistake(line, f"table {table} is unknown; {hint}")
        elif not table.startswith(may_read):
            yield Mistake(line, f"a model in {draft.model.layer}/ reads {table}; it may read {', '.join(may_read)} tables only")


def _build_order(drafts: Mapping[str, _Draft], messages: list[str]) -> list[str]:
    sorter = TopologicalSorter({name: [t for t in drafts[name].model.dependencies if t in drafts] for name in sorted(drafts)})
    order: list[str] = []
    try:
        sorter.prepare()
        while sorter.is_active():
            ready = sorted(sorter.get_ready())
            order += ready
            sorter.done(*ready)
    except CycleError as error:
        circle = list(reversed(error.args[1]))
        draft = drafts[circle[0]]
        line = draft.tables.get(circle[1], 1)
        messages.append(f"{draft.model.path}:{line}: models read each other in a circle ({' → '.join(circle)}); break it in one of them")
    return order


def _with_lineage(drafts: list[_Draft], given: Schemas, messages: list[str]) -> list[SqlModel]:
    schemas: dict[str, Mapping[str, str]] = dict(given)
    models = []
    for draft in drafts:
        lineage = read_lineage(draft.query, schemas)
        messages += _messages(draft.model.path, (_unknown_column(column, names) for column, names in lineage.unknown))
        columns = tuple(replace(column, sources=_pairs(lineage.outputs, column.name)) for column in draft.model.columns)
        models.append(replace(draft.model, columns=columns))
        schemas[draft.model.name] = models[-1].column_types()
    return models


def _unknown_column(column: exp.Column, names: list[str]) -> Mistake:
    near = get_close_matches(column.name, names, n=1)
    hint = f"perhaps {near[0]}" if near else f"there are {', '.join(names)}"
    return Mistake(int(column.this.meta.get("line", 1)), f"column {column.sql(dialect='duckdb')} is unknown here; {hint}")


def _pairs(outputs: Outputs, name: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(outputs.get(name, ())))
