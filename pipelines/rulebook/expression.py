"""Limits that a standard gives as a formula: a small arithmetic language, parsed and checked here, evaluated in SQL only.

Allowed: numbers, + - * /, brackets, min(a, b, …), max(a, b, …), the names listed under `inputs`, a step at an edge –
if_below(a, edge, x, y) and if_at_most(a, edge, x, y) are x below (up to) the edge, else y – and known_or(input, number), the input or the
number where nobody knows it. Nothing is ever executed.
"""

from __future__ import annotations

import ast

from pipelines.rulebook.mistakes import near_miss

_LONGEST = 400
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div)
_STEPS = ("if_below", "if_at_most")
_KNOWN_OR = "known_or"
_FUNCTIONS = ("min", "max", *_STEPS, _KNOWN_OR)
_FUNCTION_WORDS = "use min, max, if_below, if_at_most or known_or"


class ExpressionError(ValueError):
    """What is wrong with a formula, and what to do."""

    def __init__(self, what: str, what_to_do: str) -> None:
        super().__init__(f"{what}; {what_to_do}")
        self.what, self.what_to_do = what, what_to_do


def parse_expression(text: str, inputs: tuple[str, ...]) -> str:
    """The formula in one normal spelling.

    Args: text as written in the rule file; inputs are the names it may and must use.
    Raises: ExpressionError for anything but plain arithmetic, unknown or unused names, a division by the number 0.
    """
    if len(text) > _LONGEST:
        raise ExpressionError("the formula is too long", f"keep it under {_LONGEST} characters")
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError(f"{text!r} is not a formula", "write numbers, + - * / ( ), functions and the names under inputs") from None
    used: set[str] = set()
    _check(tree, inputs, used)
    for name in inputs:
        if name not in used:
            raise ExpressionError(f"input {name!r} is not used in the formula", near_miss(name, used, "remove it from inputs"))
    return ast.unparse(tree)


def _check(node: ast.expr, inputs: tuple[str, ...], used: set[str]) -> None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, _OPERATORS):
        _check_division(node)
        _check(node.left, inputs, used)
        _check(node.right, inputs, used)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd | ast.USub):
        _check(node.operand, inputs, used)
    elif isinstance(node, ast.Constant):
        _check_number(node)
    elif isinstance(node, ast.Name):
        _check_name(node.id, inputs, used)
    elif isinstance(node, ast.Call):
        _check_call(node)
        for argument in node.args:
            _check(argument, inputs, used)
    else:
        raise ExpressionError(f"{ast.unparse(node)!r} is not allowed in a formula", "use numbers, + - * / ( ), functions and inputs only")


def _check_division(node: ast.BinOp) -> None:
    if isinstance(node.op, ast.Div) and isinstance(node.right, ast.Constant) and node.right.value == 0:
        raise ExpressionError("the formula divides by 0", "correct the divisor")


def _check_number(node: ast.Constant) -> None:
    if type(node.value) not in (int, float) or abs(node.value) > 1e15:  # type: ignore[arg-type]
        raise ExpressionError(f"{ast.unparse(node)!r} is not a number a limit can have", "write a plain number")


def _check_name(name: str, inputs: tuple[str, ...], used: set[str]) -> None:
    if name in _FUNCTIONS:
        raise ExpressionError(f"{name} stands without brackets", f"write {name}(a, b)")
    if name not in inputs:
        raise ExpressionError(f"name {name!r} is not listed under inputs", near_miss(name, inputs, "add it to inputs"))
    used.add(name)


def _check_call(node: ast.Call) -> None:
    function = node.func.id if isinstance(node.func, ast.Name) else ast.unparse(node.func)
    if function not in _FUNCTIONS or node.keywords:
        raise ExpressionError(f"function {function!r} is not allowed in a formula", _FUNCTION_WORDS)
    count = len(node.args)
    if function in _STEPS and count != 4:
        raise ExpressionError(f"{function} has {count} values, not 4", f"write {function}(a, edge, value on this side, value beyond)")
    if function == _KNOWN_OR and not (count == 2 and isinstance(node.args[0], ast.Name) and isinstance(node.args[1], ast.Constant)):
        raise ExpressionError("known_or needs an input and a number", "write known_or(scrap_share_pct, 0)")
    if count < 2 or any(isinstance(argument, ast.Starred) for argument in node.args):
        raise ExpressionError(f"{function} needs two values or more", f"write {function}(a, b)")
