"""The tables that no SQL model makes: their columns, and those of them that stand in `data/reference/`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

#: Reference tables read from `data/reference/*.csv`: table → file.
REFERENCE_FILES = {
    "ref_monitoring__flags": "monitoring_flags.csv",
    "ref_monitoring__classes": "monitoring_classes.csv",
    "ref_plants__place_names": "place_names.csv",
    "ref_energy__fuels": "fuels.csv",
    "ref_energy__grid_intensity": "grid_carbon_intensity.csv",
    "ref_cement__gnr": "gnr_cement.csv",
    "ref_cement__gnr_regions": "gnr_regions.csv",
    "ref_countries__demand": "country_demand.csv",
    "ref_countries__population": "population.csv",
}
_FUELS = ("item", "unit_fuel", "mass_heat_factor_id", "volume_heat_factor_id", "co2_factor_id")


def run_schemas() -> dict[str, pa.Schema]:
    """Columns of the tables that the night itself writes."""
    import pyarrow as pa

    from pipelines.warehouse.readings_rows import reading_fields

    return {
        "ref_run__settings": pa.schema(
            [
                ("run_id", pa.string()),
                ("as_of_date", pa.date32()),
                ("window_start_date", pa.date32()),
                ("window_end_date", pa.date32()),
                ("reporting_currency_code", pa.string()),
                ("portfolio_id", pa.string()),
                ("known_at", pa.timestamp("us")),
            ]
        ),
        "ref_run__clock_changes": pa.schema([("time_zone", pa.string()), ("day_date", pa.date32()), ("day_minutes", pa.int32())]),
        "raw_monitoring__deliveries": pa.schema([*reading_fields(), ("version", pa.int64())]),
        "raw_monitoring__files": pa.schema(
            [
                ("file_id", pa.string()),
                ("file_name", pa.string()),
                ("received_at", pa.timestamp("us")),
                ("known_from_at", pa.timestamp("us")),
                ("known_to_at", pa.timestamp("us")),
                *((f"{what}_count", pa.int64()) for what in ("row", "reading", "reject", "duplicate", "superseded")),
                ("is_new", pa.bool_()),
            ]
        ),
        "ref_monitoring__flags": _texts("sent_flag", "common_code", "scheme", "source_note"),
        "ref_monitoring__classes": _texts("class_no", "reading_class", "class_code", "meaning"),
        "ref_plants__place_names": _texts("country_iso3", "sent_name", "region_code", "city_code", "source_note"),
        "ref_energy__fuels": pa.schema(
            [*((name, pa.string()) for name in _FUELS), ("is_alternative", pa.bool_()), ("is_biogenic", pa.bool_())]
        ),
        "ref_energy__grid_intensity": pa.schema([("country_iso3", pa.string()), ("year", pa.int32()), ("grid_gco2_per_kwh", pa.float64())]),
        "ref_cement__gnr": pa.schema(
            [
                ("region_code", pa.string()),
                ("measure", pa.string()),
                ("year", pa.int32()),
                ("value", pa.float64()),
                ("unit", pa.string()),
                ("is_projection", pa.bool_()),
            ]
        ),
        "ref_cement__gnr_regions": _texts("country_iso3", "region_code"),
        "ref_countries__demand": pa.schema(
            [
                *_texts("country_iso3", "sector"),
                ("year", pa.int32()),
                ("measure", pa.string()),
                ("value_t", pa.float64()),
                *_texts("evidence_tier", "source", "href"),
            ]
        ),
        "ref_countries__population": pa.schema([("country_iso3", pa.string()), ("year", pa.int32()), ("population_count", pa.int64())]),
    }


def history_schemas() -> dict[str, pa.Schema]:
    """Columns of the tables that hold what earlier published runs left (`pipelines.portfolio_history`)."""
    import pyarrow as pa

    numbers = ("financed_tco2e", "coverage_ratio", "pcaf_score", "data_quality_score")
    subject = ("portfolio_id", "subject_id", "subject_kind", "metric", "plant_id", "loan_id")
    headline = ("exposure_usd", "assessed_rate_ratio", "coverage_ratio", "lower_ratio", "upper_ratio")
    return {
        "ref_history__headline": pa.schema(
            [("as_of_date", pa.date32()), ("portfolio_id", pa.string()), ("sector", pa.string())]
            + [(name, pa.float64()) for name in headline]
            + [("rules_md5", pa.string())]
        ),
        "ref_history__pcaf": pa.schema(
            [("as_of_date", pa.date32())]
            + [(name, pa.string()) for name in ("portfolio_id", "sector", "scope")]
            + [(name, pa.float64()) for name in numbers]
        ),
        "ref_history__watch_list": pa.schema(
            [(name, pa.string()) for name in subject] + [("entered_date", pa.date32()), ("entry_reason", pa.string())]
        ),
    }


def _texts(*names: str) -> pa.Schema:
    import pyarrow as pa

    return pa.schema([(name, pa.string()) for name in names])


def given_schemas() -> dict[str, pa.Schema]:
    """Columns of every table that no SQL model makes."""
    from pipelines.ledger.finding_schema import finding_schema
    from pipelines.matching.match_rows import match_schemas
    from pipelines.rulebook.load_waivers import waiver_schema
    from pipelines.rulebook.tables import rulebook_schemas
    from pipelines.sources.schemas import raw_schemas
    from pipelines.warehouse.change import change_schemas
    from pipelines.warehouse.measures import measure_schemas
    from pipelines.warehouse.significance import significance_schemas

    return {
        **raw_schemas(),
        **rulebook_schemas(),
        **run_schemas(),
        **history_schemas(),
        **match_schemas(),
        **significance_schemas(),
        **change_schemas(),
        **measure_schemas(),
        "raw_ledger__findings": finding_schema(),
        "raw_ledger__waivers": waiver_schema(),
    }


def reference_table(path: Path, schema: pa.Schema) -> pa.Table:
    """Rows of a CSV file of facts, all columns as the schema has them; an empty cell is null."""
    import csv

    import pyarrow as pa

    with path.open(encoding="utf-8", newline="") as file:
        rows = [{name: text or None for name, text in row.items()} for row in csv.DictReader(file)]
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in schema.names])).cast(schema)
