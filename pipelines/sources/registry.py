"""The list of readers, canonical formats first. A new reader is one module with a `READER` and one line here."""

from __future__ import annotations

from importlib import import_module

from pipelines.sources.reader import Reader

#: Modules of public formats; each has a `READER`, or `READERS` where one publication has several sheets.
PUBLIC_MODULES = ("gem_cement", "gem_steel", "aiddata", "ifc", "hotmaps", "pacta", "pacta_scenario", "fed_fx")


def public_readers() -> list[Reader]:
    """Readers of public formats, in the order of `PUBLIC_MODULES`."""
    modules = [import_module(f"pipelines.sources.{name}") for name in PUBLIC_MODULES]
    return [reader for module in modules for reader in getattr(module, "READERS", None) or [module.READER]]
