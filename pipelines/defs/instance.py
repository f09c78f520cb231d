"""Dagster's instance of a night on the command line: in memory, for one run, whose events go to the caller and are kept nowhere.

Writing some two thousand events into a database that is thrown away at the end took as long as the marts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dagster as dg
from dagster._core.instance import InstanceType
from dagster._core.launcher.sync_in_memory_run_launcher import SyncInMemoryRunLauncher
from dagster._core.run_coordinator import DefaultRunCoordinator
from dagster._core.storage.event_log import InMemoryEventLogStorage
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager
from dagster._core.storage.root import TemporaryLocalArtifactStorage
from dagster._core.storage.runs import InMemoryRunStorage


class UnkeptEvents(InMemoryEventLogStorage):
    """An event log that keeps nothing. `execute_in_process` hands every event to its caller itself, and no earlier run is looked up."""

    def store_event(self, event: dg.EventLogEntry) -> None:
        """Nothing: the caller has it."""

    def get_asset_records(self, asset_keys: Sequence[dg.AssetKey] | None = None) -> Sequence[Any]:
        """None: there was no run before this one."""
        return []


def passing_instance() -> dg.DagsterInstance:
    """What `DagsterInstance.ephemeral()` makes, with an event log that keeps nothing."""
    return dg.DagsterInstance(
        instance_type=InstanceType.EPHEMERAL,
        local_artifact_storage=TemporaryLocalArtifactStorage(),  # type: ignore[no-untyped-call]
        run_storage=InMemoryRunStorage(),
        event_storage=UnkeptEvents(),
        compute_log_manager=NoOpComputeLogManager(),
        run_coordinator=DefaultRunCoordinator(),
        run_launcher=SyncInMemoryRunLauncher(),
    )
