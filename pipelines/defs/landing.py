"""Assets of the received files and of the rule files: the raw_ and ref_ tables."""

from collections.abc import Iterator

import dagster as dg
import pyarrow as pa

from pipelines.defs.meanings import GROUPS, meanings
from pipelines.defs.tables import arrow_columns
from pipelines.defs.tags import tag_run
from pipelines.night import Night


def received_tables(schemas: dict[str, pa.Schema]) -> dg.AssetsDefinition:
    """One asset per raw table: what was received, as sent, each row with file and row number."""

    @dg.multi_asset(name="landing", specs=_specs(schemas, GROUPS["raw"], []), required_resource_keys={"night"})
    def landing(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        night: Night = context.resources.night
        with night.step("read the landing folder"):
            rows = night.receive()
        tag_run(context, night)
        for table in schemas:
            yield dg.MaterializeResult(asset_key=table, metadata={"dagster/row_count": rows.get(table, 0)})

    return landing


def reference_tables(schemas: dict[str, pa.Schema]) -> dg.AssetsDefinition:
    """One asset per table that the rule files compile to."""
    after = [
        dg.AssetKey("ref_run__settings")
    ]  # the run's database is begun when files are received; raw tables wait for checks that need the rules

    @dg.multi_asset(name="rulebook", specs=_specs(schemas, GROUPS["reference"], after), required_resource_keys={"night"})
    def rulebook(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        night: Night = context.resources.night
        with night.step("read the rule files"):
            rows = night.load_rules()
        for table in schemas:
            yield dg.MaterializeResult(asset_key=table, metadata={"dagster/row_count": rows.get(table, 0)})

    return rulebook


def _specs(schemas: dict[str, pa.Schema], group: str, deps: list[dg.AssetKey]) -> list[dg.AssetSpec]:
    of_table, of_columns = meanings()
    return [
        dg.AssetSpec(
            key=table,
            group_name=group,
            deps=deps,
            kinds={"duckdb"},
            description=of_table.get(table),
            metadata={"dagster/column_schema": arrow_columns(schema, of_columns.get(table, {}))},
        )
        for table, schema in schemas.items()
    ]
