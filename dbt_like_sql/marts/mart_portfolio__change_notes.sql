/*
description: >-
  What moved with each driver of the change, in words: loans and rates of the portfolio itself, rules and overlays, else the rows of tables. Tables that know no
  portfolio (readings, returns, plants, rules) are told to every portfolio. Where a driver names something, be it of another portfolio, rows are not told.
grain: [portfolio_id, driver]
*/
with items as (
    select p.portfolio_id, i.driver, i.kind, i.row_count,
        case when i.kind = 'rows' then i.name || ': ' || i.row_count::varchar || case when i.row_count > 1 then ' rows' else ' row' end else i.name end as words
    from (select distinct portfolio_id from mart_portfolio__headline) as p
    inner join raw_change__items as i on i.portfolio_id is null or p.portfolio_id = i.portfolio_id
),

placed as (
    select *, row_number() over (partition by portfolio_id, driver, kind order by words) as place
    from items
),

lists as (
    select portfolio_id, driver, kind, sum(row_count) as row_count,
        string_agg(case when place <= 5 or kind = 'rows' then words end, ', ' order by words)
            || case when count(*) > 5 and kind <> 'rows' then ' and ' || (count(*) - 5)::varchar || ' more' else '' end as words
    from placed
    group by portfolio_id, driver, kind
)

select
    l.portfolio_id::varchar as portfolio_id,  -- portfolio
    l.driver::varchar as driver,  -- what changed
    coalesce(sum(case when l.kind = 'rows' then l.row_count end), 0)::bigint as row_count,  -- rows that differ: of the portfolio, and of tables that know none
    (string_agg(case when k.label is not null then k.label || ': ' || l.words when l.kind <> 'rows' or n.driver is null then l.words end, '; ' order by coalesce(k.place, 9), l.kind))::varchar as note  -- the same in words; null = nothing of this portfolio
from lists as l
left join (select driver from raw_change__items where kind <> 'rows' group by driver) as n on l.driver = n.driver
left join (values ('loan_in', 'in', 1), ('loan_out', 'out', 2), ('loan_closed', 'repaid or closed', 3), ('loan_reopened', 'opened again', 4)) as k (kind, label, place)
    on l.kind = k.kind
group by l.portfolio_id, l.driver
