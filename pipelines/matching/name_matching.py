"""Plants found by the names of a loan: project and borrower against the plants of its country and sector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.matching.decisions import Decision, fingerprint
from pipelines.matching.match_rows import Matches, Row, link_row, unmatched_row
from pipelines.matching.names import is_phase_free_equal, is_telling, telling_words, whole_name
from pipelines.matching.places import FAR_KM, NEAR_KM, distance_km
from pipelines.matching.plant_index import PlantIndex
from pipelines.matching.scoring import CLOSED, Fit, contradiction, has_other_number

#: Below this a name is no candidate worth a person's look; this many candidates are kept.
LOWEST_CANDIDATE = 0.5
MOST_CANDIDATES = 5
SECTORS = ("cement", "steel", "flat_glass")
#: Score of a plant that stands at the place of the project and whose name says nothing.
_AT_THE_PLACE = 0.6


@dataclass(frozen=True)
class Bar:
    """Score from which a name is a match, and how near two plants may come before they cannot be told apart."""

    cut_off: float
    margin: float


@dataclass(frozen=True)
class _Candidate:
    """A plant, how the loan's name fits it, and what speaks against it all the same."""

    plant: Mapping[str, Any]
    fit: Fit
    note: str
    contradiction: str | None

    @property
    def reason(self) -> str:
        said = "; ".join(part for part in (self.fit.reason, self.note) if part)
        return f"{said}; but {self.contradiction}" if self.contradiction else said


def names_of(loan: Mapping[str, Any]) -> list[str]:
    """Names by which a loan is looked up: its project's and its borrower's."""
    return [str(loan[column]) for column in ("project_name", "counterparty_name") if loan.get(column)]


def match_by_name(loan: Mapping[str, Any], index: PlantIndex | None, decisions: Mapping[str, Decision], matches: Matches, bar: Bar) -> None:
    """Add the loan's matches, or its candidates and the reason why none is a match."""
    refusal = _refusal(loan, index)
    if refusal or index is None:
        matches.unmatched.append(unmatched_row(loan, *(refusal or ("", "")), None))
        return
    everything = _ranked(loan, index, decisions)
    rejected = {plant_id for plant_id, decision in decisions.items() if decision.state == "rejected"}
    ranked = [candidate for candidate in everything if str(candidate.plant["plant_id"]) not in rejected]
    near = _near(loan, ranked, bar)
    if near and not any(candidate.contradiction for candidate in near) and _is_one_works(loan, near):
        matches.links += [_name_link(loan, candidate, True, decisions) for candidate in near]
        return
    shown = near or ranked
    matches.links += [_name_link(loan, candidate, False, decisions) for candidate in shown[:MOST_CANDIDATES]]
    refusal = _decided_refusal(decisions, everything, ranked) or _name_refusal(loan, near, ranked, bar.cut_off)
    matches.unmatched.append(unmatched_row(loan, *refusal, _best(ranked)))


def _refusal(loan: Mapping[str, Any], index: PlantIndex | None) -> tuple[str, str] | None:
    """Code and words where no plant can be looked for by name."""
    if loan.get("sector") not in SECTORS:
        return "NO_SECTOR", f"the sector of the loan is {loan.get('sector') or 'not known'}: no plant is looked for by name"
    if not loan.get("country_iso3"):
        return "NO_COUNTRY", "the country of what is financed is not known"
    if index is None:
        return "NO_PLANT_IN_COUNTRY", f"no {str(loan['sector']).replace('_', ' ')} plant in {loan['country_iso3']} is known"
    return None


def _ranked(loan: Mapping[str, Any], index: PlantIndex, decisions: Mapping[str, Decision]) -> list[_Candidate]:
    """Candidates by falling score: plants whose names fit, and those at the very place of the project."""
    best: dict[int, Fit] = {}
    for name in names_of(loan):
        for place, fit in index.fits(name, LOWEST_CANDIDATE).items():
            if place not in best or fit.score > best[place].score:
                best[place] = fit
    if loan.get("latitude") is not None:
        for place, plant in enumerate(index.plants):
            distance = distance_km(loan, plant)
            if place not in best and distance is not None and distance <= NEAR_KM:
                best[place] = Fit(place, _AT_THE_PLACE)
    found = [_candidate(loan, index.plants[place], fit, decisions) for place, fit in best.items()]
    return sorted(found, key=lambda candidate: (-candidate.fit.score, str(candidate.plant["plant_id"])))


def _candidate(loan: Mapping[str, Any], plant: Mapping[str, Any], fit: Fit, decisions: Mapping[str, Decision]) -> _Candidate:
    against = contradiction(loan, plant, fit)
    distance = distance_km(loan, plant)
    note = "" if distance is None else f"{distance:.0f} km from the place of the project"
    if against is None and distance is not None and distance > FAR_KM:
        against = f"the plant lies {distance:.0f} km from the place of the project"
    decision = decisions.get(str(plant["plant_id"]))
    if decision is not None and decision.state == "reopened":
        note = "; ".join(part for part in (note, decision.words) if part)
        if "rejected" in decision.words or "two decisions" in decision.words:
            against = against or "a person must decide again"
    return _Candidate(plant, fit, note, against)


def _near(loan: Mapping[str, Any], ranked: Sequence[_Candidate], bar: Bar) -> list[_Candidate]:
    """Candidates at or above the cut-off that cannot be told from the best; no other numbers, no closed plants if some remain.

    Where the loan names a place, plants that stand there are told from those that do not.
    """
    if not ranked:
        return []
    lowest = max(bar.cut_off, round(ranked[0].fit.score - bar.margin, 4))
    near = [candidate for candidate in ranked if candidate.fit.score >= lowest]
    near = [candidate for candidate in near if not has_other_number(loan, candidate.plant)] or near
    near = [candidate for candidate in near if candidate.plant.get("status") not in CLOSED] or near
    there = [candidate for candidate in near if (distance_km(loan, candidate.plant) or FAR_KM) <= NEAR_KM]
    return there or near


def _is_one_works(loan: Mapping[str, Any], near: Sequence[_Candidate]) -> bool:
    """One plant, phases of one plant, or all plants of the owner who is the borrower."""
    first = near[0].plant
    if all(is_phase_free_equal(first.get("plant_name"), other.plant.get("plant_name")) for other in near):
        return True
    return not _has_project(loan) and all(candidate.fit.is_owner for candidate in near)


def _has_project(loan: Mapping[str, Any]) -> bool:
    """Whether the loan names something to be financed besides its borrower."""
    project = loan.get("project_name")
    return is_telling(telling_words(project, loan.get("country_iso3"))) and whole_name(project) != whole_name(loan.get("counterparty_name"))


def _decided_refusal(
    decisions: Mapping[str, Decision], everything: Sequence[_Candidate], ranked: Sequence[_Candidate]
) -> tuple[str, str] | None:
    """Code and words where a person's decision is why nothing is matched."""
    reopened = [f"{plant_id} is {decision.words}" for plant_id, decision in sorted(decisions.items()) if decision.state == "reopened"]
    if reopened:
        return "REOPENED", "; ".join(reopened)
    if everything and not ranked:
        return "REJECTED", "; ".join(f"{plant_id} was {decision.words}" for plant_id, decision in sorted(decisions.items()))
    return None


def _name_refusal(loan: Mapping[str, Any], near: Sequence[_Candidate], ranked: Sequence[_Candidate], cut_off: float) -> tuple[str, str]:
    if near and all(candidate.contradiction for candidate in near):
        return "CONTRADICTED", f"the name fits '{near[0].plant['plant_name']}', but {near[0].contradiction}"
    if near:
        names = ", ".join(f"'{candidate.plant['plant_name']}'" for candidate in near[:MOST_CANDIDATES])
        more = ", …" if len(near) > MOST_CANDIDATES else ""
        return "AMBIGUOUS", f"{len(near)} plants fit equally well: {names}{more}"
    country = loan.get("country_iso3")
    if not any(is_telling(telling_words(loan.get(column), country)) for column in ("project_name", "counterparty_name")):
        return "BELOW_CUT_OFF", "the loan's names tell no works from another"
    if not ranked:
        return "BELOW_CUT_OFF", f"no plant of the country has a name that comes near (none reaches {LOWEST_CANDIDATE:.2f})"
    return "BELOW_CUT_OFF", f"best score {ranked[0].fit.score:.2f} is below the cut-off of {cut_off:.2f}"


def _best(ranked: Sequence[_Candidate]) -> str | None:
    if not ranked:
        return None
    best = ranked[0]
    return f"{best.plant['plant_id']} {best.plant['plant_name']} ({best.fit.score:.2f}: {best.fit.reason or best.note})"


def _name_link(loan: Mapping[str, Any], candidate: _Candidate, is_match: bool, decisions: Mapping[str, Decision]) -> Row:
    plant_id = str(candidate.plant["plant_id"])
    row = link_row(loan, plant_id, "name", candidate.fit.score, candidate.reason, is_match)
    decision = decisions.get(plant_id)
    return row | {"fingerprint": fingerprint(loan, candidate.plant)} | (decision.columns() if decision else {})
