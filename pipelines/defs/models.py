"""Assets of the SQL models, one multi-asset per layer, and of the matching that stands between staging and intermediate."""

from collections.abc import Collection, Iterator

import dagster as dg
import pyarrow as pa

from pipelines.defs.meanings import GROUPS, meanings
from pipelines.defs.tables import arrow_columns, model_lineage, model_schema
from pipelines.night import Night
from pipelines.warehouse.model import SqlModel


def model_tables(layer: str, models: list[SqlModel]) -> dg.AssetsDefinition:
    """One asset per SQL model of a layer, built in the order of their dependencies."""

    @dg.multi_asset(name=layer, specs=[_spec(model) for model in models], can_subset=True, required_resource_keys={"night"})
    def build(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        night: Night = context.resources.night
        for model, rows in night.build_all([model for model in models if dg.AssetKey(model.name) in context.selected_asset_keys]):
            yield dg.MaterializeResult(asset_key=model.name, metadata={"dagster/row_count": rows})

    return build


def matched_tables(schemas: dict[str, pa.Schema]) -> dg.AssetsDefinition:
    """Plants found by name for loans that no link and no owner leads to, and the loans for which none was found."""
    read = [
        dg.AssetKey(name)
        for name in (
            "stg_bank__loans",
            "stg_plants__plants",
            "stg_bank__loan_plant_links",
            "stg_bank__ownership",
            "stg_bank__counterparties",
            "stg_bank__match_decisions",
            "ref_rules__policy",
        )
    ]
    specs = [
        dg.AssetSpec(
            key=table,
            group_name=GROUPS["matching"],
            deps=read,
            kinds={"python"},
            description="Candidates and accepted matches between loans and plants."
            if table.endswith("links")
            else "Loans without a plant, each with the reason.",
            metadata={"dagster/column_schema": arrow_columns(schema)},
        )
        for table, schema in schemas.items()
    ]

    @dg.multi_asset(name="matching", specs=specs, required_resource_keys={"night"})
    def matching(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        night: Night = context.resources.night
        with night.step("match loans to plants"):
            rows = night.match()
        for table in schemas:
            yield dg.MaterializeResult(asset_key=table, metadata={"dagster/row_count": rows[table]})

    return matching


def explained_tables(schemas: dict[str, pa.Schema], models: list[SqlModel]) -> dg.AssetsDefinition:
    """What is computed by making the headline again: why it moved since the run published before, and which measures would raise it."""
    specs = [
        dg.AssetSpec(
            key=table,
            group_name=GROUPS["explanations"],
            deps=[dg.AssetKey("mart_portfolio__headline"), dg.AssetKey("mart_portfolio__loans")],
            kinds={"python", "duckdb"},
            description=meanings()[0].get(table),
            metadata={"dagster/column_schema": arrow_columns(schema)},
        )
        for table, schema in schemas.items()
    ]

    @dg.multi_asset(name="explanations", specs=specs, required_resource_keys={"night"})
    def explain(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        night: Night = context.resources.night
        with night.step("compare with the run before"):
            night.begin_compliance()
            rows = night.compare(models)
        with night.step("look for measures"):
            rows |= night.find_measures(models)
        for table in schemas:
            yield dg.MaterializeResult(asset_key=table, metadata={"dagster/row_count": rows[table]})

    return explain


def after_explaining(models: list[SqlModel], given: Collection[str]) -> set[str]:
    """Names of the models that read, directly or through others, what `explained_tables` makes."""
    found = set(given)
    for model in models:
        if found & set(model.dependencies):
            found.add(model.name)
    return found - set(given)


def weighed_tests(table: str, schema: pa.Schema) -> dg.AssetsDefinition:
    """p-values of the suspicion tests, between the intermediate models and the marts."""

    @dg.asset(
        name=table,
        group_name=GROUPS["suspicion"],
        deps=["int_monitoring__suspicion_tests"],
        kinds={"python"},
        metadata={"dagster/column_schema": arrow_columns(schema)},
        required_resource_keys={"night"},
    )
    def weighed(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        """How likely chance alone makes what each suspicion test counted, before and after all tests of the run are counted."""
        night: Night = context.resources.night
        with night.step("weigh suspicion tests"):
            rows = night.weigh_suspicions()
        return dg.MaterializeResult(metadata={"dagster/row_count": rows})

    return weighed


def _spec(model: SqlModel) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=model.name,
        group_name=GROUPS[model.layer],
        deps=[dg.AssetKey(name) for name in model.dependencies],
        kinds={"duckdb", "sql"},
        description=model.description,
        metadata={
            "dagster/column_schema": model_schema(model),
            "dagster/column_lineage": model_lineage(model),
            "grain": ", ".join(model.grain),
        },
    )
