"""The canonical formats of stack readings, and of what a sender declares about files of them. `formats.py` gathers all formats."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import model_validator

from pipelines.sources.columns import (
    AS_WORD,
    WORD,
    Count,
    Format,
    Moment,
    Number,
    Text,
    YesNo,
    optional,
    refused_cell,
    required,
    required_column,
)

TimeLabel = Annotated[Literal["hour_beginning", "hour_ending"], AS_WORD, WORD]
GasBasis = Annotated[Literal["dry", "wet"], AS_WORD, WORD]
Midnight = Annotated[Literal["day_start", "day_end"], AS_WORD, WORD]
RepeatedHour = Annotated[Literal["in_order", "first", "second", "refused"], AS_WORD, WORD]
SkippedHour = Annotated[Literal["refused", "shifted"], AS_WORD, WORD]
Meaning = Annotated[
    Literal[
        "value", "flag", "stack_id", "measured_at", "o2_pct", "moisture_pct", "temperature_c", "pressure_kpa", "gas_basis", "not_read",
    ],
    AS_WORD,
    WORD,
]  # fmt: skip
#: Lengths of an averaging interval that a day holds a whole number of times.
INTERVALS = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60)
_TIME_FORMAT = re.compile(r"(YYYY|MM|DD|hh|mm|ss|[-/.: T])+")
_SHORTER = (
    "the shortest step between the minutes at which most readings of the series begin; one hour when there is one, "
    "unless most steps are the same and longer (every 3 hours, once a day)"
)


class StackReading(Format):
    """One row per stack, indicator and time, as the monitor sent it. May have hundreds of millions of rows."""

    stack_id: Text = required("stack, as in `emission_points`")
    indicator: Text = required("what is measured, by the name the monitor sends, e.g. nox, so2, pm")
    measured_at: Moment = required("local time of the stack, without offset")
    value: Number | None = required_column(
        "measured value; `<5` = below the limit of detection, which is 5", empty="no value; the flag may say why", unit="`unit`"
    )
    unit: Text = required("unit of the value, e.g. mg/m3, mg/Nm3, ppm")
    gas_basis: GasBasis | None = optional("whether the value holds for dry or wet gas", empty="not said")
    o2_pct: Number | None = optional("oxygen in the dry gas", empty="not measured", unit="vol %")
    moisture_pct: Number | None = optional("water vapour", empty="not measured", unit="vol %")
    temperature_c: Number | None = optional("gas temperature", empty="not measured", unit="°C")
    pressure_kpa: Number | None = optional("gas pressure, absolute", empty="not measured", unit="kPa")
    flag: Text | None = optional("flag of the monitor as sent", empty="none")
    time_zone: Text | None = optional("zone of this row's time", empty="as declared for the file, else for the stack")
    time_label: TimeLabel | None = optional("what this row's time marks", empty="as declared for the file, else for the stack")
    interval_minutes: Count | None = optional("length of the averaging interval", empty="as declared for the file or stack", unit="min")
    flag_scheme: Text | None = optional("scheme of the flag", empty="as declared for the file, else for the stack")
    known_at: Moment | None = optional("when this value became known, UTC; a later one restates it", empty="as declared for the file")


class StackFile(Format):
    """One row per file of stack readings, or pattern of file names: what its sender declares about it. The file itself comes beside it."""

    file_pattern: Text = required("file name, or a pattern of names with `*` and `?`, e.g. `kiln_*.csv`; without a folder it fits in any")
    stack_id: Text | None = optional("the one stack that the file is about", empty="the file has a column of stacks")
    time_zone: Text | None = optional("zone of the times: IANA name or UTC±hh:mm", empty="that of the stack")
    time_label: TimeLabel | None = optional("whether a time marks the beginning or the end of its interval", empty="that of the stack")
    time_format: Text | None = optional("how times are written: YYYY MM DD hh mm ss, e.g. `DD-MM-YYYY hh:mm`", empty="YYYY-MM-DD hh:mm")
    midnight: Midnight | None = optional("whether 00:00 begins the day it is dated, or ends it (24:00)", empty="day_start")
    interval_minutes: Count | None = optional("length of the averaging interval", empty=_SHORTER, unit="min")
    repeated_hour: RepeatedHour | None = optional(
        "which hour is meant when the clock is set back: the first occurrence of a time is the first hour and the next one the second, "
        "always the first, always the second, or the rows are refused",
        empty="in_order",
    )
    skipped_hour: SkippedHour | None = optional(
        "times that the clock skips when it is set forward: refused, or read with the offset before the change", empty="refused"
    )
    decimal_comma: YesNo | None = optional("numbers have a decimal comma", empty="no")
    unit: Text | None = optional("unit of values that have none of their own", empty="stands in the file")
    gas_basis: GasBasis | None = optional("gas basis of values that have none of their own", empty="not said")
    flag_scheme: Text | None = optional("scheme of the flags, as in `data/reference/monitoring_flags.csv`", empty="that of the stack")
    known_at: Moment | None = optional("when the values became known, UTC", empty="the night in which the file was first received")

    @model_validator(mode="after")
    def _time_format_is_one(self) -> Self:
        text = self.time_format
        if text and not (_TIME_FORMAT.fullmatch(text) and all(text.count(part) == 1 for part in ("YYYY", "MM", "DD", "hh"))):
            todo = "write it with YYYY, MM, DD and hh, and mm and ss where there are any, e.g. DD-MM-YYYY hh:mm"
            raise refused_cell("time_format", text, f"time_format '{text}' is not one", todo)
        return self

    @model_validator(mode="after")
    def _interval_fits_an_hour(self) -> Self:
        if self.interval_minutes is not None and self.interval_minutes not in INTERVALS:
            todo = f"use one of {', '.join(map(str, INTERVALS))}"
            raise refused_cell(
                "interval_minutes", self.interval_minutes, f"no hour holds intervals of {self.interval_minutes} minutes", todo
            )
        return self


class StackColumn(Format):
    """One row per column of a file of stack readings whose header does not say what the column holds; mostly wide files."""

    file_pattern: Text = required("file name or pattern, as in `stack_files`")
    column_name: Text = required("column, as its header spells it")
    meaning: Meaning = required("what the column holds")
    indicator: Text | None = optional("indicator of a value, or of the values that a flag is about", empty="a flag is about all of the row")
    unit: Text | None = optional("unit of a value", empty="that of `stack_files`")

    @model_validator(mode="after")
    def _a_value_has_an_indicator(self) -> Self:
        if self.meaning == "value" and not self.indicator:
            raise refused_cell("indicator", None, "indicator is empty", "say what the column of values measures")
        return self
