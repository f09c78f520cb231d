/*
description: >-
  Which returned values an indicator is made of, period by period: one row per place, indicator, item and period, with the factor in force at its
  end and why a period does not count. A period counts when every item of the indicator is there for the same days; months of one item are added up to the
  quarter or year of another that they cover. Of a plant that sends years or quarters across the start of the window the newest twelve months are taken instead
  of the window where they know more days.
grain: [entity_id, indicator_id, role, item, period_start_date, period_end_date]
*/
with terms as (
    select
        t.indicator_id,
        t.role,
        t.item,
        t.factor,
        t.factor_id,
        i.level,
        count(*) over (partition by t.indicator_id) as term_count
    from ref_rules__indicator_terms as t
    inner join ref_rules__indicators as i on t.indicator_id = i.indicator_id
    where i.measured_by = 'returns'
),

held as (
    select
        p.entity_id, p.plant_id, p.item, p.period_start_date, p.period_end_date, p.value, p.unit, p.covered_days, p.tier_rank, p.is_in_window,
        p.source_file_id, p.last_source_file_id, p.first_source_row_number, p.last_source_row_number,
        t.indicator_id,
        t.role,
        t.term_count,
        t.factor_id,
        t.factor * case when t.factor_id is null then 1 else f.factor_value end as factor,
        case when p.gap_code is not null then p.gap_code when t.factor_id is not null and f.factor_id is null then 'FACTOR_NOT_IN_FORCE' end as item_gap_code
    from int_returns__held_periods as p
    inner join terms as t on p.item = t.item and p.level = t.level
    left join ref_rules__factors as f
        on t.factor_id = f.factor_id
            and (f.valid_from_date is null or f.valid_from_date <= p.period_end_date)
            and (f.last_day_date is null or f.last_day_date >= p.period_end_date)
),

-- what is sent by months alone needs none of the following
unlike_months as (
    select distinct entity_id, indicator_id
    from held
    where date_trunc('month', period_start_date) <> date_trunc('month', period_end_date)
),

-- of items that are sent by years or quarters across the start of the window the newest twelve months
across_items as (
    select distinct h.entity_id, h.indicator_id, h.item
    from held as h
    cross join ref_run__settings as s
    where not h.is_in_window and h.period_end_date >= s.window_start_date
),

item_ends as (
    select h.entity_id, h.indicator_id, h.item, max(h.period_end_date) as newest_date
    from held as h
    inner join across_items as a on h.entity_id = a.entity_id and h.indicator_id = a.indicator_id and h.item = a.item
    group by h.entity_id, h.indicator_id, h.item
),

earlier_years as (
    select entity_id, indicator_id, (min(newest_date) + interval 1 day - interval 1 year)::date as year_start_date, min(newest_date) as year_end_date
    from item_ends
    group by entity_id, indicator_id
),

framed as (
    select h.*, true as is_window, s.window_start_date as year_start_date, s.window_end_date as year_end_date
    from held as h
    inner join unlike_months as u on h.entity_id = u.entity_id and h.indicator_id = u.indicator_id
    cross join ref_run__settings as s
    where h.is_in_window
    union all
    select h.*, false as is_window, y.year_start_date, y.year_end_date
    from held as h
    inner join earlier_years as y
        on h.entity_id = y.entity_id and h.indicator_id = y.indicator_id and h.period_start_date >= y.year_start_date and h.period_end_date <= y.year_end_date
),

-- months of one item beside a quarter or year of another: added up where they cover it exactly
longer as (
    select distinct entity_id, indicator_id, is_window, period_start_date as first_date, period_end_date as last_date
    from framed
    where date_trunc('month', period_start_date) <> date_trunc('month', period_end_date)
),

shorter as (
    select f.*, w.first_date, w.last_date
    from framed as f
    inner join longer as w on f.entity_id = w.entity_id and f.indicator_id = w.indicator_id and f.is_window = w.is_window
    where f.period_start_date >= w.first_date and f.period_end_date <= w.last_date and f.period_end_date - f.period_start_date < w.last_date - w.first_date
),

covered as (
    select entity_id, indicator_id, is_window, role, item, first_date, last_date
    from shorter
    group by entity_id, indicator_id, is_window, role, item, first_date, last_date
    having sum(period_end_date - period_start_date + 1) = last_date - first_date + 1 and count(distinct factor) <= 1
),

placed as (
    select
        s.*,
        row_number() over (
            partition by s.entity_id, s.indicator_id, s.is_window, s.role, s.item, s.period_start_date, s.period_end_date
            order by s.last_date - s.first_date desc, s.first_date
        ) as choice
    from shorter as s
    inner join covered as c
        on s.entity_id = c.entity_id and s.indicator_id = c.indicator_id and s.is_window = c.is_window and s.role = c.role and s.item = c.item
            and s.first_date = c.first_date and s.last_date = c.last_date
),

joined as (
    select
        h.entity_id, h.plant_id, h.indicator_id, true as is_window, s.window_start_date as year_start_date, s.window_end_date as year_end_date, h.role, h.item,
        h.period_start_date, h.period_end_date, h.unit, h.term_count, h.factor_id, h.value, h.factor, round(h.value * h.factor, 9) as contribution,
        h.covered_days, h.tier_rank, h.item_gap_code, h.source_file_id, h.last_source_file_id, h.first_source_row_number, h.last_source_row_number
    from held as h
    cross join ref_run__settings as s
    left join unlike_months as u on h.entity_id = u.entity_id and h.indicator_id = u.indicator_id
    where h.is_in_window and u.entity_id is null
    union all
    select
        f.entity_id, f.plant_id, f.indicator_id, f.is_window, f.year_start_date, f.year_end_date, f.role, f.item, f.period_start_date, f.period_end_date,
        f.unit, f.term_count, f.factor_id, f.value, f.factor, round(f.value * f.factor, 9) as contribution, f.covered_days, f.tier_rank, f.item_gap_code,
        f.source_file_id, f.last_source_file_id, f.first_source_row_number, f.last_source_row_number
    from framed as f
    left join placed as p
        on f.entity_id = p.entity_id and f.indicator_id = p.indicator_id and f.is_window = p.is_window and f.role = p.role and f.item = p.item
            and f.period_start_date = p.period_start_date and f.period_end_date = p.period_end_date and p.choice = 1
    where p.entity_id is null
    union all
    select
        entity_id, plant_id, indicator_id, is_window, year_start_date, year_end_date, role, item, first_date as period_start_date, last_date as period_end_date,
        unit, term_count, factor_id,
        case when count(value) = count(*) then sum(value::decimal(28, 9))::double end as value,
        min(factor) as factor,
        case when count(value * factor) = count(*) then sum(round(value * factor, 9)::decimal(28, 9))::double end as contribution,
        sum(covered_days) as covered_days,
        max(tier_rank) as tier_rank,
        min(item_gap_code) as item_gap_code,
        min(source_file_id) as source_file_id,
        max(last_source_file_id) as last_source_file_id,
        min(first_source_row_number) as first_source_row_number,
        max(last_source_row_number) as last_source_row_number
    from placed
    where choice = 1
    group by entity_id, plant_id, indicator_id, is_window, year_start_date, year_end_date, role, item, first_date, last_date, unit, term_count, factor_id
),

periods as (
    select
        entity_id,
        indicator_id,
        is_window,
        period_start_date,
        period_end_date,
        count(*) as item_count,
        min(covered_days) as least_days,
        max(covered_days) as most_days,
        min(item_gap_code) as item_gap_code,
        count(*) = max(term_count) and min(item_gap_code) is null and min(covered_days) = max(covered_days) as is_counted
    from joined
    group by entity_id, indicator_id, is_window, period_start_date, period_end_date
),

-- where there are two, the twelve months that know more days count; the window where they know as many
complete as (
    select
        p.entity_id, p.indicator_id, p.is_window,
        row_number() over (
            partition by p.entity_id, p.indicator_id
            order by sum(case when p.is_counted then p.most_days else 0 end) desc, p.is_window desc
        ) as choice
    from periods as p
    inner join earlier_years as y on p.entity_id = y.entity_id and p.indicator_id = y.indicator_id
    group by p.entity_id, p.indicator_id, p.is_window
),

used as (
    select j.*
    from joined as j
    left join complete as c on j.entity_id = c.entity_id and j.indicator_id = c.indicator_id and j.is_window = c.is_window and c.choice > 1
    where c.entity_id is null
)

select
    u.entity_id::varchar as entity_id,  -- plant:… or unit:…
    u.plant_id::varchar as plant_id,  -- plant
    u.indicator_id::varchar as indicator_id,  -- indicator
    u.role::varchar as role,  -- numerator or denominator
    u.item::varchar as item,  -- what is returned
    u.period_start_date::date as period_start_date,  -- first day
    u.period_end_date::date as period_end_date,  -- last day
    u.value::double as value,  -- in the item's canonical unit; null = blank or not convertible
    u.unit::varchar as unit,  -- canonical unit of the item
    u.factor::double as factor,  -- brings the item to the unit of the indicator; null = none in force
    u.factor_id::varchar as factor_id,  -- dated factor in it (rules/factors); null = the factor stands in the indicator
    u.contribution::double as contribution,  -- value x factor
    u.covered_days::bigint as covered_days,  -- days returned
    u.tier_rank::integer as tier_rank,  -- 1 measured, 2 reported, 3 estimated
    p.is_counted::boolean as is_counted,  -- false = the period is left out
    (case
        when u.item_gap_code is not null then u.item_gap_code
        when p.item_gap_code is not null then 'OTHER_ITEM_UNUSABLE'
        when p.item_count < u.term_count then 'ITEM_MISSING'
        when p.least_days <> p.most_days then 'DAYS_DIFFER' end)::varchar as gap_code,  -- why it is left out; null = it counts
    u.year_start_date::date as year_start_date,  -- first day of the twelve months that the indicator is made of: the window, or an earlier year of returns
    u.year_end_date::date as year_end_date,  -- last day of them
    u.source_file_id::varchar as source_file_id,  -- file of the first row
    u.last_source_file_id::varchar as last_source_file_id,  -- file of the last row, by id
    u.first_source_row_number::bigint as first_source_row_number,  -- lowest row number
    u.last_source_row_number::bigint as last_source_row_number  -- highest row number
from used as u
inner join periods as p
    on u.entity_id = p.entity_id and u.indicator_id = p.indicator_id and u.is_window = p.is_window and u.period_start_date = p.period_start_date and u.period_end_date = p.period_end_date
