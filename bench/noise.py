"""Made-up stack readings that do not compress, in the columns of the readings store: three to five indicators a stack, a year of hours.

Values and oxygen are random doubles; flags come in runs, one hour in a hundred is missing, a tenth of the stacks sends wet gas or duct
conditions.
The same numbers each time: they come from hashes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines.night_readings import flag_meanings
from pipelines.warehouse.readings_rows import LANE_ORDER, sorted_rows, stored_columns

HOURS, YEAR = 8760, 2025
INDICATORS = (("nox", 300.0), ("so2", 80.0), ("pm", 15.0), ("hcl", 6.0), ("nh3", 8.0))
#: Stacks with 3, 4 and 5 indicators in turn.
READINGS_PER_STACK = 4 * HOURS

_STACKS = """
create table made_stacks as
select s, printf('P%05d', s // 2) as plant_id, printf('P%05d-S%d', s // 2, s % 2) as stack_id,
    case when s % 20 = 7 then 'wet' else 'dry' end as gas_basis, case when s % 20 = 13 then 'mg/m3' else 'mg/Nm3' end as unit,
    (array[480, 330, 420, 345, 60])[s % 5 + 1] as utc_offset_minutes
from range({first}, {last}) as r(s)
"""
_MONTH = """
create or replace temp view made_readings as
    with hours as (
        select moment, epoch(moment)::bigint // 3600 as h
        from range(timestamp '{start}', timestamp '{start}' + interval {length}, interval 1 hour) as r(moment)
    ),
    rows as (
        select s.*, k.no, k.indicator, k.level, h.moment, h.h, (s.s * 8 + k.no)::bigint * 1000000 + h.h % 1000000 as id,
            s.s::bigint * 1000000 + h.h % 1000000 as hour_id
        from made_stacks as s
        cross join (values {indicators}) as k(no, indicator, level)
        cross join hours as h
        where k.no < 3 + s.s % 3
    )
    select plant_id, stack_id, indicator, (moment - to_minutes(utc_offset_minutes))::timestamp as period_start_at,
        utc_offset_minutes::smallint as utc_offset_minutes, 60::smallint as interval_minutes,
        case when uniform(id, 1) > 0.003 then level * (0.6 + 0.3 * uniform(s, 2)) * exp(0.35 * normal(id, 3)) end as value,
        false as is_below_detection, unit, gas_basis,
        case when uniform(hour_id, 5) > 0.005 then 10 + 1.4 * normal(hour_id, 6) end as o2_pct,
        case when gas_basis = 'wet' then 12 + 2 * normal(hour_id, 8) end as moisture_pct,
        case when unit = 'mg/m3' then 130 + 10 * normal(hour_id, 10) end as temperature_c,
        case when unit = 'mg/m3' then 100 + 0.6 * normal(hour_id, 12) end as pressure_kpa,
        case when h % 24 = 4 then 'C' when uniform(s.s, 100 + h // 18) > 0.02 then 'N'
            else (array['SU', 'SD', 'F', 'M', 'D'])[1 + (hash(s.s, h // 18) % 5)::int] end as flag,
        null::varchar as flag_scheme, timestamp '2026-01-05' as known_at, 'made' as source_file_id,
        row_number() over () as source_row_number
    from rows as s
    where uniform(id, 14) > 0.01
"""


def write_year(con: Any, readings: int, folder: Path) -> int:
    """Write about so many readings as `month=YYYY-MM/NAME.parquet`, 20 million at a time at the most; how many stacks."""
    stacks = max(1, round(readings / READINGS_PER_STACK))
    define_noise(con)
    for first in range(0, stacks, 6000):
        last = min(first + 6000, stacks)
        con.execute("drop table if exists made_stacks")
        con.execute(_STACKS.format(first=first, last=last))
        for month in range(1, 13):
            write_days(con, f"{YEAR}-{month:02d}-01", "1 month", folder / f"month={YEAR}-{month:02d}" / f"s{first:06d}.parquet")
    return stacks


def define_noise(con: Any) -> None:
    """Macros: `uniform` on 0 to 1 and `normal` of two keys."""
    con.execute("create or replace macro uniform(a, b) as (hash(a, b) >> 11)::double / 9007199254740992.0")
    con.execute("create or replace macro normal(a, b) as sqrt(-2 * ln(uniform(a, b) + 1e-17)) * cos(6.283185307179586 * uniform(a, b + 1))")


def write_days(con: Any, start: str, length: str, path: Path) -> None:
    """Readings of the stacks in `made_stacks` from a local day on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    listed = ", ".join(f"({number}, '{name}', {level}::double)" for number, (name, level) in enumerate(INDICATORS))
    con.execute(_MONTH.format(start=start, length=length, indicators=listed))
    rows = sorted_rows("from made_readings", flag_meanings().sql)
    order = f"{LANE_ORDER}, plant_id, stack_id, indicator, period_start_at"
    ordered = f"select {stored_columns()} from ({rows}) order by {order}"
    con.execute(f"copy ({ordered}) to '{path}' (format parquet, compression zstd)")
