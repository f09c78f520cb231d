"""The documentation page of the SQL models, made from the models: `python -m pipelines.warehouse.model_page`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipelines.warehouse.model import SqlModel

_INTRODUCTION = """# SQL models

One file a table under `dbt_like_sql/`: `staging/` renames and casts one raw table, `intermediate/` joins, normalises, averages, judges and
scores, `marts/` holds what a scorecard shows. File name = table = Dagster asset. This page is made from the files by
`python -m pipelines.warehouse.model_page`; a test holds it.

## How a model is written
```sql
/*
description: Carbon intensity of every reporting plant.
grain: [plant_id, period_end_date]
*/
select
    plant_id::varchar as plant_id,  -- id given by the operator
    (emissions_t / nullif(production_t, 0))::double as carbon_intensity_t_per_t  -- t CO2e/t; null without production
from stg_monitoring__plant_periods
```
- The header says what one row is (`description`) and which columns name it (`grain`: unique and not null, checked at every build).
- `materialized: view` is never stored: the models above read through it. `materialized: chunk` is made month by month;
  with `days_of` of the readings of the stacks, indicators and days in that table alone, with `of_readings: without_lane` of the
  normalised readings of those alone that the store could not tell as they came.
- `by_stacks` names the tables that are cut by stacks when there are thousands of them, so that the memory of one group is enough.
- Dependencies, columns, types, meanings and the lineage of each column are read from the SQL; nothing is declared twice.
- The last `select` lists every column with a cast and a comment; no `*`, no clock, no random.
- A division is written with `nullif`, a `group by` names its keys: SQLGlot must be able to carry the SQL to Spark.
- Each model has a case file `tests/sql/NAME.yaml`: given rows, expected rows. `pytest tests/test_sql_models.py` runs them.

Tables that no model makes: `raw_*` ([landing formats](landing_formats.md)), `ref_rules__*` ([rule files](rule_files.md)),
`ref_run__settings` (run id, as-of date, assessment window), `ref_run__clock_changes` (days of 23 or 25 hours),
`ref_monitoring__flags` and `ref_monitoring__classes`, and `raw_matching__*` (results of the name matching).
"""


def model_page(models: Iterable[SqlModel]) -> str:
    """Markdown: introduction, then each model by layer with description, grain, what it reads and its columns."""
    by_name = sorted(models, key=lambda model: model.name)
    parts = [_INTRODUCTION]
    for layer in ("staging", "intermediate", "marts"):
        parts.append(f"\n## {layer.capitalize()}\n")
        parts += [_section(model) for model in by_name if model.layer == layer]
    return "".join(parts)


def _section(model: SqlModel) -> str:
    columns = "".join(f"| `{column.name}` | {column.type.lower()} | {column.description} |\n" for column in model.columns)
    reads = ", ".join(f"`{name}`" for name in model.dependencies)
    kept = "" if model.materialized == "table" else f" Kept as {model.materialized}."
    head = f"\n### {model.name}\n{model.description}\n\nGrain: {', '.join(model.grain)}.{kept} Reads: {reads}.\n"
    return f"{head}\n| column | type | meaning |\n|---|---|---|\n{columns}"


if __name__ == "__main__":
    from pipelines import settings
    from pipelines.warehouse.sql_models import load_models

    page = Path(__file__).parents[2] / "docs" / "sql_models.md"
    page.write_text(model_page(load_models(settings.SQL_FOLDER)), encoding="utf-8")
