"""Which plants a loan finances: stated links, decisions kept, owners by id, identifiers, then names; and why a loan found none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipelines.matching.decisions import Decision, Decisions, fingerprint
from pipelines.matching.identifiers import Identifiers
from pipelines.matching.match_rows import Matches, Row, link_row, match_schemas
from pipelines.matching.name_matching import SECTORS, Bar, match_by_name, names_of
from pipelines.matching.owners import OwnedPlants
from pipelines.matching.plant_index import PlantIndex
from pipelines.matching.scoring import CLOSED

if TYPE_CHECKING:
    import pyarrow as pa

#: Score from which a name is a match, where `rules/policy/matching.yaml` says nothing else.
CUT_OFF = 0.85
#: Two plants whose scores are nearer than this cannot be told apart.
MARGIN = 0.02

Rows = Sequence[Mapping[str, Any]]
Known = Mapping[str, Mapping[str, Any]]
_Place = tuple[str, str]
#: Surest way first; each gives the matches of a loan, or none.
_Way = Callable[[Mapping[str, Any], Mapping[str, Decision]], list[Row]]


def match_loans(
    loans: Rows,
    plants: Rows,
    links: Rows = (),
    ownership: Rows = (),
    cut_off: float = CUT_OFF,
    margin: float = MARGIN,
    counterparties: Rows = (),
    decisions: Rows = (),
) -> Matches:
    """Matches, candidates and reasons, ordered by portfolio, loan and falling score.

    The first of these that finds a plant decides: a stated link; a pair that a person has accepted; a plant that the borrower owns, by id,
    directly or through others; the same for other ids of the borrower (equal LEI or register number); a name (project or borrower) that
    fits a plant of the same country and sector with at least `cut_off`. When two different plants come within `margin` of each other, or a
    number, a date, a distance or a closure speaks against one of them, nobody is matched: they are candidates. Phases of one plant are
    matched together, and so are all plants of an owner that is the borrower of a loan without a project.

    Args:
        loans: columns of `stg_bank__loans`; of several reporting dates the latest counts.
        plants: columns of `stg_plants__plants`.
        links: columns of `stg_bank__loan_plant_links` (`*` = every portfolio).
        ownership: columns of `stg_bank__ownership`.
        counterparties: columns of `stg_bank__counterparties`.
        decisions: columns of `stg_bank__match_decisions`.
    """
    known = {str(plant["plant_id"]): plant for plant in plants}
    newest, decided = _latest(loans), Decisions(decisions, known)
    by_name: list[tuple[Mapping[str, Any], Mapping[str, Decision]]] = []
    matches = Matches()
    ways = _ways(known, links, ownership, plants, counterparties)
    for loan in newest:
        of_loan = decided.of(loan)
        matches.links += [
            _decided_link(loan, known[plant_id], decision) for plant_id, decision in of_loan.items() if decision.state == "rejected"
        ]
        found = next((rows for way in ways if (rows := way(loan, of_loan))), [])
        matches.links += [row | {"fingerprint": fingerprint(loan, known[row["plant_id"]])} for row in found]
        if not found:
            by_name.append((loan, of_loan))
    _match_by_names(by_name, plants, matches, Bar(cut_off, margin))
    matches.links += _open_links(newest, decided, matches, known)
    matches.links.sort(key=lambda row: (str(row["portfolio_id"]), str(row["loan_id"])))
    return matches


def match_tables(
    loans: Rows, plants: Rows, links: Rows, ownership: Rows, policy: Mapping[str, str], counterparties: Rows = (), decisions: Rows = ()
) -> dict[str, pa.Table]:
    """The two result tables; `policy` holds `cut_off` and optionally `margin` as text (policy `matching`)."""
    import pyarrow as pa

    cut_off, margin = float(policy.get("cut_off", CUT_OFF)), float(policy.get("margin", MARGIN))
    matches = match_loans(loans, plants, links, ownership, cut_off, margin, counterparties, decisions)
    rows = {"raw_matching__links": matches.links, "raw_matching__unmatched": matches.unmatched}
    return {name: pa.Table.from_pylist(rows[name], schema=schema) for name, schema in match_schemas().items()}


def _latest(loans: Rows) -> list[Mapping[str, Any]]:
    """One row a loan, the one of its latest reporting date, in the order of portfolio and loan."""
    latest: dict[tuple[str, str], Mapping[str, Any]] = {}
    for loan in loans:
        key = str(loan["portfolio_id"]), str(loan["loan_id"])
        if key not in latest or str(loan.get("reporting_date") or "") >= str(latest[key].get("reporting_date") or ""):
            latest[key] = loan
    return [latest[key] for key in sorted(latest)]


def _ways(known: Known, links: Rows, ownership: Rows, plants: Rows, counterparties: Rows) -> tuple[_Way, ...]:
    """The sure ways to a plant, the surest first."""
    stated = _stated_plants(links, known)
    owned, identifiers = OwnedPlants(plants, ownership), Identifiers(counterparties)

    def by_link(loan: Mapping[str, Any], _: Mapping[str, Decision]) -> list[Row]:
        loan_id = str(loan["loan_id"])
        rows = [*stated.get(("*", loan_id), []), *stated.get((str(loan["portfolio_id"]), loan_id), [])]
        by_plant = {str(link["plant_id"]): link for link in rows}
        return [link_row(loan, plant_id, "link", 1.0, _stated_reason(by_plant[plant_id]), True) for plant_id in sorted(by_plant)]

    def by_decision(loan: Mapping[str, Any], decisions: Mapping[str, Decision]) -> list[Row]:
        accepted = sorted(plant_id for plant_id, decision in decisions.items() if decision.state == "accepted")
        return [link_row(loan, p, "decision", 1.0, decisions[p].words, True) | decisions[p].columns() for p in accepted]

    def by_owner(loan: Mapping[str, Any], decisions: Mapping[str, Decision]) -> list[Row]:
        paths = owned.of(loan.get("counterparty_id"), loan.get("reporting_date"))
        possible = [p for p in sorted(paths) if _is_possible(loan, known[p], decisions)]
        return [link_row(loan, plant_id, "owner", 1.0, f"owned: {paths[plant_id]}", True) for plant_id in possible]

    def by_identifier(loan: Mapping[str, Any], decisions: Mapping[str, Decision]) -> list[Row]:
        found: dict[str, Row] = {}
        for company_id, (method, words) in identifiers.same_as(loan).items():
            for plant_id, path in owned.of(company_id, loan.get("reporting_date")).items():
                if _is_possible(loan, known[plant_id], decisions):
                    found.setdefault(plant_id, link_row(loan, plant_id, method, 1.0, f"{words}; owned: {path}", True))
        return [found[plant_id] for plant_id in sorted(found)]

    return by_link, by_decision, by_owner, by_identifier


def _stated_plants(links: Rows, known: Known) -> dict[_Place, list[Mapping[str, Any]]]:
    stated: dict[_Place, list[Mapping[str, Any]]] = defaultdict(list)
    for link in links:
        if str(link["plant_id"]) in known:
            stated[str(link.get("portfolio_id") or "*"), str(link["loan_id"])].append(link)
    return stated


def _stated_reason(link: Mapping[str, Any]) -> str:
    return str(link.get("reason") or f"stated by {link.get('decided_by') or 'the bank'}")


def _is_possible(loan: Mapping[str, Any], plant: Mapping[str, Any], decisions: Mapping[str, Decision]) -> bool:
    """A plant of another sector is not what a loan with a sector finances, nor is a closed one, nor one that a person has rejected."""
    decision = decisions.get(str(plant["plant_id"]))
    is_same_sector = loan.get("sector") not in SECTORS or loan["sector"] == plant.get("sector")
    return is_same_sector and plant.get("status") not in CLOSED and not (decision and decision.state == "rejected")


def _decided_link(loan: Mapping[str, Any], plant: Mapping[str, Any], decision: Decision) -> Row:
    row = link_row(loan, str(plant["plant_id"]), "decision", 0.0, decision.words, False)
    return row | decision.columns() | {"fingerprint": fingerprint(loan, plant)}


def _open_links(loans: Rows, decided: Decisions, matches: Matches, known: Known) -> list[Row]:
    """Pairs whose decision is open again and that no name proposes any more: they still wait for a person."""
    seen = {(row["portfolio_id"], row["loan_id"], row["plant_id"]) for row in matches.links}
    waiting = [
        (loan, plant_id, decision)
        for loan in loans
        for plant_id, decision in decided.of(loan).items()
        if decision.state == "reopened" and (loan["portfolio_id"], loan["loan_id"], plant_id) not in seen
    ]
    return [_decided_link(loan, known[plant_id], decision) for loan, plant_id, decision in waiting]


def _match_by_names(loans: Sequence[tuple[Mapping[str, Any], Mapping[str, Decision]]], plants: Rows, matches: Matches, bar: Bar) -> None:
    """Look loans up by name, country by country and sector by sector, so that each index learns all names at once."""
    indexes = _indexes(plants)
    names: dict[_Place, set[str]] = defaultdict(set)
    for loan, _ in loans:
        names[_place(loan)].update(names_of(loan))
    for place, index in indexes.items():
        index.learn(names.get(place, ()))
    for loan, decisions in loans:
        match_by_name(loan, indexes.get(_place(loan)), decisions, matches, bar)


def _indexes(plants: Rows) -> dict[_Place, PlantIndex]:
    """Plants by country and sector, in the order of their ids."""
    by_place: dict[_Place, list[Mapping[str, Any]]] = defaultdict(list)
    for plant in sorted(plants, key=lambda row: str(row["plant_id"])):
        by_place[_place(plant)].append(plant)
    return {place: PlantIndex(place[0], members) for place, members in by_place.items()}


def _place(row: Mapping[str, Any]) -> _Place:
    return str(row.get("country_iso3")), str(row.get("sector"))
