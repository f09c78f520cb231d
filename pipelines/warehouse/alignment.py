"""Sectoral Decarbonization targets of given tables in the columns of PACTA, by the SQL models of the night, in a database of their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.warehouse import database
from pipelines.warehouse.sql_models import named_models

MODELS = tuple(f"int_alignment__{name}" for name in ("intensities", "economy", "projected", "pathways", "targets"))
#: Metrics of the whole book in the peer's words: {company} is a column or a literal, {own} the rows of book or companies.
_METRICS = """
with sectors as (
    select p.sector from int_alignment__projected as p inner join int_alignment__scenarios as s on p.sector = s.sector group by p.sector
),
metrics as (
    select sector, year, region, region_source as scenario_source, {company} as name_abcd, 'projected' as emission_factor_metric,
        unscaled_intensity_t_per_t as emission_factor_value
    from int_alignment__projected where {own}
    union all
    select sector, year, region, region_source, 'market', 'corporate_economy', intensity_t_per_t from int_alignment__economy
    union all
    select sector, year, region, scenario_source, {company}, 'target_' || scenario, unscaled_target_intensity_t_per_t
    from int_alignment__targets where {own}
    union all
    select sector, year, region, scenario_source, 'market', 'adjusted_scenario_' || scenario, adjusted_intensity_t_per_t
    from int_alignment__pathways
)
select sector, year, region, scenario_source, name_abcd, emission_factor_metric, emission_factor_value
from metrics
where sector in (select sector from sectors)
order by sector, emission_factor_metric, name_abcd, scenario_source, region, year
"""


def pacta_targets(folder: Path, tables: Mapping[str, pa.Table], is_by_company: bool) -> list[dict[str, Any]]:
    """Rows sector, year, region, scenario_source, name_abcd, emission_factor_metric, emission_factor_value, in order.

    Args:
        folder: Of the SQL models. tables: `int_alignment__` book, company_production, market_production, scenarios and regions.
        is_by_company: A row for each company instead of the book as a whole; the market's rows are called `market`.
    """
    own = ("company_id", "company_id <> '*'") if is_by_company else ("'book'", "company_id = '*'")
    with database.connect(":memory:") as con:
        for name, table in tables.items():
            database.write_table(con, name, table)
        for model in named_models(folder, MODELS):
            database.build_model(con, model)
        return database.read_rows(con, _METRICS.format(company=own[0], own=own[1]))
