"""The invented plants, their units and their stacks, written by hand. `grade` steers the other parts and is never sent.

Grades: A cleaner than the strictest level, B between, C just within the general limits, D outside them, none = no data.
"""

from __future__ import annotations

from sample_parts.files import read_table

PLANT_COLUMNS = (
    "plant_id plant_name plant_name_local alternative_names country_iso3 region_name city latitude longitude sector route status "
    "commissioning_date owner_id owner_name parent_id parent_name region_class altitude_m capacity_t_per_year product"
).split()
UNIT_COLUMNS = (
    "unit_id plant_id unit_name process technology capacity_t_per_year size_value size_unit commissioning_date retirement_date "
    "status fuel raw_material last_overhaul_date"
).split()
INPUT_COLUMNS = "plant_id unit_id input value valid_from_date valid_to_date document_reference".split()
POINT_COLUMNS = "stack_id plant_id unit_id stack_name time_zone time_label has_cems".split()


_ZONES = {
    "PAK": "Asia/Karachi",
    "IDN": "Asia/Jakarta",
    "VNM": "Asia/Ho_Chi_Minh",
    "KAZ": "Asia/Almaty",
    "UZB": "Asia/Tashkent",
    # Cairo moves its clocks, the analysers there stay on standard time
    "EGY": "UTC+02:00",
    "ETH": "Africa/Addis_Ababa",
    "TUR": "Europe/Istanbul",
    "KHM": "Asia/Phnom_Penh",
    "LAO": "Asia/Vientiane",
    "THA": "Asia/Bangkok",
    "MYS": "Asia/Kuala_Lumpur",
}
_STACK_PROCESSES = {"clinker_kiln", "sinter_strand", "eaf", "float_line"}
_NO_CEMS = {"IDN-C02", "KHM-C01", "LAO-C01", "ETH-C02", "KAZ-C01", "PAK-S01", "KHM-S01", "PAK-F01"}
_HOUR_ENDING = {"EGY", "MYS"}


def plants() -> list[dict[str, str]]:
    """The plants with their hidden `grade`, in order of the table."""
    return read_table("plants")


def process_units() -> list[dict[str, str]]:
    """The process units, columns as `UNIT_COLUMNS`."""
    return read_table("process_units")


def site_inputs() -> list[dict[str, str]]:
    """What permits say about the area of the Vietnamese works, columns as `INPUT_COLUMNS`: an industrial zone, and mountains."""
    stated = {"VNM-C01": "1.0", "VNM-C02": "1.4"}
    return [
        dict(zip(INPUT_COLUMNS, (plant_id, "", "area_coefficient", value, "2017-01-01", "", f"Permit of {plant_id}"), strict=True))
        for plant_id, value in stated.items()
    ]


def emission_points() -> list[dict[str, str]]:
    """One stack for each unit that has a stack of its own, columns as `POINT_COLUMNS`."""
    return [_point(unit) for unit in process_units() if unit["process"] in _STACK_PROCESSES]


def _point(unit: dict[str, str]) -> dict[str, str]:
    country = unit["plant_id"][:3]
    return {
        "stack_id": f"{unit['unit_id']}-ST",
        "plant_id": unit["plant_id"],
        "unit_id": unit["unit_id"],
        "stack_name": f"Main stack, {unit['unit_name'].lower()}",
        "time_zone": _ZONES[country],
        "time_label": "hour_ending" if country in _HOUR_ENDING else "hour_beginning",
        "has_cems": "false" if unit["plant_id"] in _NO_CEMS else "true",
    }
