/*
description: >-
  Lines of the framework editions in force on the day of the run, with the edition they belong to.
grain: [framework_id, line_id]
*/
select
    f.framework_id::varchar as framework_id,  -- framework
    l.line_id::varchar as line_id,  -- line of it
    f.view::varchar as view,  -- traffic_light, taxonomy, principles, named_list or kpi
    f.edition::varchar as edition,  -- edition in force
    f.evidence::varchar as evidence,  -- printed_text, secondary or unverified
    l.line_no::bigint as line_no,  -- place in the file
    l.title::varchar as title,  -- what the line says
    l.state::varchar as state,  -- state that it gives; null = none
    l.state_rank::bigint as state_rank,  -- 1 = worst of the view
    l.upgrade_from::varchar as upgrade_from  -- state that it raises; null = no upgrade
from ref_rules__frameworks as f
inner join ref_rules__framework_lines as l on f.framework_id = l.framework_id
cross join ref_run__settings as s
where f.valid_from_date <= s.as_of_date and (f.last_day_date is null or f.last_day_date >= s.as_of_date)
