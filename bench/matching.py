"""Matching, measured: PACTA's books against its own times, and a made-up book of 50,000 loans against 10,000 plants.

Prints a table for bench/README.md. The peer's files are read from `../shared/cases` where they are there.
"""

from __future__ import annotations

import gc
import random
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.matching.candidates import match_tables
from pipelines.matching.pacta_match import match_loanbook
from pipelines.sources.pacta_tables import classification, companies, read_table

CASES = Path(__file__).resolve().parents[2] / "shared" / "cases"
#: Seconds of r2dii.match on a machine with two cores, from the case's own README.
PEER = {"10k loans, 471 companies": "2.3 s", "10k loans, 5,471 companies": "14 to 23 s"}
_SYLLABLES = "ba ke lo shan gang hai ta ri mo vi ne zhu du ki sa ru te pol mar dan lin xi yu qen har bo zor kal".split()
_COUNTRIES = ("CHN", "VNM", "PAK", "KAZ", "RUS", "TUR", "EGY", "ETH", "NGA", "IDN")


def main() -> None:
    """Measure everything and print the table."""
    gc.set_threshold(200_000, 50, 50)  # as the command does
    print("| what | seconds (processor) | peak MB | peer |\n|---|---|---|---|")
    if CASES.is_dir():
        for name, work in _peer_books().items():
            print(f"| match, {name} | {_median(work):.2f} | {_peak_mb():.0f} | {PEER[name]} |")
    loans, plants = made_up_loans(50_000, plants := made_up_plants(10_000)), plants
    seconds = _median(lambda: match_tables(loans, plants, [], [], {}), repeats=1)
    print(f"| nightly matching by name, 50,000 loans, 10,000 plants | {seconds:.1f} | {_peak_mb():.0f} | – |")


def made_up_plants(count: int) -> list[dict[str, Any]]:
    """Plants with invented names, a third of them in China, two thirds cement."""
    chance = random.Random(3)
    regions, cities, groups = ([_word(chance) for _ in range(many)] for many in (300, 3_000, 1_500))
    return [
        {
            "plant_id": f"P{number:05d}",
            "plant_name": f"{_word(chance)} {_word(chance)} {sector.title()} Plant",
            "alternative_names": _word(chance) if number % 5 == 0 else None,
            "owner_name": f"{_word(chance)} {sector.title()} Co Ltd",
            "parent_name": f"{chance.choice(groups)} Group",
            "city": chance.choice(cities),
            "region_name": chance.choice(regions),
            "country_iso3": "CHN" if number % 3 == 0 else chance.choice(_COUNTRIES),
            "sector": sector,
            "status": "operating",
        }
        for number in range(count)
        for sector in ["cement" if number % 3 else "steel"]
    ]


def made_up_loans(count: int, plants: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Loans, a little more than half of them with the edited name of a plant or its owner, the others with unrelated names."""
    chance = random.Random(4)
    return [_loan(number, chance, chance.choice(plants)) for number in range(count)]


def _loan(number: int, chance: random.Random, plant: dict[str, Any]) -> dict[str, Any]:
    is_known = chance.random() < 0.55
    name = chance.choice([plant["plant_name"], plant["owner_name"]]) if is_known else f"{_word(chance)} {_word(chance)} Works"
    place = chance.randrange(len(name))
    return {
        "portfolio_id": "B",
        "loan_id": f"L{number:05d}",
        "counterparty_name": name[:place] + chance.choice(["", name[place]]) + name[place + 1 :],
        "project_name": None,
        "sector": plant["sector"],
        "country_iso3": plant["country_iso3"],
    }


def _word(chance: random.Random) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(2, 4))).title()


def _peer_books() -> dict[str, Callable[[], object]]:
    inputs = CASES / "pacta_inputs"
    codes, few = classification(inputs / "sector_classifications.csv"), companies(inputs / "abcd_demo.csv")
    book = read_table(CASES / "pacta_scale" / "loanbook_10k.csv", [])
    chance = random.Random(1)
    many = list(few)
    while len(many) < 5_471:
        (one, sector), (other, _) = chance.choice(few), chance.choice(few)
        many.append((one[: len(one) // 2] + other[len(other) // 3 :] + chance.choice("abcdefghij"), sector))
    return {
        "10k loans, 471 companies": lambda: match_loanbook(book, few, codes),
        "10k loans, 5,471 companies": lambda: match_loanbook(book, many, codes),
    }


def _median(work: Callable[[], object], repeats: int = 3) -> float:
    return statistics.median(_seconds(work) for _ in range(repeats))


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
