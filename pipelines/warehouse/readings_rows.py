"""The SQL that turns staged rows of one file into readings: long form, UTC, one clock for all. Builds text, runs nothing.

Tables it reads stand in the attached database `arriving`: `sent` (staged rows), `stacks` (their clocks), `series` (stack, indicator and
clock, numbered in the order of the store), `second` (rows in the second pass of an hour that the clock repeats).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipelines.warehouse.time_zones import ZoneSpan

if TYPE_CHECKING:
    import pyarrow as pa

    from pipelines.warehouse.bulk import BulkFile

_NUMBERS = ("o2_pct", "moisture_pct", "temperature_c", "pressure_kpa")
#: What two deliveries of one reading must agree in to be the same.
CONTENT = ("value", "is_below_detection", "unit", "gas_basis", *_NUMBERS, "flag", "flag_scheme", "interval_minutes")
#: Columns of a part, in order.
STORED = {
    "plant_id": "VARCHAR",
    "stack_id": "VARCHAR",
    "indicator": "VARCHAR",
    "period_start_at": "TIMESTAMP",
    "utc_offset_minutes": "SMALLINT",
    "interval_minutes": "SMALLINT",
    "value": "DOUBLE",
    "is_below_detection": "BOOLEAN",
    "unit": "VARCHAR",
    "gas_basis": "VARCHAR",
    **dict.fromkeys(_NUMBERS, "DOUBLE"),
    "flag": "VARCHAR",
    "flag_scheme": "VARCHAR",
    "known_at": "TIMESTAMP",
    "source_file_id": "VARCHAR",
    "source_row_number": "BIGINT",
    "local_date": "DATE",
    "lane_no": "SMALLINT",
}
#: The same of parts of which nobody worked out the last two, or by flags that mean something else today.
UNSORTED = {"local_date": "cast(period_start_at + to_minutes(utc_offset_minutes) as date)", "lane_no": "null::smallint"}
#: Class of an hour that came without a value.
_BLANK = 7
#: Parts begin with the hours that most readings are, then come those that need more of their columns: a pass skips what it does not want.
#: Raised when a reading gets another lane than before: parts sorted by an earlier one are read as if they had not been.
LANE_VERSION = 2
LANE_ORDER = "lane_no is null, lane_no > 7"
#: Lane of an hour that is brought to dry gas at reference conditions with what came with it, less its class.
CONVERTED = 100
INTERVALS = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60)
_CLOCK = ("time_zone", "time_label", "interval_minutes", "flag_scheme")
#: Share of the readings at the commonest minute below which a minute is taken for a slip, not for a step of the series.
_RARE = 20
#: Readings that it takes to tell that they come more than an hour apart, the share of the steps between them that is the same, and the
#: share of its time that a series covers at its step.
_ENOUGH, _MOSTLY, _HALF = 24, 0.8, 0.6
_REPEATED, _SKIPPED = 100_000, 200_000
#: Midnight that ends the day it is dated.
_DAY_END = (
    "typed_measured_at + case when typed_measured_at = date_trunc('day', typed_measured_at) then interval 1 day else interval 0 day end"
)


@dataclass(frozen=True)
class ZoneAnswers:
    """The spans of one zone, numbered as in the `series` table."""

    zone_no: int
    spans: Sequence[ZoneSpan]


@dataclass(frozen=True)
class PlaceAnswers:
    """Offsets of the zone of a stack whose readings were sent by another clock, numbered as `place_no` in the `series` table."""

    place_no: int
    steps: Sequence[tuple[datetime, int]]


def long_rows(file: BulkFile) -> str:
    """Good rows of the staged table, one a reading: row_number, stack_id, indicator, sent_at, value …; clock columns are never null."""
    if not file.values:
        return _long_select(file, "typed_indicator", "typed_value", "below_value", _cell(file, "unit"), _cell(file, "flag"))
    parts = []
    for number, value in enumerate(file.values):
        # A flag of its own counts before that of the row, which holds where there is none.
        flag = f"coalesce(typed_flag_{number}, {_cell(file, 'flag')})" if value.flag_place else _cell(file, "flag")
        select = _long_select(file, _text(value.indicator), f"typed_value_{number}", f"below_value_{number}", _text(value.unit or ""), flag)
        parts.append(f"{select} and (typed_value_{number} is not null or {flag} is not null)")
    return " union all ".join(parts)


def _long_select(file: BulkFile, indicator: str, value: str, below: str, unit: str, flag: str) -> str:
    declared = file.declared
    stack = f"coalesce({_cell(file, 'stack_id')}, {_text_or_null(declared.stack_id)})"
    midnight = _DAY_END if declared.midnight == "day_end" else "typed_measured_at"
    numbers = ", ".join(f"{_cell(file, name, 'double')} as {name}" for name in _NUMBERS)
    return f"""select row_number, {stack} as stack_id, lower({indicator}) as indicator, {midnight} as sent_at, {value} as value,
        coalesce({below}, false) as is_below_detection, coalesce({unit}, {_text_or_null(declared.unit)}) as unit,
        lower(coalesce({_cell(file, "gas_basis")}, {_text_or_null(declared.gas_basis)})) as gas_basis, {numbers}, upper({flag}) as flag,
        coalesce({_cell(file, "time_zone")}, {_text_or_null(declared.time_zone)}, '') as time_zone,
        coalesce({_cell(file, "time_label")}, {_text_or_null(declared.time_label)}, '') as time_label,
        coalesce({_cell(file, "interval_minutes", "bigint")}, {declared.interval_minutes or 0}) as interval_minutes,
        coalesce({_cell(file, "flag_scheme")}, {_text_or_null(declared.flag_scheme)}, '') as flag_scheme,
        coalesce({_cell(file, "known_at", "timestamp")}, {_moment_or_null(declared.known_at)}) as known_at
        from arriving.sent where is_good"""


def series_rows(file: BulkFile) -> str:
    """Series of the file with their clocks, in the order of the store: series_no, plant_id, zone, label, interval_minutes, first and last.

    `zone` reads the times as sent; `place` is the zone of the stack, by which days and months are told, where it is another.

    The clock of a row counts before that of the stack (table `stacks`: stack_id, plant_id, time_zone, time_label, interval_minutes,
    flag_scheme). An interval that nobody declares is the greatest step that leads to all minutes at which readings regularly begin; where
    most of them come further apart than that, as readings of three hours or of a day do, it is the step between them.
    """
    keys = f"stack_id, indicator, {', '.join(_CLOCK)}"
    often = f"filter (where reading_count * {_RARE} >= most)"
    step = "list_reduce(list_transform(minutes, lambda m: m - minutes[1]), lambda a, b: gcd(a, b), 60)"
    own_keys = ", ".join(f"l.{key}" for key in keys.split(", "))
    apart = f"date_diff('minute', lag(l.sent_at) over (partition by {own_keys} order by l.sent_at), l.sent_at)"
    return f"""with counted as (
    select {keys}, minute(sent_at) as minute, count(*) as reading_count, min(sent_at) as first_at, max(sent_at) as last_at
    from ({long_rows(file)}) group by {keys}, minute
),
ranked as (select *, max(reading_count) over (partition by {keys}) as most from counted),
grouped as (
    select {keys}, list_sort(list(minute) {often}) as minutes, sum(reading_count) as reading_count,
        min(first_at) as first_at, max(last_at) as last_at
    from ranked group by {keys}
),
stepped as (select * exclude (minutes), {step} as step from grouped),
sparse as (select * from stepped where reading_count * step < {_HALF} * date_diff('minute', first_at, last_at)),
apart as (select {own_keys}, {apart} as minutes from ({long_rows(file)}) as l inner join sparse using ({keys})),
alike as (select {keys}, minutes, count(*) as step_count from apart where minutes > 0 group by {keys}, minutes),
commonest as (
    select {keys}, max_by(minutes, (step_count, minutes)) as minutes, max(step_count) as step_count, sum(step_count) as all_count
    from alike group by {keys}
),
coarse as (
    select {keys}, c.minutes
    from commonest as c inner join sparse as s using ({keys})
    where c.minutes > 60 and c.all_count >= {_ENOUGH} - 1 and c.step_count >= {_MOSTLY} * c.all_count
        and s.reading_count * c.minutes >= {_HALF} * date_diff('minute', s.first_at, s.last_at)
),
told as (select s.*, c.minutes as coarse_minutes from stepped as s left join coarse as c using ({keys}))
select dense_rank() over (order by coalesce(k.plant_id, ''), g.stack_id, g.indicator) as series_no,
    g.stack_id, g.indicator, g.time_zone as sent_zone, g.time_label as sent_label, g.interval_minutes as sent_interval,
    g.flag_scheme as sent_scheme, coalesce(k.plant_id, '') as plant_id,
    coalesce(nullif(g.time_zone, ''), k.time_zone, 'UTC') as zone,
    case when g.time_zone not in ('', k.time_zone) then k.time_zone end as place,
    coalesce(nullif(g.time_label, ''), k.time_label, 'hour_beginning') as label,
    coalesce(nullif(g.interval_minutes, 0), k.interval_minutes, g.coarse_minutes, g.step) as interval_minutes,
    lower(coalesce(nullif(g.flag_scheme, ''), k.flag_scheme)) as flag_scheme,
    g.first_at, g.last_at
from told as g left join arriving.stacks as k on g.stack_id = k.stack_id"""


def timed_rows(
    file: BulkFile, zones: Sequence[ZoneAnswers], places: Sequence[PlaceAnswers], known_at: datetime, until: datetime | None
) -> str:
    """Readings with their time in UTC, and the offset of their stack's zone there.

    `kind` says why a row has no time: `zone`, `interval`, `skipped` or `repeated`, or that it becomes known after `until`: `early`; null =
    it counts.

    Columns: those of a part, series_no, local_at (civil time of the start), sent_at, row_number, span (null but in a repeated hour).
    """
    ending = "case when s.label = 'hour_ending' then l.sent_at - to_minutes(s.interval_minutes) else l.sent_at end"
    joined = f"""select l.* exclude (interval_minutes, flag_scheme, known_at), s.series_no, s.plant_id, s.label, s.zone,
        s.interval_minutes, s.flag_scheme, s.zone_no, s.place_no,
        coalesce(l.known_at, {_moment(known_at)}) as known_at, {ending} as start_at
        from ({long_rows(file)}) as l inner join arriving.series as s on l.stack_id = s.stack_id and l.indicator = s.indicator
        and l.time_zone = s.sent_zone and l.time_label = s.sent_label
        and l.interval_minutes = s.sent_interval and l.flag_scheme = s.sent_scheme"""
    answered = f"select *, {_answer(zones)} as answer from ({joined})"
    reading, civil = _offsets(file, zones)
    early = "" if until is None else f"when known_at > {_moment(until)} then 'early'"
    kind = f"""case when zone_no < 0 then 'zone' when interval_minutes not in {INTERVALS} then 'interval'
        when answer >= {_REPEATED} and ({reading}) is null then case when answer >= {_SKIPPED} then 'skipped' else 'repeated' end
        {early} end"""
    shifted = f"select *, {kind} as kind, {reading} as reading_minutes, {civil} as civil_minutes from ({answered})"
    placed = f"select *, {_placed(places)} as utc_offset_minutes from ({shifted})"
    span = f"case when answer between {_REPEATED} and {_SKIPPED - 1} then answer end as span"
    sent = "reading_minutes, civil_minutes, answer, zone_no, place_no, label, start_at, utc_offset_minutes, interval_minutes"
    return f"""select * exclude ({sent}),
        start_at - to_minutes(reading_minutes) as period_start_at,
        start_at - to_minutes(reading_minutes) + to_minutes(utc_offset_minutes) as local_at, {span},
        utc_offset_minutes::smallint as utc_offset_minutes, interval_minutes::smallint as interval_minutes,
        {_text(file.file_id)} as source_file_id, row_number as source_row_number from ({placed})"""


def second_pass_rows(timed: str) -> str:
    """Row numbers whose time stands for the second time in a repeated hour, each with its indicator: 2nd, 3rd … occurrence in the file."""
    occurrence = "row_number() over (partition by series_no, sent_at order by row_number) as occurrence"
    return f"""select row_number, indicator from (
        select row_number, indicator, {occurrence} from ({timed}) where span is not null) where occurrence > 1"""


def sorted_rows(rows: str, flag_classes: str) -> str:
    """Readings with `local_date` and `lane_no`, which spare the fold most of what it would do for each of them.

    The lane is the class of the hour where nothing but the reading is needed to tell: 0 to 3 (by its flag) for a plain one, which is
    dry, in mg/Nm3, not negative and not below detection; 100 more than that where it is wet, or in mg/m3, and what takes it to dry gas at
    reference conditions came with it; 4 to 10 where the flag, or the missing value, says that it does not count. Null = all others, and
    readings of less than an hour.

    Args: flag_classes: Rows of `int_monitoring__flag_classes`.
    """
    scheme = "case when r.flag is null then 'hj_212' else coalesce(r.flag_scheme, 'hj_212') end"
    dry = "(r.gas_basis = 'dry' or (r.gas_basis = 'wet' and r.moisture_pct < 100))"
    reference = "(r.unit = 'mg/Nm3' or (r.unit = 'mg/m3' and r.temperature_c is not null and r.pressure_kpa <> 0))"
    lane = f"""case when r.interval_minutes < 60 then null when f.class_no between 4 and 6 then f.class_no
        when r.value is null then {_BLANK}
        when f.class_no > 3 then f.class_no
        when f.class_no <= 3 and r.value >= 0 and not r.is_below_detection and {dry} and {reference}
            then f.class_no + case when r.gas_basis = 'dry' and r.unit = 'mg/Nm3' then 0 else {CONVERTED} end end"""
    date = "cast(r.period_start_at + to_minutes(r.utc_offset_minutes) as date)"
    return f"""select r.*, {date} as local_date, {lane} as lane_no from ({rows}) as r
        left join ({flag_classes}) as f on r.flag is not distinct from f.sent_flag and {scheme} = f.flag_scheme"""


def stored_columns() -> str:
    """Columns of a part, cast."""
    return ", ".join(f"{name}::{kind} as {name}" for name, kind in STORED.items())


def _answer(zones: Sequence[ZoneAnswers]) -> str:
    """Offset in minutes of the time `start_at`; a number beyond any offset for each span in which the clock repeats or skips times."""
    special = 0
    cases = []
    for zone in zones:
        steps = []
        for span in zone.spans:
            answer = span.first_minutes
            if span.kind != "once":
                answer = (_REPEATED if span.kind == "repeated" else _SKIPPED) + special
                special += 1
            steps.append(f"when start_at < {_moment(span.local_to)} then {answer}")
        inner = f"case {' '.join(steps)} end" if len(steps) > 1 else str(zone.spans[0].first_minutes)
        cases.append(f"when {zone.zone_no} then {inner}")
    return f"case zone_no {' '.join(cases)} end" if cases else "0"


def _offsets(file: BulkFile, zones: Sequence[ZoneAnswers]) -> tuple[str, str]:
    """SQL of the minutes that lead from the sent time to UTC, and of the civil offset at that moment; they differ where the clock skips."""
    reading, civil = [], []
    special = [span for zone in zones for span in zone.spans if span.kind != "once"]
    for number, span in enumerate(special):
        if span.kind == "repeated":
            minutes = _repeated_minutes(file, span)
            reading.append(f"when answer = {_REPEATED + number} then {minutes}")
            civil.append(f"when answer = {_REPEATED + number} then {minutes}")
        else:
            # An interval that ends as the clock goes forward, labelled by the clock after it: it began before.
            is_here = f"when answer = {_SKIPPED + number} then case when label = 'hour_ending' and sent_at = {_moment(span.local_to)}"
            otherwise = str(span.first_minutes) if file.declared.skipped_hour == "shifted" else "null"
            reading.append(f"{is_here} then {span.second_minutes} else {otherwise} end")
            civil.append(f"{is_here} then {span.first_minutes} else {span.second_minutes} end")
    plain = f"when answer < {_REPEATED} then answer"
    return f"case {' '.join([plain, *reading])} end", f"case {' '.join([plain, *civil])} end"


def _placed(places: Sequence[PlaceAnswers]) -> str:
    """SQL of the offset at a reading by the zone of its stack: that of the clock that it was sent by, unless the stack has another."""
    cases = []
    for place in places:
        *changes, (_, last) = place.steps
        steps = " ".join(f"when start_at - to_minutes(reading_minutes) < {_moment(until)} then {minutes}" for until, minutes in changes)
        cases.append(f"when {place.place_no} then {f'case {steps} else {last} end' if steps else last}")
    return f"case place_no {' '.join(cases)} else civil_minutes end" if cases else "civil_minutes"


def _repeated_minutes(file: BulkFile, span: ZoneSpan) -> str:
    rule = file.declared.repeated_hour or "in_order"
    if rule == "in_order":
        second = "(row_number, indicator) in (select w.row_number, w.indicator from arriving.second as w)"
        return f"case when {second} then {span.second_minutes} else {span.first_minutes} end"
    return {"first": str(span.first_minutes), "second": str(span.second_minutes), "refused": "null"}[rule]


def _cell(file: BulkFile, name: str, kind: str = "varchar") -> str:
    return f"typed_{name}" if name in file.columns else f"null::{kind}"


def _text_or_null(value: str | None) -> str:
    return "null::varchar" if value is None else _text(value)


def _moment_or_null(value: datetime | None) -> str:
    return "null::timestamp" if value is None else _moment(value)


def _moment(value: datetime) -> str:
    return f"timestamp '{value:%Y-%m-%d %H:%M:%S.%f}'"


def month_rows(timed: str, month: str) -> str:
    """Rows of one month of local time; bounds on the sent time spare what lies far from it."""
    first = datetime.fromisoformat(f"{month}-01")
    following = (first + timedelta(days=32)).replace(day=1)
    near = f"sent_at >= {_moment(first - timedelta(days=3))} and sent_at < {_moment(following + timedelta(days=3))}"
    return f"select * from ({timed}) where {near} and kind is null and local_at >= {_moment(first)} and local_at < {_moment(following)}"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def reading_fields() -> list[tuple[str, pa.DataType]]:
    """Columns of a part as Arrow fields."""
    import pyarrow as pa

    types = {
        "VARCHAR": pa.string(),
        "TIMESTAMP": pa.timestamp("us"),
        "SMALLINT": pa.int16(),
        "BIGINT": pa.int64(),
        "DOUBLE": pa.float64(),
        "BOOLEAN": pa.bool_(),
        "DATE": pa.date32(),
    }
    return [(name, types[kind]) for name, kind in STORED.items()]
