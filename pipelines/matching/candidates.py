"""Which plants a loan finances: stated links, then owners by id, then names; and why a loan found none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipelines.matching.names import is_phase_free_equal, is_telling, telling_words, whole_name
from pipelines.matching.owners import OwnedPlants
from pipelines.matching.scoring import CLOSED, Fit, PlantNames, best_fit, contradiction, has_other_number, plant_names

if TYPE_CHECKING:
    import pyarrow as pa

#: Score from which a name is a match, where `rules/policy/matching.yaml` says nothing else.
CUT_OFF = 0.85
#: Two plants whose scores are nearer than this cannot be told apart.
MARGIN = 0.02
#: Below this a name is no candidate worth a person's look; this many candidates are kept.
LOWEST_CANDIDATE = 0.5
MOST_CANDIDATES = 5
SECTORS = ("cement", "steel", "flat_glass")

Row = dict[str, Any]


@dataclass
class Matches:
    """`links`: rows of `raw_matching__links`; `unmatched`: rows of `raw_matching__unmatched`."""

    links: list[Row] = field(default_factory=list)
    unmatched: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class _Candidate:
    """A plant, how the loan's name fits it, and what speaks against it all the same."""

    plant: Mapping[str, Any]
    fit: Fit
    contradiction: str | None


def match_loans(
    loans: Sequence[Mapping[str, Any]],
    plants: Sequence[Mapping[str, Any]],
    links: Sequence[Mapping[str, Any]] = (),
    ownership: Sequence[Mapping[str, Any]] = (),
    cut_off: float = CUT_OFF,
    margin: float = MARGIN,
) -> Matches:
    """Matches, candidates and reasons, ordered by portfolio, loan and falling score.

    The first of these that finds a plant decides: a stated link; a plant that the borrower owns, by id, directly or
    through others; a name (project or borrower) that fits a plant of the same country and sector with at least
    `cut_off`. When two different plants come within `margin` of each other, or a number, a date or a closure speaks
    against one of them, nobody is matched: they are candidates. Phases of one plant are matched together, and so are all
    plants of an owner that is the borrower of a loan without a project.

    Args:
        loans: columns of `stg_bank__loans`; of several reporting dates the latest counts.
        plants: columns of `stg_plants__plants`.
        links: columns of `stg_bank__loan_plant_links` (`*` = every portfolio).
        ownership: columns of `stg_bank__ownership`.
    """
    known = {str(plant["plant_id"]): plant for plant in plants}
    stated = _stated_plants(links, known)
    owned = OwnedPlants(plants, ownership)
    by_place = _plants_by_place(plants)
    matches = Matches()
    for loan in _latest(loans):
        decided = _decided(loan, stated, owned, known)
        if decided:
            matches.links += decided
        else:
            _match_by_name(loan, by_place, matches, cut_off, margin)
    return matches


def match_tables(
    loans: Sequence[Mapping[str, Any]],
    plants: Sequence[Mapping[str, Any]],
    links: Sequence[Mapping[str, Any]],
    ownership: Sequence[Mapping[str, Any]],
    policy: Mapping[str, str],
) -> dict[str, pa.Table]:
    """The two result tables; `policy` holds `cut_off` and optionally `margin` as text (policy `matching`)."""
    import pyarrow as pa

    cut_off, margin = float(policy.get("cut_off", CUT_OFF)), float(policy.get("margin", MARGIN))
    matches = match_loans(loans, plants, links, ownership, cut_off, margin)
    rows = {"raw_matching__links": matches.links, "raw_matching__unmatched": matches.unmatched}
    return {name: pa.Table.from_pylist(rows[name], schema=schema) for name, schema in match_schemas().items()}


def match_schemas() -> dict[str, pa.Schema]:
    """Schema of the two result tables by name."""
    import pyarrow as pa

    key = [("portfolio_id", pa.string()), ("loan_id", pa.string())]
    found = [("plant_id", pa.string()), ("match_method", pa.string()), ("match_score", pa.float64())]
    return {
        "raw_matching__links": pa.schema([*key, *found, ("match_reason", pa.string()), ("is_match", pa.bool_())]),
        "raw_matching__unmatched": pa.schema(
            [*key, ("reason_code", pa.string()), ("reason", pa.string()), ("best_candidate", pa.string())]
        ),
    }


def _latest(loans: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """One row a loan, the one of its latest reporting date, in the order of portfolio and loan."""
    latest: dict[tuple[str, str], Mapping[str, Any]] = {}
    for loan in loans:
        key = str(loan["portfolio_id"]), str(loan["loan_id"])
        if key not in latest or str(loan.get("reporting_date") or "") >= str(latest[key].get("reporting_date") or ""):
            latest[key] = loan
    return [latest[key] for key in sorted(latest)]


def _stated_plants(links: Sequence[Mapping[str, Any]], known: Mapping[str, Any]) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    stated: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for link in links:
        if str(link["plant_id"]) in known:
            stated[str(link.get("portfolio_id") or "*"), str(link["loan_id"])].append(link)
    return stated


def _plants_by_place(plants: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], list[PlantNames]]:
    """Plants by country and sector, in the order of their ids."""
    by_place: dict[tuple[str, str], list[PlantNames]] = defaultdict(list)
    for plant in sorted(plants, key=lambda row: str(row["plant_id"])):
        by_place[str(plant.get("country_iso3")), str(plant.get("sector"))].append(plant_names(plant))
    return by_place


def _decided(
    loan: Mapping[str, Any],
    stated: Mapping[tuple[str, str], list[Mapping[str, Any]]],
    owned: OwnedPlants,
    known: Mapping[str, Mapping[str, Any]],
) -> list[Row]:
    """Rows of stated links, else of plants owned by the borrower's id."""
    own_links = stated.get((str(loan["portfolio_id"]), str(loan["loan_id"])), [])
    rows = {str(link["plant_id"]): link for link in [*stated.get(("*", str(loan["loan_id"])), []), *own_links]}
    if rows:
        return [_link(loan, plant_id, "link", 1.0, _stated_reason(rows[plant_id]), True) for plant_id in sorted(rows)]
    paths = owned.of(loan.get("counterparty_id"), loan.get("reporting_date"))
    return [
        _link(loan, plant_id, "owner", 1.0, f"owned: {path}", True)
        for plant_id, path in sorted(paths.items())
        if _is_possible(loan, known[plant_id])
    ]


def _stated_reason(link: Mapping[str, Any]) -> str:
    return str(link.get("reason") or f"stated by {link.get('decided_by') or 'the bank'}")


def _is_possible(loan: Mapping[str, Any], plant: Mapping[str, Any]) -> bool:
    """A plant of another sector is not what a loan with a sector finances, nor is a closed one."""
    is_same_sector = loan.get("sector") not in SECTORS or loan["sector"] == plant.get("sector")
    return is_same_sector and plant.get("status") not in CLOSED


def _match_by_name(
    loan: Mapping[str, Any], by_place: Mapping[tuple[str, str], list[PlantNames]], matches: Matches, cut_off: float, margin: float
) -> None:
    pool = by_place.get((str(loan.get("country_iso3")), str(loan.get("sector"))), [])
    refusal = _refusal(loan, pool)
    if refusal:
        matches.unmatched.append(_unmatched(loan, *refusal, None))
        return
    ranked = _ranked(loan, pool)
    near = _near(loan, ranked, cut_off, margin)
    if near and not any(candidate.contradiction for candidate in near) and _is_one_works(loan, near):
        matches.links += [_name_link(loan, candidate, True) for candidate in near]
        return
    shown = near or [candidate for candidate in ranked if candidate.fit.score >= LOWEST_CANDIDATE]
    matches.links += [_name_link(loan, candidate, False) for candidate in shown[:MOST_CANDIDATES]]
    matches.unmatched.append(_unmatched(loan, *_name_refusal(loan, near, ranked, cut_off), _best(ranked)))


def _refusal(loan: Mapping[str, Any], pool: Sequence[PlantNames]) -> tuple[str, str] | None:
    """Code and words where no plant can be looked for by name."""
    if loan.get("sector") not in SECTORS:
        return "NO_SECTOR", f"the sector of the loan is {loan.get('sector') or 'not known'}: no plant is looked for by name"
    if not loan.get("country_iso3"):
        return "NO_COUNTRY", "the country of what is financed is not known"
    if not pool:
        return "NO_PLANT_IN_COUNTRY", f"no {str(loan['sector']).replace('_', ' ')} plant in {loan['country_iso3']} is known"
    return None


def _near(loan: Mapping[str, Any], ranked: Sequence[_Candidate], cut_off: float, margin: float) -> list[_Candidate]:
    """Candidates at or above the cut-off that cannot be told from the best; no other numbers, no closed plants if some remain."""
    lowest = max(cut_off, round(ranked[0].fit.score - margin, 4))
    near = [candidate for candidate in ranked if candidate.fit.score >= lowest]
    near = [candidate for candidate in near if not has_other_number(loan, candidate.plant)] or near
    return [candidate for candidate in near if candidate.plant.get("status") not in CLOSED] or near


def _ranked(loan: Mapping[str, Any], pool: Sequence[PlantNames]) -> list[_Candidate]:
    names = [str(loan[column]) for column in ("project_name", "counterparty_name") if loan.get(column)]
    fits = [max((best_fit(name, plant) for name in names), key=lambda fit: fit.score) for plant in pool]
    found = [_Candidate(plant.plant, fit, contradiction(loan, plant.plant, fit)) for plant, fit in zip(pool, fits, strict=True)]
    return sorted(found, key=lambda candidate: (-candidate.fit.score, str(candidate.plant["plant_id"])))


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


def _name_refusal(loan: Mapping[str, Any], near: Sequence[_Candidate], ranked: Sequence[_Candidate], cut_off: float) -> tuple[str, str]:
    if near and all(candidate.contradiction for candidate in near):
        return "CONTRADICTED", f"the name fits '{near[0].plant['plant_name']}', but {near[0].contradiction}"
    if near:
        names = ", ".join(f"'{candidate.plant['plant_name']}'" for candidate in near[:MOST_CANDIDATES])
        more = ", …" if len(near) > MOST_CANDIDATES else ""
        return "AMBIGUOUS", f"{len(near)} plants fit equally well: {names}{more}"
    best, country = ranked[0], loan.get("country_iso3")
    if not any(is_telling(telling_words(loan.get(column), country)) for column in ("project_name", "counterparty_name")):
        return "BELOW_CUT_OFF", "the loan's names tell no works from another"
    return "BELOW_CUT_OFF", f"best score {best.fit.score:.2f} is below the cut-off of {cut_off:.2f}"


def _best(ranked: Sequence[_Candidate]) -> str | None:
    best = ranked[0]
    if best.fit.score < LOWEST_CANDIDATE:
        return None
    return f"{best.plant['plant_id']} {best.plant['plant_name']} ({best.fit.score:.2f}: {best.fit.reason})"


def _name_link(loan: Mapping[str, Any], candidate: _Candidate, is_match: bool) -> Row:
    reason = f"{candidate.fit.reason}; but {candidate.contradiction}" if candidate.contradiction else candidate.fit.reason
    return _link(loan, str(candidate.plant["plant_id"]), "name", candidate.fit.score, reason, is_match)


def _link(loan: Mapping[str, Any], plant_id: str, method: str, score: float, reason: str, is_match: bool) -> Row:
    return {
        "portfolio_id": loan["portfolio_id"],
        "loan_id": loan["loan_id"],
        "plant_id": plant_id,
        "match_method": method,
        "match_score": score,
        "match_reason": reason,
        "is_match": is_match,
    }


def _unmatched(loan: Mapping[str, Any], code: str, reason: str, best: str | None) -> Row:
    return {
        "portfolio_id": loan["portfolio_id"],
        "loan_id": loan["loan_id"],
        "reason_code": code,
        "reason": reason,
        "best_candidate": best,
    }
