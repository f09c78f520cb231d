"""Pages of a self-assessment: one plant on its own, the plants of a workbook, and the anonymous benchmark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pipelines.report.background import Background
from pipelines.report.marts import PLANTS as SCORECARDS
from pipelines.report.marts import REGIMES
from pipelines.report.plant_view import PlantView, plant_view
from pipelines.report.scorecard import Row, Scorecard
from pipelines.report.site.addresses import HOME, plant_address, slug
from pipelines.report.site.material import Material
from pipelines.report.site.measures import measures_of
from pipelines.report.site.page import Kind, Page
from pipelines.report.site.plants import plant_pages
from pipelines.report.site.rulers import rulers
from pipelines.report.site.words import t
from pipelines.report.words import LAYERS

INSTRUMENTS, MEASURES, BENCHMARK, PLACES = (f"mart_plants__{name}" for name in ("instruments", "measures", "benchmark", "benchmark_places"))
BENCHMARK_PAGE = "benchmark.html"
#: What to send: indicator in words, places, how many rules wait for it.
Gap = tuple[str, list[str], int]
#: Of the marts without plants, those that say nothing of any plant.
_PUBLIC = ("mart_run__status",)


def plant_folder(plant_id: str) -> str:
    """Folder of a plant's own pages."""
    return f"plants/{slug(plant_id)}"


def of_plant(scorecard: Scorecard, plant_id: str) -> Scorecard:
    """The scorecard with rows of this plant only, so that its pages cannot show another."""
    of_plants = {name: rows for name, rows in scorecard.marts.items() if name not in _PUBLIC}
    marts = {name: [row for row in rows if row.get("plant_id") == plant_id] for name, rows in of_plants.items()}
    known = scorecard.background
    return replace(
        scorecard,
        run=scorecard.run | {"final_until_date": None},  # how many verdicts of all plants can still change is not this plant's
        marts=marts | {name: scorecard.extra(name) for name in _PUBLIC},
        plants_of_loans=[],
        verdicts=[row for row in scorecard.verdicts if row["plant_id"] == plant_id],
        legal={key: row for key, row in scorecard.legal.items() if key == plant_id},
        rejects=[],
        background=Background(
            known.index_policy,
            {key: row for key, row in known.index_scores.items() if key == plant_id},
            {key: rows for key, rows in known.indicators.items() if key == plant_id},
        ),
    )


def own_page(material: Material) -> Iterator[Page]:
    """The page of the one plant that the material is about."""
    view = plant_view(material.scorecard, material.scorecard.rows(SCORECARDS)[0])
    title = view.row["plant_name"] or view.row["plant_id"]
    yield Page(HOME, title, None, "site/assessed_plant.html.j2", lambda: _own(material, view))


def full_pages(material: Material) -> dict[str, list[Page]]:
    """By plant the pages that a bank's site has of it: the plant's, and one an indicator."""
    pages = [page for page in plant_pages(material) if isinstance(page, Page)]
    found = {}
    for row in material.scorecard.rows(SCORECARDS):
        address = plant_address(row["plant_id"])
        own = [replace(page, parent=HOME) for page in pages if page.address == address]
        found[row["plant_id"]] = own + [page for page in pages if page.parent == address]
    return found


def own_kinds(pages: list[Page]) -> tuple[Kind, ...]:
    """Kinds of a plant's own site: its page of the assessment, and `pages`."""
    return (Kind("assessed_plant", None, HOME, own_page), Kind("plant", None, HOME, lambda material: pages))


def overview_pages(material: Material) -> Iterator[Page]:
    """The plants of the workbook, and their benchmark."""
    plants = sorted(material.scorecard.rows(SCORECARDS), key=lambda row: (row["plant_name"] or "", row["plant_id"]))
    yield Page(HOME, t("assess.title"), None, "site/assessed.html.j2", lambda: _list(plants))
    yield Page(BENCHMARK_PAGE, t("assess.benchmark"), HOME, "site/benchmark.html.j2", lambda: _benchmark(material.scorecard))


OVERVIEW_KINDS = (
    Kind("assessed", "nav.plants", HOME, overview_pages),
    Kind("benchmark", "assess.benchmark", BENCHMARK_PAGE, lambda material: ()),
)


def _list(plants: list[Row]) -> Mapping[str, Any]:
    return {"plants": plants, "plant_folder": plant_folder}


def _own(material: Material, view: PlantView) -> Mapping[str, Any]:
    scorecard, steps = material.scorecard, measures_of(material)
    layers = list(LAYERS)
    instruments = sorted(
        scorecard.extra(INSTRUMENTS),
        key=lambda row: (layers.index(row["layer"]) if row["layer"] in layers else 99, row["instrument_title"], row["tier"]),
    )
    drawn = rulers(view.regimes)
    return {
        "plant": view,
        "instruments": instruments,
        "rulers": [ruler for ruler in drawn if ruler.has_value],
        "empty_rulers": [ruler for ruler in drawn if not ruler.has_value],
        "missing": _missing(view, scorecard),
        "measures": [(row, steps.get(row["plant_id"], [])) for row in scorecard.extra(MEASURES)],
        "places": [row for row in scorecard.extra(PLACES) if row["is_shown"]],
        "rules": _rules(view),
    }


def _benchmark(scorecard: Scorecard) -> Mapping[str, Any]:
    rows = scorecard.extra(BENCHMARK)
    return {"figures": [row for row in rows if row["is_shown"]], "withheld_count": sum(not row["is_shown"] for row in rows)}


def _missing(view: PlantView, scorecard: Scorecard) -> list[tuple[str | None, list[Gap]]]:
    """What to send, by reason why it is missing."""
    titles = {row["indicator_id"]: row["indicator_title"] for row in scorecard.extra(REGIMES)}
    found: dict[str | None, dict[str, list[Row]]] = {}
    for code, rows in view.silent.items():
        for row in rows:
            title = titles.get(row["indicator_id"]) or row["title"]
            found.setdefault(code, {}).setdefault(title, []).append(row)
    return [(code, [_gap(title, rows) for title, rows in by_title.items()]) for code, by_title in found.items()]


def _gap(title: str, rows: list[Row]) -> Gap:
    return title, _places(rows), len({row["rule_id"] for row in rows})


def _places(rows: list[Row]) -> list[str]:
    return list(dict.fromkeys(str(row["stack_id"] or row["unit_id"] or "") for row in rows))


def _rules(view: PlantView) -> list[Row]:
    """The rules that judged the plant, once each, by instrument."""
    found = {row["rule_id"]: row for row in view.verdicts}
    return sorted(found.values(), key=lambda row: (row["instrument_title"] or "", row["title"] or "", row["rule_id"]))
