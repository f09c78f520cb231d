"""What must be done for a borrower and by when: covenants, cure periods, waivers, equipment whose end is near, data to ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from pipelines.report.index_view import index_view
from pipelines.report.marts import COVENANTS, PLANTS, SILENT_FEEDS, WAIVERS
from pipelines.report.scorecard import Row, Scorecard
from pipelines.report.silent_feeds import silent_stacks
from pipelines.report.site.addresses import FINDINGS, place_address, plant_address, portfolio_address
from pipelines.report.site.findings import CLOSED
from pipelines.report.site.formats import day, period_words, significant
from pipelines.report.site.material import grouped
from pipelines.report.site.names import Names
from pipelines.report.site.words import WORDS, Text, counted, t

_STYLES = {"BREACH": "not-green", "WARNING": "error", "UNKNOWN": "unknown", "COMPLIANT": "green"}


@dataclass(frozen=True)
class Task:
    """One thing to do.

    Args: due: null = no day is set; address, name: page of the plant or what else it is about, and its link's text; note: the figures;
        why: what makes the day, or why there is none; proofs: pages that show why, each with the text of its link; finding_id: of
        `greencap evidence`, empty = none.
    """

    due: date | None
    style: str
    kind: Text | str
    what: Text | str
    address: str
    name: str
    note: Text | str = ""
    proofs: tuple[tuple[str, Text | str], ...] = ()
    finding_id: str = ""
    why: Text | str = ""


class Tasks:
    """The tasks of a run, found by loan and by plant.

    Args: corrected_until: last day on which figures of the last period judged still change a provisional result; null = no policy says.
    """

    def __init__(self, scorecard: Scorecard, corrected_until: date | None = None) -> None:
        extra = scorecard.extra
        self._corrected_until = corrected_until
        self._names = Names(scorecard)
        self._background = scorecard.background
        self._plants = {row["plant_id"]: row for row in scorecard.rows(PLANTS)}
        self._covenants = grouped(extra(COVENANTS), "portfolio_id", "loan_id")
        self._ends = grouped(extra("mart_portfolio__stranded_equipment"), "portfolio_id", "loan_id")
        self._findings = grouped((row for row in extra("mart_findings__register") if row["state"] not in CLOSED), "plant_id")
        self._waivers = grouped(extra(WAIVERS), "plant_id")
        self._silent = grouped(silent_stacks(extra(SILENT_FEEDS)), "plant_id")

    def of(self, loans: Iterable[Row], plant_ids: Iterable[str]) -> list[Task]:
        """Tasks behind `loans` (portfolio_id, loan_id) and plants; the earliest day first, those without one last."""
        loans = list(loans)
        found = [task for loan in loans for task in self._of_loan(loan)]
        for plant_id in sorted(set(plant_ids)):
            found += [*self._of_plant(plant_id), *self._asked_of(plant_id, loans)]
        unique = list(dict.fromkeys(found))
        return sorted(unique, key=lambda task: (task.due is None, task.due or date.max, str(task.kind), str(task.what), task.name))

    def _of_loan(self, loan: Row) -> Iterator[Task]:
        key = loan["portfolio_id"], loan["loan_id"]
        for row in self._covenants[key]:
            style = _STYLES.get(row["outcome"], "unknown")
            in_cure = row["cure_state"] not in (None, "NONE")
            kind = t("task.cure") if in_cure else Names.of("task", f"covenant_{str(row['outcome']).lower()}")
            due = row["cure_end_date"] if in_cure else row["next_test_date"]
            proofs = ((f"{portfolio_address(row['portfolio_id'])}#money", t("covenants")),)
            place, name = self._place(row["plant_id"]), self._name(row["plant_id"])
            note = self._names.reason(row["reason_code"]) if row["outcome"] == "UNKNOWN" else _cure(row)
            yield Task(due, style, kind, _covenant_words(row), place, name, note, proofs)
        for row in self._ends[key]:
            words = f"task.equipment_{row['reason']}"
            known = words if words in WORDS else "task.equipment_beyond_life"
            what = t(known, row["unit_id"], day(row["maturity_date"]))
            yield Task(row["end_date"], "error", t("task.equipment"), what, self._place(row["plant_id"]), self._name(row["plant_id"]))

    def _of_plant(self, plant_id: str) -> Iterator[Task]:
        name, place = self._name(plant_id), self._place(plant_id)
        for row in self._findings[plant_id]:
            due = row["check_end_date"] if row["is_waiting"] else row["due_date"] or row["cure_end_date"]
            if row["standing"] == "binding" or due:
                proofs = (
                    (f"{FINDINGS}#q={row['finding_id']}", row["finding_id"]),
                    (place_address(plant_id, row["entity_id"], row["indicator_id"], row["operator"]), t("task.sum")),
                )
                title = row["title"] or row["rule_id"]
                style, kind = ("transition", t("task.check")) if row["is_waiting"] else ("not-green", t("task.finding"))
                yield Task(due, style, kind, title, place, name, _finding_words(row), proofs, row["finding_id"])
        for row in self._waivers[plant_id]:
            yield Task(row["expiry_date"], "error", t("task.waiver"), row["waiver_id"], place, name, row["reason"] or "")
        for row in self._silent[plant_id]:
            note = counted("silent.since", row["silent_day_count"], day(row["last_date"]))
            yield Task(
                None,
                "error",
                t("task.silent"),
                t("task.silent_detail", row["stack_id"]),
                place,
                name,
                note,
                ((f"{place}#silent", t("ask")),),
            )

    def _asked_of(self, plant_id: str, loans: list[Row]) -> Iterator[Task]:
        """Data to ask for, each with the day by which it matters: the next test of a covenant on it, else the end of the corrections."""
        name, place = self._name(plant_id), self._place(plant_id)
        index = index_view(self._background, plant_id)
        if index and self._plants.get(plant_id, {}).get("plant_class") == "unknown":
            covenants = [row for loan in loans for row in self._covenants[loan["portfolio_id"], loan["loan_id"]]]
            tests = [row for row in covenants if row["plant_id"] == plant_id and row["next_test_date"]]
            for row in index.open_indicators[:3]:
                due, why = self._needed_by(row["indicator_title"], tests)
                what, note = Names.titled(row["indicator_title"]), t("task.points", significant(row["points"], 3))
                yield Task(due, "unknown", t("task.data"), what, place, name, note, ((f"{place}#ask", t("ask")),), why=why)

    def _needed_by(self, title: str, tests: list[Row]) -> tuple[date | None, Text]:
        days = [row["next_test_date"] for row in tests if str(Names.indicator(row["metric"], None)) == title]
        if days and (self._corrected_until is None or min(days) <= self._corrected_until):
            return min(days), t("task.data_tested")
        if self._corrected_until:
            return self._corrected_until, t("task.data_corrected")
        return None, t("task.data_no_day")

    def _name(self, plant_id: str | None) -> str:
        return str(self._plants.get(plant_id or "", {}).get("plant_name") or plant_id or "")

    def _place(self, plant_id: str | None) -> str:
        return plant_address(plant_id) if plant_id else ""


def _sign(operator: str) -> str:
    return {"at_most": "≤", "below": "<", "at_least": "≥", "above": ">"}.get(operator, operator)


def _covenant_words(row: Row) -> Text:
    """What a covenant asks, and the value it is tested on: measured or by whom stated, and for which period."""
    asked = t("task.asked", Names.metric(row), f"{_sign(row['operator'])} {significant(row['level_value'])} {row['unit'] or ''}".strip())
    if row["actual_value"] is None:
        return t("task.no_value", row["loan_id"], asked)
    period = period_words(row["value_start_date"], row["value_date"])
    return t("task.value", row["loan_id"], asked, Names.value_kind(row), significant(row["actual_value"]), period)


def _finding_words(row: Row) -> Text | str:
    """The worst value against its limit, with its period; of what passes again, when it failed last."""
    if row["is_waiting"]:
        return t("task.check_detail", period_words(row["last_fail_start_date"], row["last_fail_date"]))
    if row["worst_value"] is None:
        return ""
    limit = f"{_sign(row['operator'])} {significant(row['worst_limit_value'])} {row['unit'] or ''}".strip()
    return t("task.worst", significant(row["worst_value"]), limit, period_words(row["worst_start_date"], row["worst_end_date"]))


def _cure(row: Row) -> Text | str:
    if row["cure_day"] is None or row["cure_days"] is None:
        return ""
    return t("task.cure_day" if row["cure_day"] <= row["cure_days"] else "task.cure_over", row["cure_day"], row["cure_days"])
