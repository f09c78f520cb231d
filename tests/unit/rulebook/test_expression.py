"""Formulas of limits: plain arithmetic over named inputs, never executed."""

from __future__ import annotations

import pytest

from pipelines.rulebook.expression import ExpressionError, parse_expression


@pytest.mark.parametrize(
    ("text", "inputs", "normal"),
    [
        ("117 + (clinker_share_pct - 75) * 1.20", ("clinker_share_pct",), "117 + (clinker_share_pct - 75) * 1.2"),
        ("415+3.61*min(62-ore_grade_pct,5)", ("ore_grade_pct",), "415 + 3.61 * min(62 - ore_grade_pct, 5)"),
        ("-a / -b", ("a", "b"), "-a / -b"),
        ("max(a, 1, 2)", ("a",), "max(a, 1, 2)"),
        ("100", (), "100"),
        ("if_below(a,0.25,100,if_at_most(a,0.5,700,1000))", ("a",), "if_below(a, 0.25, 100, if_at_most(a, 0.5, 700, 1000))"),
        ("72 + 0.08*known_or(a, 0)", ("a",), "72 + 0.08 * known_or(a, 0)"),
    ],
)
def test_arithmetic_is_kept_in_one_spelling(text: str, inputs: tuple[str, ...], normal: str) -> None:
    assert parse_expression(text, inputs) == normal


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a ** 2", "'a ** 2' is not allowed"),
        ("a // 2", "is not allowed"),
        ("a % 2", "is not allowed"),
        ("a if a else 1", "is not allowed"),
        ("a < 1", "is not allowed"),
        ("a.real", "is not allowed"),
        ("a[0]", "is not allowed"),
        ("[a]", "is not allowed"),
        ("'x' + a", "is not a number"),
        ("True + a", "is not a number"),
        ("1j * a", "is not a number"),
        ("1e400 * a", "is not a number"),
        ("__import__('os') + a", "function '__import__' is not allowed"),
        ("abs(a)", "function 'abs' is not allowed"),
        ("min(a)", "min needs two values"),
        ("if_below(a, 1, 2)", "if_below has 3 values, not 4"),
        ("if_at_most(a, 1, 2, 3, 4)", "if_at_most has 5 values, not 4"),
        ("known_or(a)", "known_or needs an input and a number"),
        ("known_or(1, a)", "known_or needs an input and a number"),
        ("known_or(a + 1, 0)", "known_or needs an input and a number"),
        ("known_or + a", "known_or stands without brackets"),
        ("min(*a, 1)", "min needs two values"),
        ("min(a, key=1)", "function 'min' is not allowed"),
        ("min + a", "min stands without brackets"),
        ("a / 0", "divides by 0"),
        ("b + a", "name 'b' is not listed"),
        ("1 + 1", "input 'a' is not used"),
        ("a +", "is not a formula"),
        ("a; 1", "is not a formula"),
        ("((a)", "is not a formula"),
        ("a" + " + a" * 200, "too long"),
        ("lambda: a", "is not allowed"),
    ],
)
def test_anything_else_is_refused_with_a_reason(text: str, said: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text, ("a",))
    assert said in str(caught.value)
