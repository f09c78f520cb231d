"""Formulas → rows of `ref_rules__expression_nodes`: a tree that SQL works up level by level; nothing is executed here."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from fractions import Fraction

from pipelines.rulebook.cells import Row
from pipelines.rulebook.model import Rulebook
from pipelines.rulebook.rows_of_overlays import overlay_rows
from pipelines.rulebook.rows_of_rules import threshold_rows

_OPERATIONS = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide"}


@dataclass
class _Node:
    """A number, an input, or an operation on one, two or four nodes. `height` is the longest way down to a leaf."""

    operation: str
    children: list[_Node] = field(default_factory=list)
    number: float | None = None
    name: str | None = None

    @property
    def height(self) -> int:
        return 1 + max(child.height for child in self.children) if self.children else 0


def expression_node_rows(rulebook: Rulebook) -> list[Row]:
    """One row a node of each formula among the thresholds and of each overlay; expression_id is the id of the threshold or overlay."""
    formulas = [(row["threshold_id"], row["limit_expression"]) for row in threshold_rows(rulebook) if row.get("limit_expression")]
    formulas += sorted({(row["overlay_id"], row["factor_expression"]) for row in overlay_rows(rulebook) if row["factor_expression"]})
    return [row for expression_id, text in formulas for row in expression_nodes(str(expression_id), str(text))]


def expression_nodes(expression_id: str, text: str) -> list[Row]:
    """Nodes of one formula that `parse_expression` has let pass.

    All children of a node stand one level below it: a short branch is lengthened by nodes of the operation `same`, so that SQL can work
    up level by level.

    Returns: rows with expression_id, node_no, parent_no (null at the top), position (from 1), height, operation, number_value, input_name.
    """
    rows: list[Row] = []
    _add(_node(ast.parse(text, mode="eval").body), None, 1, expression_id, rows)
    return rows


def _node(tree: ast.expr) -> _Node:
    if isinstance(tree, ast.BinOp):
        return _Node(_OPERATIONS[type(tree.op)], [_node(tree.left), _node(tree.right)])
    if isinstance(tree, ast.UnaryOp):
        zero = _Node("number", number=0.0)
        return _Node("subtract" if isinstance(tree.op, ast.USub) else "add", [zero, _node(tree.operand)])
    if isinstance(tree, ast.Call):
        function, nodes = ast.unparse(tree.func), [_node(argument) for argument in tree.args]
        return _fold(function, nodes) if function in ("min", "max") else _Node(function, nodes)
    if isinstance(tree, ast.Name):
        return _Node("input", name=tree.id)
    assert isinstance(tree, ast.Constant)
    return _Node("number", number=float(Fraction(str(tree.value))))


def _fold(function: str, nodes: list[_Node]) -> _Node:
    """min(a, b, c) is min(min(a, b), c)."""
    first, *others = nodes
    for other in others:
        first = _Node(function, [first, other])
    return first


def _add(node: _Node, parent: int | None, position: int, expression_id: str, rows: list[Row]) -> None:
    number = len(rows) + 1
    rows.append(
        {
            "expression_id": expression_id,
            "node_no": number,
            "parent_no": parent,
            "position": position,
            "height": node.height,
            "operation": node.operation,
            "number_value": node.number,
            "input_name": node.name,
        }
    )
    for place, child in enumerate(node.children, start=1):
        _add(_raised(child, node.height - 1), number, place, expression_id, rows)


def _raised(node: _Node, height: int) -> _Node:
    while node.height < height:
        node = _Node("same", [node])
    return node
