"""What taking in one file of readings asks of its staged rows (`arriving.series`, `.rejects`, `.repeats`) and of the parts made of them."""

from __future__ import annotations

ZONES = "select {column}, min(first_at), max(last_at) from arriving.series where {column} is not null group by {column} order by {column}"
ABOUT_PART = """
select count(*), min(period_start_at), max(period_start_at), min((period_start_at + to_minutes(utc_offset_minutes))::date),
    max((period_start_at + to_minutes(utc_offset_minutes))::date)
from read_parquet($path)
"""
#: Good rows whose time cannot be placed: they are refused after their cells were found good.
LATE_REJECTS = "select count(distinct row_number) from arriving.rejects where place = 0 and column_name is not null and kind = 'unreadable'"
#: Rows that say that they become known after the night `until`, by the moment they name: the first of them stands for all.
EARLY_REJECTS = """
select {about}, 'known_at', strftime(known_at, '%Y-%m-%d %H:%M:%S'),
    'becomes known after this night ({until}), which cannot know it'
    || case when row_count > 1 then '; ' || row_count || ' rows' else '' end,
    'correct known_at, in the row or in stack_files, where it is mistyped; else leave the file in the landing folder: it counts from the'
    || ' first night after that moment', 'out_of_scope', 0
from (select known_at, min(row_number) as row_number, count(*) as row_count from arriving.early group by known_at)
"""
KNOWN = """
select min(known_at), max(known_at)
from (select known_at from read_parquet($paths) union all select known_at from arriving.repeats)
"""
SERIES = """
with covered as (
    select stack_id, indicator, date_trunc('month', period_start_at + to_minutes(utc_offset_minutes)) as month,
        min(period_start_at) as first_at, max(period_start_at) as last_at, count(*) as row_count,
        arg_min(utc_offset_minutes, period_start_at) as first_offset_minutes,
        arg_max(utc_offset_minutes, period_start_at) as last_offset_minutes
    from read_parquet([{paths}])
    group by stack_id, indicator, date_trunc('month', period_start_at + to_minutes(utc_offset_minutes))
),
superseded as (
    select stack_id, indicator, date_trunc('month', period_start_at + to_minutes(utc_offset_minutes)) as month, count(*) as superseded_count
    from arriving.repeats where repeat_kind = 'superseded'
    group by stack_id, indicator, date_trunc('month', period_start_at + to_minutes(utc_offset_minutes))
)
select c.stack_id, c.indicator, strftime(c.month, '%Y-%m') as month, c.first_at, c.last_at, c.row_count,
    coalesce(s.superseded_count, 0) as superseded_count, c.first_offset_minutes, c.last_offset_minutes
from covered as c left join superseded as s on c.stack_id = s.stack_id and c.indicator = s.indicator and c.month = s.month
order by c.stack_id, c.indicator, c.month
"""
TIME_FINDINGS = """
case kind when 'zone' then 'time_zone' when 'interval' then 'interval_minutes' else 'measured_at' end as column_name,
case kind when 'zone' then zone when 'interval' then minutes::varchar else strftime(sent_at, '%Y-%m-%d %H:%M:%S') end as value,
case kind
    when 'zone' then 'time zone ''' || zone || ''' is unknown'
    when 'interval' then case when minutes > 60 then 'readings of ' || minutes || ' minutes are too coarse to be judged'
        else 'no hour holds intervals of ' || minutes || ' minutes' end
    when 'skipped' then 'the clock of ' || zone || ' skips ' || strftime(sent_at, '%Y-%m-%d %H:%M')
    else 'the clock of ' || zone || ' shows ' || strftime(sent_at, '%Y-%m-%d %H:%M') || ' twice, and the file is declared to refuse that'
end as reason,
case kind
    when 'zone' then 'write an IANA name as Asia/Karachi or an offset as UTC+05:45, in emission_points, stack_files or the row'
    when 'interval' then case when minutes > 60 then
        'limits are judged on readings of an hour or finer; ask for these; where each is the mean of one hour, declare interval_minutes 60'
        else 'write 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30 or 60' end
    when 'skipped' then 'declare its offset as time_zone (UTC+01:00) if the monitor keeps one clock; else skipped_hour in stack_files'
    else 'declare repeated_hour in stack_files'
end as what_to_do
"""
