"""From which columns of which tables each column of a query is made. Imports SQLGlot, as `sql_models.py` does, and nothing else may.

SQLGlot's own `lineage` rewrites the whole query once a column (seconds a model); this walks its scopes once. Filters, join keys and
window frames decide which rows there are, not what is in them: they are no source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, build_scope

Source = tuple[str, str]
Sources = frozenset[Source]
Outputs = dict[str, Sources]
NOTHING: Sources = frozenset()
#: Stands among the columns of a query that selects `*` from something whose columns are not known.
OPEN = "*"


class Lineage(NamedTuple):
    """Sources of each column of a query's last `select`; columns that it names and nothing has, with those there are."""

    outputs: Outputs
    unknown: list[tuple[exp.Column, list[str]]]


def read_lineage(query: exp.Query, schemas: Mapping[str, Mapping[str, str]]) -> Lineage:
    """What a parsed query is made from.

    Args:
        query: A parsed query.
        schemas: Columns of the tables it may read. A column of any other table is traced when it is qualified, or the only table's.
    """
    root = build_scope(query)
    if root is None:
        return Lineage({}, [])
    walk = _Walk(schemas)
    return Lineage(walk.outputs(root), walk.unknown)


def read_tables(query: exp.Query) -> frozenset[str]:
    """Tables a parsed query reads."""
    root = build_scope(query)
    return frozenset(table.name for scope in root.traverse() for table in _tables(scope)) if root else frozenset()


def _tables(scope: Scope) -> Iterator[exp.Table]:
    for source in scope.sources.values():
        if isinstance(source, exp.Table) and _is_plain(source):
            yield source


def _is_plain(table: exp.Table) -> bool:
    return isinstance(table.this, exp.Identifier)  # else a table function


class _Walk:
    def __init__(self, schemas: Mapping[str, Mapping[str, str]]) -> None:
        self._schemas = schemas
        self._known: dict[int, Outputs] = {}
        self.unknown: list[tuple[exp.Column, list[str]]] = []

    def outputs(self, scope: Scope) -> Outputs:
        key = id(scope.expression)
        if key not in self._known:
            self._known[key] = {}  # a recursive step sees what its anchor gave
            found = self._read(scope)
            names = scope.outer_columns
            self._known[key] = dict(zip(names, found.values(), strict=False)) if names else found
        return self._known[key]

    def _read(self, scope: Scope) -> Outputs:
        if isinstance(scope.expression, exp.SetOperation):
            return self._union(scope)
        if isinstance(scope.expression, exp.Select):
            return self._select(scope)
        inner = [self.outputs(child) for child in scope.subquery_scopes]
        if inner:  # lateral (select …)
            return inner[0]
        arguments = self._columns(scope, scope.expression, {})  # unnest(list): each column comes from the list
        return dict.fromkeys(scope.expression.alias_column_names or ["unnest"], arguments)

    def _union(self, scope: Scope) -> Outputs:
        first, *others = [self.outputs(branch) for branch in scope.set_operation_scopes]
        self._known[id(scope.expression)] = merged = dict(first)
        for other in others:
            for name, sources in zip(merged, other.values(), strict=False):
                merged[name] |= sources
        return merged

    def _select(self, scope: Scope) -> Outputs:
        found: Outputs = {}
        for projection in scope.expression.expressions:
            star = projection.this if isinstance(projection, exp.Column) else projection
            if isinstance(star, exp.Star):
                only = projection.table if isinstance(projection, exp.Column) else ""
                found.update(self._star(scope, star, only))
            else:
                found[projection.alias_or_name] = self._columns(scope, projection, found)
        return found

    def _star(self, scope: Scope, star: exp.Star, only: str) -> Outputs:
        left_out = {item.name for item in star.args.get("except_") or star.args.get("except") or []}
        found: Outputs = {}
        for alias in [only] if only else list(scope.selected_sources):
            for name, sources in (self._source(scope, alias) or {OPEN: NOTHING}).items():
                if name not in left_out:
                    found.setdefault(name, sources)
        return found

    def _source(self, scope: Scope, alias: str) -> Outputs:
        source = scope.sources.get(alias)
        if isinstance(source, Scope):
            return self.outputs(source)
        if isinstance(source, exp.Table):
            return {name: frozenset({(source.name, name)}) for name in self._schemas.get(source.name, {})}
        return {}

    def _columns(self, scope: Scope, node: exp.Expr, earlier: Outputs) -> Sources:
        """Sources of every column under `node`; a subquery there gives what it puts out, `earlier` are aliases of the same select."""
        if isinstance(node, exp.Column):
            return self._column(scope, node, earlier)
        if isinstance(node, exp.Query):
            inner = node.unnest()
            children = [child for child in scope.subquery_scopes if child.expression is inner]
            return NOTHING.union(*(sources for child in children for sources in self.outputs(child).values()))
        parts = node.iter_expressions()
        return NOTHING.union(*(self._columns(scope, part, earlier) for part in parts if not isinstance(part, exp.WindowSpec)))

    def _column(self, scope: Scope, column: exp.Column, earlier: Outputs) -> Sources:
        name = column.name
        near = [column.table] if column.table in scope.sources else list(scope.selected_sources)
        for aliases in (near, list(scope.sources)):
            found = [outputs[name] for alias in aliases if name in (outputs := self._source(scope, alias))]
            if found:
                return NOTHING.union(*found)
            if column.table:
                break
        if name in earlier and not column.table:
            return earlier[name]
        return self._not_found(scope, column, near)

    def _not_found(self, scope: Scope, column: exp.Column, aliases: list[str]) -> Sources:
        """The only table of unknown columns has it; a name that none of the known ones has is a mistake; else nothing is known."""
        known = [self._source(scope, alias) for alias in aliases]
        blind = [scope.sources.get(alias) for alias, names in zip(aliases, known, strict=True) if not names or OPEN in names]
        if not blind and (not column.table or column.table in scope.sources):
            self.unknown.append((column, sorted({name for names in known for name in names})))
        table = blind[0] if len(aliases) == 1 and blind else None
        return frozenset({(table.name, column.name)}) if isinstance(table, exp.Table) and _is_plain(table) else NOTHING
