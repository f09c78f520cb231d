"""Management evidence: which plant holds which permit, certificate or channel."""

from __future__ import annotations

from collections.abc import Iterator

EVIDENCE_COLUMNS = "plant_id item status document_reference valid_from_date valid_to_date".split()
ITEMS = "environmental_permit eia_approval iso_14001 iso_50001 cems_installed grievance_channel".split()
NEVER_EXPIRING = {"eia_approval", "cems_installed", "grievance_channel"}

_BY_GRADE = {
    "A": dict.fromkeys(ITEMS, "yes"),
    "B": {**dict.fromkeys(ITEMS, "yes"), "iso_50001": "no"},
    "C": {**dict.fromkeys(ITEMS, "yes"), "iso_50001": "unknown", "grievance_channel": "no"},
    "D": {**dict.fromkeys(ITEMS, "no"), "environmental_permit": "yes", "eia_approval": "unknown"},
}
#: What departs from the grade; `expired` is a yes whose last day has passed.
_EXCEPTIONS = {
    ("VNM-C02", "environmental_permit"): "expired",
    ("KAZ-S01", "environmental_permit"): "expired",
    ("KAZ-C01", "environmental_permit"): "no",
    ("TUR-F01", "iso_14001"): "expired",
    ("THA-C01", "iso_14001"): "expired",
    ("IDN-C02", "cems_installed"): "no",
    ("KHM-C01", "cems_installed"): "no",
    ("PAK-F01", "cems_installed"): "no",
    ("IDN-S01", "grievance_channel"): "unknown",
    ("EGY-C01", "grievance_channel"): "yes",
    ("EGY-F01", "iso_14001"): "unknown",
}
#: Plant and item.
RENEWED = ("TUR-F01", "iso_14001")
#: Plants that sent no evidence although they sent other things.
_SILENT = {"ETH-C02"}


def management_evidence(plants: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    """One row per plant and item; plants of grade none and the silent ones have none. Columns as `EVIDENCE_COLUMNS`."""
    for plant in plants:
        if plant["grade"] in _BY_GRADE and plant["plant_id"] not in _SILENT:
            for item in ITEMS:
                status = _EXCEPTIONS.get((plant["plant_id"], item), _BY_GRADE[plant["grade"]][item])
                yield _row(plant["plant_id"], item, status)


def next_management_evidence(plants: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    """The same a month later: a plant renewed what had ended."""
    yield from management_evidence(plants)
    renewed = {"document_reference": f"{'/'.join(RENEWED)}/2026".upper(), "valid_from_date": "2026-07-10", "valid_to_date": "2029-07-09"}
    yield {"plant_id": RENEWED[0], "item": RENEWED[1], "status": "yes", **renewed}


def _row(plant_id: str, item: str, status: str) -> dict[str, str]:
    is_held = status in {"yes", "expired"}
    has_end = is_held and (status == "expired" or item not in NEVER_EXPIRING)
    return {
        "plant_id": plant_id,
        "item": item,
        "status": "yes" if is_held else status,
        "document_reference": f"{plant_id}/{item.upper().replace('_', '-')}/2024" if is_held else "",
        "valid_from_date": ("2022-03-01" if status == "expired" else "2024-09-01") if is_held else "",
        "valid_to_date": ("2025-02-28" if status == "expired" else "2027-08-31") if has_end else "",
    }
