"""Dagster's entry point: everything stands in `defs/`."""

from pipelines.defs.definitions import build_definitions

defs = build_definitions()
