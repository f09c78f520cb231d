"""From which columns of which tables each column of a query is made. Imports SQLGlot, as `sql_models.py` does, and nothing else may.

SQLGlot's own `lineage` rewrites the whole query once a column (seconds a model); this walks its scopes once. Filters, join keys and
window frames decide which rows there are, not what is in them: they are no source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, build_scope

Source = tuple[str, str]
Sources = frozenset[Source]
Outputs = dict[str, Sources]
NOTHING: Sources = frozenset()


def read_lineage(query: exp.Query, schemas: Mapping[str, Mapping[str, str]]) -> tuple[set[str], Outputs]:
    """Tables a query reads, and the sources of each column of its last `select`.

    Args:
        query: A parsed query.
        schemas: Columns of the tables it may read; a column of a table that is not in it is traced when it is qualified.
    """
    root = build_scope(query)
    if root is None:
        return set(), {}
    lineage = _Lineage(schemas)
    return {table.name for scope in root.traverse() for table in _tables(scope)}, lineage.outputs(root)


def _tables(scope: Scope) -> Iterator[exp.Table]:
    for source in scope.sources.values():
        if isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier):  # else a table function
            yield source


class _Lineage:
    def __init__(self, schemas: Mapping[str, Mapping[str, str]]) -> None:
        self._schemas = schemas
        self._known: dict[int, Outputs] = {}

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
            for name, sources in self._source(scope, alias).items():
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
        if column.table:
            known = self._source(scope, column.table)
            source = scope.sources.get(column.table)
            if isinstance(source, exp.Table) and not known:
                return frozenset({(source.name, name)})
            return known.get(name, NOTHING)
        for sources in (scope.selected_sources, scope.sources):
            found = [outputs[name] for alias in sources if name in (outputs := self._source(scope, alias))]
            if found:
                return NOTHING.union(*found)
        return earlier.get(name, NOTHING)
