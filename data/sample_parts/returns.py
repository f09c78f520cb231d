"""Monthly returns: production times specific values that are written by hand, so that yearly intensities can be worked out."""

from __future__ import annotations

import random
from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from sample_parts.files import read_table

RETURN_COLUMNS = "plant_id unit_id period_start_date period_end_date item value unit evidence_tier note".split()
MONTHS = [date(2025, month, 1) for month in range(7, 13)] + [date(2026, month, 1) for month in range(1, 7)]
NEXT_MONTH = date(2026, 7, 1)
SEED = 20260630

# returns.csv: t = tonnes a month; fuel, recovered and alternative_fuel in kgce per tonne, power in kWh, water and wastewater in m3,
# pm, so2 and cod in kg, the others in tonnes per tonne. A row without unit carries what only the whole plant measures; its tonnes are
# the base and are not returned again.
#: Specific value in the table, item returned, factor to the unit sent, unit sent.
_TERMS = (
    ("fuel", "fuel_energy", 0.001, "tce"),
    ("power", "electricity_used", 0.001, "MWh"),
    ("recovered", "energy_recovered", 0.001, "tce"),
    ("water", "water_withdrawal", 1, "m3"),
    ("co2", "co2_scope1", 1, "t CO2"),
    ("co2_power", "co2_scope2", 1, "t CO2"),
    ("scrap", "scrap_input", 1, "t"),
    ("alternative_fuel", "fuel_energy_alternative", 0.001, "tce"),
    ("clinker_used", "clinker_used", 1, "t"),
    ("byproducts", "byproducts", 1, "t"),
    ("solid_output", "solid_output", 1, "t"),
    ("pm", "emission_pm", 1, "kg"),
    ("so2", "emission_so2", 1, "kg"),
    ("freight", "freight_total", 1, "t"),
    ("freight_clean", "freight_clean", 1, "t"),
    ("wastewater", "wastewater_discharge", 1, "m3"),
    ("cod", "effluent_cod", 1, "kg"),
)
#: Plants whose specific values hold in every month: their yearly figures can be worked out by hand.
EXACT = {"PAK-C01", "UZB-C01", "VNM-C01", "TUR-S01", "MYS-F01", "VNM-S01", "EGY-C01"}
#: Plants that send fuel in GJ, as most of the world does, not in tonnes of coal equivalent.
IN_GJ = {"EGY", "TUR", "THA", "MYS", "IDN", "ETH"}
MISSING_MONTHS = {
    "EGY-C02": {date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)},
    "THA-S01": {date(2025, 12, 1)},
    "VNM-C02": {date(2025, 9, 1), date(2025, 10, 1)},
}
#: It sends the months that it owes with those of the month after.
LATE_PLANT = "EGY-C02"
#: The belt scale of the coal read an eighth low: fuel is 1.15 times what was returned, and the CO2 of that fuel is missing.
CORRECTED = {("VNM-C01", "fuel_energy"): 1.15, ("VNM-C01", "co2_scope1"): 1.06}
STANDSTILL = {"ETH-C01": {date(2025, 8, 1), date(2025, 9, 1), date(2025, 10, 1)}}
ESTIMATED = {"KHM-G01", "IDN-S02"}
_GJ_PER_TCE = 29.3076


def returns() -> Iterator[dict[str, object]]:
    """Monthly returns of the year sorted by profile row and month, columns as `RETURN_COLUMNS`."""
    for profile in read_table("returns"):
        for month in MONTHS:
            if month not in MISSING_MONTHS.get(profile["plant_id"], set()):
                yield from _month_rows(profile, month)


def next_returns() -> Iterator[dict[str, object]]:
    """The same file a month later: the month after, the months that a plant owed, and a plant's coal corrected in every month."""
    for profile in read_table("returns"):
        owed = MISSING_MONTHS.get(profile["plant_id"], set()) if profile["plant_id"] != LATE_PLANT else set()
        for month in (*MONTHS, NEXT_MONTH):
            if month not in owed:
                yield from map(_corrected, _month_rows(profile, month))


def _corrected(row: dict[str, object]) -> dict[str, object]:
    times = CORRECTED.get((str(row["plant_id"]), str(row["item"])))
    if times is None:
        return row
    return {**row, "value": _rounded(float(str(row["value"])) * times), "note": "corrected: the coal scale read low"}


def _month_rows(profile: dict[str, str], month: date) -> Iterator[dict[str, object]]:
    plant_id = profile["plant_id"]
    tonnes = _tonnes(profile, month)
    shared = {
        "plant_id": plant_id,
        "unit_id": profile["unit_id"],
        "period_start_date": month.isoformat(),
        "period_end_date": month.replace(day=monthrange(month.year, month.month)[1]).isoformat(),
        "evidence_tier": "estimated" if plant_id in ESTIMATED else "reported",
        "note": "",
    }
    if profile["unit_id"]:
        yield {**shared, "item": profile["item"], "value": tonnes, "unit": "t"}
    for name, item, factor, unit in _TERMS:
        if profile[name]:
            value = tonnes * float(profile[name]) * factor * _wobble(plant_id, f"{profile['unit_id']}/{item}", month)
            yield {**shared, "item": item, **_quantity(plant_id, value, unit)}


def _tonnes(profile: dict[str, str], month: date) -> int:
    if month in STANDSTILL.get(profile["plant_id"], set()):
        return 0
    season = _steps(f"{profile['plant_id']}/{month}", 6)
    return int(profile["t"]) * (100 + season) // 100


def _wobble(plant_id: str, what: str, month: date) -> float:
    if plant_id in EXACT:
        return 1.0
    return 1 + _steps(f"{plant_id}/{what}/{month}", 20) / 1000


def _quantity(plant_id: str, value: float, unit: str) -> dict[str, object]:
    if unit == "tce" and plant_id[:3] in IN_GJ:
        return {"value": _rounded(value * _GJ_PER_TCE), "unit": "GJ"}
    return {"value": _rounded(value), "unit": unit}


def _rounded(value: float) -> float | int:
    at = round(value, 1)
    return int(at) if at == int(at) else at


def _steps(what: str, most: int) -> int:
    """A whole number between -most and most; `random()` is the one draw that Python keeps equal over versions."""
    return int(random.Random(f"{SEED}/{what}").random() * (2 * most + 1)) - most
