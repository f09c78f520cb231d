"""A made-up year of hourly stack data in an empty warehouse, the same each time: cement kilns, one stack each, three pollutants."""

from __future__ import annotations

from typing import Any

from pipelines import settings
from pipelines.given_tables import given_schemas
from pipelines.rulebook.compile import rulebook_tables
from pipelines.rulebook.load import load_rulebook
from pipelines.warehouse import database

HOURS = 8760
POLLUTANTS = ("nox", "so2", "pm")

_SETTINGS = """
insert into ref_run__settings (run_id, as_of_date, window_start_date, window_end_date, reporting_currency_code)
values ('bench', date '2025-12-31', date '2025-01-01', date '2025-12-31', 'USD')
"""
_PLANTS = """
insert into raw_plants__plants by name
select 'P' || i as plant_id, 'Plant ' || i as plant_name, 'CHN' as country_iso3, 'cement' as sector, 'integrated' as route,
    'operating' as status, date '2010-01-01' as commissioning_date, 'general' as region_class, 1e6 as capacity_t_per_year
from range({stacks}) as r(i)
"""
_UNITS = """
insert into raw_plants__process_units by name
select 'U' || i as unit_id, 'P' || i as plant_id, 'clinker_kiln' as process, 'new_dry_precalciner' as technology,
    date '2010-01-01' as commissioning_date, 'operating' as status
from range({stacks}) as r(i)
"""
_STACKS = """
insert into raw_plants__emission_points by name
select 'S' || i as stack_id, 'P' || i as plant_id, 'U' || i as unit_id, 'UTC+08:00' as time_zone, 'hour_beginning' as time_label,
    true as has_cems
from range({stacks}) as r(i)
"""
#: Values wander over hours and stacks without a random number; one in 97 has no oxygen, one in 50 a flag.
_READINGS = """
insert into raw_monitoring__stack_readings by name
select 'S' || s as stack_id, p.name as indicator, timestamp '2025-01-01' + to_hours(h::int) as measured_at,
    timestamp '2024-12-31 16:00' + to_hours(h::int) as period_start_at, 480 as utc_offset_minutes, 60 as interval_minutes,
    p.level * (1 + 0.5 * sin(h / 37.0 + s) + ((h * 7919 + s * 104729) % 1000) / 2000.0) as value, 'mg/m3' as unit, 'dry' as gas_basis,
    case when (h + s) % 97 > 0 then 9 + 2 * sin(h / 11.0) end as o2_pct, case when (h * 31 + s) % 50 = 0 then 'M' else 'N' end as flag,
    'bench' as source_file_id, row_number() over (order by s, p.name, h) as source_row_number
from range({stacks}) as a(s)
cross join (values ('nox', 300.0), ('so2', 80.0), ('pm', 15.0)) as p(name, level)
cross join range(8760) as b(h)
order by source_row_number
"""


def write_year(con: Any, stacks: int) -> int:
    """Fill the tables that no model makes: the shipped rules and `stacks` kilns with a year of readings; the number of readings."""
    for name, schema in given_schemas().items():
        database.create_table(con, name, schema)
    for name, table in rulebook_tables(load_rulebook(settings.RULES_FOLDER)).items():
        database.write_table(con, name, table)
    for sql in (_SETTINGS, _PLANTS, _UNITS, _STACKS, _READINGS):
        con.execute(sql.format(stacks=stacks))
    return stacks * len(POLLUTANTS) * HOURS
