"""Loans of a PACTA loan book and the companies whose names are alike: r2dii.match's `match_name` and `prioritize`, row for row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.errors import WrongUseError
from pipelines.matching.pacta_alias import aliases
from pipelines.matching.similarity import PREFIX_WEIGHT, similar_pairs

Row = dict[str, str | None]
#: Columns that matching adds to those of the loan book.
ADDED_COLUMNS = ("id_2dii", "level", "sector", "sector_abcd", "name", "name_abcd", "score", "source", "borderline")
_INITIALS = {"direct_loantaker": "DL", "ultimate_parent": "UP"}
_INTERMEDIATE = "intermediate_parent"
_SYSTEM, _CODE = "sector_classification_system", "sector_classification_direct_loantaker"


@dataclass(frozen=True)
class Scoring:
    """How names are scored. `is_by_sector`: only within the loan's own sector; the rest as in `similarity.similar_pairs`."""

    min_score: float = 0.8
    method: str = "jw"
    prefix_weight: float = PREFIX_WEIGHT
    is_by_sector: bool = True


@dataclass(frozen=True)
class _Borrower:
    """One name at one level of the book: what is matched, once however many loans it has."""

    id_2dii: str
    level: str
    name: str
    sector: str
    borderline: str
    source: str = "loanbook"


def match_loanbook(
    loans: Sequence[Mapping[str, str | None]],
    companies: Iterable[tuple[str, str]],
    classification: Mapping[tuple[str, str], tuple[str, str]],
    scoring: Scoring | None = None,
    overwrite: Sequence[Mapping[str, str | None]] = (),
) -> list[Row]:
    """Every loan, level and company whose aliases score at least the minimum, in the order of the book.

    A name that scores 1 with any company keeps only the companies with 1. `score` is the shortest text that reads back as the number.

    Args:
        loans: Rows of the loan book; every `name_<level>` with an `id_<level>` is a level.
        companies: Name and sector of each company.
        classification: (code system, code) → (sector, borderline). A loan whose code is not in it has no sector and no match.
        overwrite: Rows level, id_2dii, name, sector, source: names and sectors set by hand.
    """
    scoring = scoring or Scoring()
    levels = levels_of(loans)
    borrowers, loans_by_id = _borrowers(loans, levels, classification)
    borrowers = [_overwritten(borrower, {(row["level"], row["id_2dii"]): row for row in overwrite}) for borrower in borrowers]
    found = _candidates(borrowers, sorted(set(companies)), scoring)
    rows = [
        (place, levels.index(borrower.level), dict(loans[place]) | _added(borrower, company, score))
        for borrower, company, score in found
        for place in loans_by_id[borrower.level, borrower.id_2dii]
    ]
    return [row for _, _, row in sorted(rows, key=lambda entry: entry[:2])]


def prioritize_matches(rows: Sequence[Mapping[str, str | None]], priority: Callable[[list[str]], list[str]] | None = None) -> list[Row]:
    """One row a loan and sector: of the rows with score 1 the one of the first level, direct borrower before ultimate parent.

    Args:
        rows: Rows of `match_loanbook`, scores of reviewed matches set to 1 by hand.
        priority: Puts the levels into another order.

    Raises:
        WrongUseError: Two rows with score 1 for one loan and level: nobody has decided which company it is.
    """
    sure = [row for row in rows if row["score"] is not None and float(row["score"]) == 1]
    _hold_one_company(sure)
    order = (priority or (lambda levels: levels))(sorted({str(row["level"]) for row in sure}, key=_level_order))
    first: dict[tuple[str | None, ...], Mapping[str, str | None]] = {}
    for row in sorted(sure, key=lambda row: order.index(str(row["level"]))):
        first.setdefault((row["id_loan"], row["sector"], row["sector_abcd"]), row)
    chosen = {id(row) for row in first.values()}
    return [dict(row) for row in sure if id(row) in chosen]


def levels_of(loans: Sequence[Mapping[str, str | None]]) -> list[str]:
    """Levels of a loan book, direct borrower first, ultimate parent last."""
    columns = list(loans[0]) if loans else []
    found = [column.removeprefix("name_") for column in columns if column.startswith("name_")]
    return sorted((level for level in found if f"id_{level}" in columns and _prefix(level)), key=_level_order)


def _level_order(level: str) -> tuple[int, int]:
    number = level.rpartition("_")[2]
    ranks = {"direct_loantaker": 0, "ultimate_parent": 2}
    return ranks.get(level, 1), int(number) if number.isdigit() else 0


def _prefix(level: str) -> str | None:
    if level.startswith(_INTERMEDIATE):
        return "IP" + level.removeprefix(_INTERMEDIATE).lstrip("_")
    return _INITIALS.get(level)


def _borrowers(
    loans: Sequence[Mapping[str, str | None]], levels: Sequence[str], classification: Mapping[tuple[str, str], tuple[str, str]]
) -> tuple[list[_Borrower], dict[tuple[str, str], list[int]]]:
    """Names of the book that have a sector, and the places of their loans by level and id."""
    borrowers: list[_Borrower] = []
    loans_by_id: dict[tuple[str, str], list[int]] = {}
    for level in levels:
        places: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for place, loan in enumerate(loans):
            name, code = loan[f"name_{level}"], loan[_CODE]
            if name is not None:
                places[name, code or "", loan[_SYSTEM] or ""].append(place)
        numbers = {pair: number for number, pair in enumerate(sorted({(name, code) for name, code, _ in places}), start=1)}
        for (name, code, system), of_name in places.items():
            sector = classification.get((system, code))
            if sector:
                id_2dii = f"{_prefix(level)}{numbers[name, code]}"
                borrowers.append(_Borrower(id_2dii, level, name, *sector))
                loans_by_id.setdefault((level, id_2dii), []).extend(of_name)
    return borrowers, loans_by_id


def _overwritten(borrower: _Borrower, by_id: Mapping[tuple[str | None, str | None], Mapping[str, str | None]]) -> _Borrower:
    row = by_id.get((borrower.level, borrower.id_2dii))
    if row is None:
        return borrower
    name, sector = row["name"] or borrower.name, row["sector"] or borrower.sector
    return _Borrower(borrower.id_2dii, borrower.level, name, sector, borrower.borderline, row["source"] or "manual")


def _candidates(
    borrowers: Sequence[_Borrower], companies: Sequence[tuple[str, str]], scoring: Scoring
) -> list[tuple[_Borrower, tuple[str, str], float]]:
    """Borrowers, companies and scores; with a score of 1 nothing else."""
    borrower_alias = dict(zip(names := sorted({b.name for b in borrowers}), aliases(names), strict=True))
    company_alias = dict(zip(names := sorted({name for name, _ in companies}), aliases(names), strict=True))
    by_place: dict[str | None, dict[str, list[_Borrower]]] = defaultdict(lambda: defaultdict(list))
    for borrower in borrowers:
        by_place[borrower.sector if scoring.is_by_sector else None][str(borrower_alias[borrower.name])].append(borrower)
    found: list[tuple[_Borrower, tuple[str, str], float]] = []
    for sector, by_alias in by_place.items():
        wanted, possible = list(by_alias), [company for company in companies if sector in (None, company[1])]
        right = [str(company_alias[name]) for name, _ in possible]
        pairs = similar_pairs(wanted, right, scoring.min_score, scoring.method, scoring.prefix_weight)
        found += [(borrower, possible[j], score) for i, j, score in _best_only(pairs) for borrower in by_alias[wanted[i]]]
    return found


def _best_only(pairs: Sequence[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    sure = {i for i, _, score in pairs if score == 1}
    return [pair for pair in pairs if pair[2] == 1 or pair[0] not in sure]


def _added(borrower: _Borrower, company: tuple[str, str], score: float) -> Row:
    name, sector = company
    values = (
        borrower.id_2dii,
        borrower.level,
        borrower.sector,
        sector,
        borrower.name,
        name,
        f"{score:.17g}",
        borrower.source,
        borrower.borderline,
    )
    return dict(zip(ADDED_COLUMNS, values, strict=True))


def _hold_one_company(sure: Sequence[Mapping[str, str | None]]) -> None:
    seen: dict[tuple[str | None, str | None], str | None] = {}
    doubled = []
    for row in sure:
        key = row["id_loan"], row["level"]
        if key in seen:
            doubled.append(f"loan {key[0]}, {key[1]}: '{seen[key]}' and '{row['name_abcd']}'")
        seen[key] = row["name_abcd"]
    if doubled:
        more = f"\n… and {len(doubled) - 10} more" if len(doubled) > 10 else ""
        raise WrongUseError(
            "two companies with score 1 for one loan and level; leave 1 with the right one only:\n" + "\n".join(doubled[:10]) + more
        )
