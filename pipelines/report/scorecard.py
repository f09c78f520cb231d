"""From the marts to the files that people open: `collect` reads, `write_reports` writes. No sums, no rates: SQL made them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pipelines.errors import ModelFileError
from pipelines.report.background import Background, read_background
from pipelines.report.marts import MARTS, Mart

Row = dict[str, Any]
Read = Callable[[str], list[Row]]

#: Plants whose index is told indicator by indicator, largest exposure first; the others stand in the CSV files.
PLANTS_IN_DETAIL = 300
#: Why a received row was not taken over; only the first counts against the gate.
REJECT_KINDS = ("unreadable", "duplicate", "out_of_scope")

_SETTINGS = "select run_id, as_of_date, window_start_date, window_end_date, reporting_currency_code from ref_run__settings"
#: Columns of mart_run__status.
_STATUS = ("known_at", "result_status", "final_until_date", "provisional_verdict_count", "data_kinds")
_COLUMNS = """select table_name, column_name, data_type, comment from duckdb_columns()
where table_name like 'mart\\_%' escape '\\' and not internal order by table_name, column_index"""
_DESCRIPTIONS = """select table_name as name, comment from duckdb_tables() where not internal
union all select view_name, comment from duckdb_views() where not internal order by name"""
_PLANTS_OF_LOANS = """select portfolio_id, loan_id, plant_id, allocation_ratio, allocation_method, exposure_usd from int_loans__attribution
order by portfolio_id, plant_id, exposure_usd desc nulls last, loan_id"""
_LEGAL = "select plant_id, binding_rule_count, awaiting_verification_count, awaiting_verification_fail_count from int_plants__legal"
_COUNTRIES = "select country_iso3, min(country_name) as country_name from raw_reference__countries group by country_iso3"
_REASONS = "select reason_code, title, what_to_do from ref_rules__reason_codes"
#: What an indicator is made of, for those whose value another limit asks for.
_INPUTS = """select i.indicator_id, i.title, t.item, coalesce(r.title, t.item) as item_title
from ref_rules__indicators as i
inner join ref_rules__indicator_terms as t on i.indicator_id = t.indicator_id
left join ref_rules__return_items as r on t.item = r.item
group by i.indicator_id, i.title, t.item, r.title order by i.indicator_id, t.item"""
_REJECTS = """select file_id, file_name, sheet, row_number, column_name, value, reason, what_to_do, kind from raw_landing__rejects
order by case kind when 'unreadable' then 1 when 'duplicate' then 2 else 3 end, file_name, sheet nulls first, row_number,
    column_name nulls first, reason, value nulls first, file_id"""
#: Plants behind the book; in a run without loans, as a self-assessment is, all of them.
_DETAILED_PLANTS = f"""select p.plant_id from mart_plants__scorecard as p left join int_loans__attribution as a on p.plant_id = a.plant_id
where a.plant_id is not null or not exists (select 1 from int_loans__attribution)
group by p.plant_id order by sum(a.exposure_usd) desc nulls last, p.plant_id limit {PLANTS_IN_DETAIL}"""
#: With a book, those that could not be computed; the pages of its plants read the others themselves. Without one, all that apply.
_VERDICTS = f"""with behind as (
    {_DETAILED_PLANTS}
), files as (
    select file_id, file_name from stg_landing__file_names
)
select v.rule_id, v.rule_version, v.threshold_id, v.tier, v.is_binding_tier, v.kind, v.family, v.layer, v.evidence, v.severity,
    v.entity_id, v.entity_type, v.plant_id, v.unit_id, v.stack_id, v.indicator_id, v.period_start_date, v.period_end_date,
    v.measured_value, v.limit_value,
    v.unit, v.operator, v.headroom_ratio, v.within_ratio, v.capture_ratio, v.valid_count, v.operating_count, v.excluded_count,
    v.evidence_tier, v.state, v.reason_code, v.reason_detail, v.source_file_id, v.source_row_number, t.averaging, t.ref_o2_pct,
    t.gas_basis,
    coalesce(t.clause, r.clause) as clause, coalesce(t.href, r.href) as href,
    coalesce(r.title, v.rule_id) as title, coalesce(r.instrument_title, v.instrument_id) as instrument_title,
    f.file_name as source_file_name
from int_plants__verdicts as v
inner join behind as b on v.plant_id = b.plant_id
left join ref_rules__thresholds as t on v.threshold_id = t.threshold_id
left join ref_rules__rules as r on v.rule_id = r.rule_id
left join files as f on v.source_file_id = f.file_id
where v.state = 'ERROR' or (v.state <> 'NOT_APPLICABLE' and not exists (select 1 from int_loans__attribution))
order by v.plant_id,
    case v.state when 'FAIL' then 1 when 'ERROR' then 2 when 'NO_DATA' then 3 when 'INDETERMINATE' then 4 else 5 end,
    v.is_binding_tier desc nulls last,
    case v.severity when 'error' then 1 when 'warning' then 2 else 3 end,
    v.headroom_ratio nulls last, v.rule_id, v.tier nulls first, v.entity_id, v.period_end_date desc, v.threshold_id"""


@dataclass(frozen=True)
class Column:
    """A column of a mart: name, type in the database, and the comment of the SQL model that makes it."""

    name: str
    type: str
    description: str


@dataclass(frozen=True)
class Scorecard:
    """Everything the reports show.

    Args: run: run_id, as_of_date, window_start_date, window_end_date, reporting_currency_code, code_version,
        portfolio (the only one asked for, null = all), known_at, result_status, final_until_date, provisional_verdict_count,
        data_kinds (mart_run__status);
        marts: rows of each mart by table name;
        columns: of each mart in its own order; descriptions: of each table, by its SQL model;
        plants_of_loans: which loan leads to which plant, with its amount;
        verdicts: of the `PLANTS_IN_DETAIL` plants with the largest exposure, worst first: those that could not be computed; in a run
        without loans, as a self-assessment is, all that apply;
        legal: by plant, how many rules bind it and how many more would if they were verified; rejects: rows that could not be read;
        country_names: by ISO3; input_words: indicators with the items they are made of, by id;
        reason_words, reason_actions: by reason code;
        background: what stands behind classes and values of the plants in detail.
    """

    run: Row
    marts: dict[str, list[Row]]
    columns: dict[str, list[Column]]
    plants_of_loans: list[Row]
    verdicts: list[Row]
    legal: dict[str, Row]
    rejects: list[Row]
    descriptions: dict[str, str] = field(default_factory=dict)
    country_names: dict[str, str] = field(default_factory=dict)
    reason_words: dict[str, str] = field(default_factory=dict)
    reason_actions: dict[str, str] = field(default_factory=dict)
    input_words: dict[str, str] = field(default_factory=dict)
    background: Background = field(default_factory=Background)

    def rows(self, mart: Mart, portfolio_id: str | None = None) -> list[Row]:
        """Rows of a mart, of one portfolio where that is asked."""
        rows = self.marts[mart.name]
        return rows if portfolio_id is None else [row for row in rows if row["portfolio_id"] == portfolio_id]

    def extra(self, name: str) -> list[Row]:
        """Rows of a mart that the reports do not rely on; none where the run did not make it."""
        return self.marts.get(name, [])

    def extra_of_plants(self, name: str) -> defaultdict[str, list[Row]]:
        """The same by plant."""
        if name not in self._by_plant:
            grouped: defaultdict[str, list[Row]] = defaultdict(list)
            for row in self.extra(name):
                grouped[row["plant_id"]].append(row)
            self._by_plant[name] = grouped
        return self._by_plant[name]

    @cached_property
    def _by_plant(self) -> dict[str, defaultdict[str, list[Row]]]:
        return {}

    @cached_property
    def verdicts_of_plants(self) -> defaultdict[str, list[Row]]:
        """The verdicts by plant."""
        grouped: defaultdict[str, list[Row]] = defaultdict(list)
        for row in self.verdicts:
            grouped[row["plant_id"]].append(row)
        return grouped

    @property
    def reject_counts(self) -> dict[str, int]:
        """Rows not taken over by kind: unreadable, duplicate, out_of_scope."""
        counts = Counter(row["kind"] for row in self.rejects)
        return {kind: counts[kind] for kind in REJECT_KINDS}

    @property
    def portfolio_ids(self) -> list[str]:
        """Portfolios of the headline, in the order of their names."""
        return sorted({str(row["portfolio_id"]) for row in self.marts["mart_portfolio__headline"]})


def collect(read: Read, run: Mapping[str, Any]) -> Scorecard:
    """Read what the reports show.

    Args: read: SQL → rows, from an open database with the marts; run: optional keys `code_version` and `portfolio` (the only one asked
        for). Run id and dates come from `ref_run__settings`.
    Raises: ModelFileError when a mart or a column of it is missing.
    """
    columns, reasons = _columns(read), read(_REASONS)
    marts = {mart.name: _rows(read, mart, columns) for mart in MARTS}
    other = sorted(set(columns) - set(marts))
    marts |= {name: read(f"select * from {name} order by all") for name in other}
    return Scorecard(
        run={
            **read(_SETTINGS)[0],
            **(read(f"select {', '.join(_STATUS)} from mart_run__status")[0] if "mart_run__status" in columns else dict.fromkeys(_STATUS)),
            "code_version": run.get("code_version"),
            "root_hash": run.get("root_hash"),
            "portfolio": run.get("portfolio"),
        },
        marts=marts,
        columns=columns,
        plants_of_loans=read(_PLANTS_OF_LOANS),
        verdicts=read(_VERDICTS),
        legal={row["plant_id"]: row for row in read(_LEGAL)},
        rejects=read(_REJECTS),
        descriptions={row["name"]: row["comment"] for row in read(_DESCRIPTIONS) if row["comment"]},
        country_names={row["country_iso3"]: row["country_name"] for row in read(_COUNTRIES)},
        reason_words={row["reason_code"]: row["title"] for row in reasons},
        reason_actions={row["reason_code"]: row["what_to_do"] for row in reasons if row["what_to_do"] not in (None, "", "Nothing.")},
        input_words=_input_words(read(_INPUTS)),
        background=read_background(read, _DETAILED_PLANTS),
    )


def write_reports(folder: Path, scorecard: Scorecard, keys: Mapping[str, Sequence[str]] = MappingProxyType({})) -> list[Path]:
    """Write scorecard.json, rejects.csv and csv/ into `folder`; equal scorecards give equal bytes.

    Args: folder: exists. keys: columns that name one row, by mart.
    Returns: the files written, in the order of their names.
    """
    from pipelines.report.csv_files import write_csv_files
    from pipelines.report.csv_schema import write_csv_schema
    from pipelines.report.json_file import write_json

    files = [write_json(folder / "scorecard.json", scorecard)]
    return sorted([*files, *write_csv_files(folder, scorecard), write_csv_schema(folder, scorecard, keys)])


def _input_words(rows: list[Row]) -> dict[str, str]:
    """`Scrap in the metallic charge of the works (metallic input, scrap input)` by the id of the indicator."""
    items: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        items.setdefault((row["indicator_id"], row["title"]), []).append(str(row["item_title"]).lower())
    return {indicator_id: f"{title} ({', '.join(found)})" for (indicator_id, title), found in items.items()}


def _columns(read: Read) -> dict[str, list[Column]]:
    found: dict[str, list[Column]] = {}
    for row in read(_COLUMNS):
        found.setdefault(row["table_name"], []).append(Column(row["column_name"], row["data_type"], row["comment"] or ""))
    return found


def _rows(read: Read, mart: Mart, columns: Mapping[str, list[Column]]) -> list[Row]:
    missing = sorted(set(mart.columns) - {column.name for column in columns.get(mart.name, [])})
    if missing:
        raise ModelFileError(
            f"dbt_like_sql/marts/{mart.name}.sql:1: the reports need the column(s) {', '.join(missing)}; "
            "add them to the last select, as docs/architecture.md section 6 lists them"
        )
    return read(f"select * from {mart.name} order by {mart.order}")
