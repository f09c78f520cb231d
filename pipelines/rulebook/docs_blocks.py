"""Blocks of a Data Docs page, made from one validation result of Great Expectations: status, words of the rule, failing keys, counts.

Text from files goes through `params`, which Great Expectations escapes; attributes are escaped here. Words and numbers of our own
may stand in a table cell as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from great_expectations.render.components import RenderedComponentContent, RenderedStringTemplateContent, RenderedTableContent

from pipelines.rulebook.check_result import OPEN_COUNTS, counts_of, exception_of, failing_of, state_of

#: State → sign and words; colour is added by class, never alone.
STATES = {
    "pass": ("✔", "Met"),
    "partly": ("✔", "Met where assessed"),
    "fail": ("✘", "Not met"),
    "not_assessed": ("○", "Not assessed"),
    "error": ("⚠", "Could not be evaluated"),
}
_COUNT_WORDS = {
    "pass_count": "PASS",
    "fail_count": "FAIL",
    "error_count": "ERROR",
    "no_data_count": "NO_DATA",
    "indeterminate_count": "INDETERMINATE",
    "not_applicable_count": "NOT_APPLICABLE",
    "checked_count": "looked at",
    "failed_count": "failing",
    "allowed_count": "tolerated",
}


class DetailsContent(RenderedComponentContent):
    """A heading that opens without a script: `details.j2`."""

    def __init__(self, summary: Any, body: Sequence[Any]) -> None:
        super().__init__(content_block_type="details")
        self.summary, self.body = summary, list(body)

    def to_json_dict(self) -> dict[str, Any]:
        """As the templates take it."""
        return {**super().to_json_dict(), "summary": self.summary.to_json_dict(), "body": [block.to_json_dict() for block in self.body]}


def words(template: str, css: str = "", tag: str = "span", attributes: Mapping[str, str] | None = None, **params: Any) -> Any:
    """Text with `$name` places; the values of `params` are shown as they are, whatever they hold."""
    styling: dict[str, Any] = {"classes": css.split()} if css else {}
    if attributes:
        styling["attributes"] = {name: escape(value, quote=True) for name, value in attributes.items()}
    texts = {name: str(value) for name, value in params.items()}
    return RenderedStringTemplateContent(
        content_block_type="string_template", string_template={"template": template, "params": texts, "tag": tag, "styling": styling}
    )


def link(text: str, href: str | None) -> Any:
    """Text that leads to a web address or a file beside the page."""
    return words("$text", tag="a", attributes={"href": href}, text=text) if href else words("$text", text=text)


def table(rows: Sequence[Sequence[Any]], header: Sequence[str] = (), css: str = "plain") -> RenderedTableContent:
    """Cells are blocks, or words and numbers of our own; so are headers."""
    return RenderedTableContent(table=[list(row) for row in rows], header_row=list(header), styling={"body": {"classes": css.split()}})


def status(result: Any) -> Any:
    """Sign and words of the state."""
    state = state_of(result)
    return state_words("partly" if state == "pass" and any(counts_of(result).get(name) for name in OPEN_COUNTS) else state)


def state_words(state: str) -> Any:
    """Sign and words of a state of `STATES`."""
    sign, text = STATES[state]
    return words("$sign $text", css=f"state {state}", sign=sign, text=text)


def rule_text(rule: Mapping[str, Any]) -> list[Any]:
    """Title, what is expected, clauses and details."""
    lines = [words("$title", css="rule-title", tag="div", attributes={"id": rule["rule_id"]}, title=rule["title"])]
    lines += [words("$line", css="expects", tag="div", line=line) for line in rule["expects"]]
    clauses = [["Stated in", link(clause["text"], clause["href"])] for clause in rule["clauses"]]
    details = [[label, words("$text", text=text)] for label, text in rule["details"]]
    identity = [["Rule", words("$text", tag="code", text=rule["rule_id"])]]
    return [*lines, table(identity + clauses + details)]


def trouble(result: Any) -> list[Any]:
    """Why a rule could not be evaluated; never the trace, which names folders of the machine."""
    message = exception_of(result)
    if message is None and state_of(result) == "error":
        message = "the result contradicts itself"
    return [] if message is None else [words("Could not be evaluated: $text", css="trouble", tag="div", text=message)]


def failing_keys(result: Any) -> list[Any] | None:
    """The first failing keys, folded up; all of them stand in the file that `failing_file` of the meta names."""
    found = result.result or {}
    keys, total = failing_of(result), found.get("unexpected_count") or 0
    if not keys:
        return None
    beside = result.expectation_config.meta.get("failing_file")
    names: dict[str, Any] = {f"key_{number}": key for number, key in enumerate(keys)}
    body = [words("\n".join(f"${name}" for name in names), css="keys", tag="div", **names)]
    if beside:
        body.append(link(f"all {total} in {beside}", beside))
    return [DetailsContent(words("Failing: $shown of $total shown", shown=len(keys), total=total), body)]


def counts(result: Any) -> Any:
    """Counts of the states, or of rows; worst headroom where there is a number."""
    found = counts_of(result)
    if not found:
        return words("nothing measured")
    rows = [[word, f"{found[name]:,}"] for name, word in _COUNT_WORDS.items() if name in found]
    headroom = result.result.get("worst_headroom_ratio")
    if headroom is not None:
        rows.append(["worst headroom", f"{headroom * 100:+.1f} %"])
    return table(rows, css="plain counts")
