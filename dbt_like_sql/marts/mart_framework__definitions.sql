/*
description: >-
  What each framework view means: edition, dates, evidence, definition, and line by line the facts, rules, indicators and evidence it looks up. Editions not in force
  on the day of the run are listed too.
grain: [framework_id, line_id]
*/
with words as (
    select framework_id, line_id, string_agg(part || ': ' || word, ', ' order by part, word) as looks_up
    from ref_rules__framework_words
    group by framework_id, line_id
)

select
    f.framework_id::varchar as framework_id,  -- framework
    l.line_id::varchar as line_id,  -- line of it
    l.line_no::bigint as line_no,  -- place in the file
    f.view::varchar as view,  -- which mart shows it
    f.title::varchar as framework_title,  -- in words
    f.edition::varchar as edition,  -- edition read
    f.valid_from_date::date as valid_from_date,  -- first day
    f.last_day_date::date as last_day_date,  -- last day; null = open
    (f.valid_from_date <= s.as_of_date and (f.last_day_date is null or f.last_day_date >= s.as_of_date))::boolean as is_in_force,  -- on the day of the run
    f.evidence::varchar as evidence,  -- printed_text, secondary or unverified
    f.evidence_note::varchar as evidence_note,  -- what has not been checked
    f.definition::varchar as definition,  -- what the view says and does not say
    f.sources::varchar as sources,  -- where it was read
    l.title::varchar as line_title,  -- what the line says
    l.state::varchar as state,  -- state that it gives; null = none
    l.upgrade_from::varchar as upgrade_from,  -- state that it raises; null = no upgrade
    w.looks_up::varchar as looks_up  -- facts, rules, indicators, sectors and evidence; null = none
from ref_rules__frameworks as f
inner join ref_rules__framework_lines as l on f.framework_id = l.framework_id
cross join ref_run__settings as s
left join words as w on l.framework_id = w.framework_id and l.line_id = w.line_id
