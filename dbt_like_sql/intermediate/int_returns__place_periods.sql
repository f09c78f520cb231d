/*
description: >-
  Returned items of the assessment window by place and month: one row per plant or process unit, item and period. Parts of a month are added up. The
  value of a plant is what it returns for the whole works, else the sum of its units; fuels returned by kind make up the fuel where no total is returned.
  Where a plant sends a year or quarter that began before the window, its periods of the year before the window are here too, apart from the others.
  A period unlike the others of its place, or unlike the capacity, does not count, nor does a sum in which it is; int_returns__item_periods holds the rest
  against the product.
grain: [entity_id, item, period_start_date, period_end_date]
*/
with policy as (
    select
        min(case when key = 'unit_slip_ratio' then value end)::double as unit_slip_ratio,
        min(case when key = 'max_production_over_capacity' then value end)::double as max_production_over_capacity
    from ref_rules__policy
    where policy_id = 'returns'
),

-- plants with a period across the start of the window, which the window alone would leave out
across_start as (
    select distinct r.plant_id
    from int_returns__items as r
    cross join ref_run__settings as s
    where r.period_start_date < s.window_start_date and r.period_end_date between s.window_start_date and s.window_end_date
        and date_trunc('month', r.period_start_date) <> date_trunc('month', r.period_end_date)
),

-- a period inside one month stands for its part of the month, any other for itself
inside as (
    select
        r.plant_id, r.unit_id, r.item, r.value, r.unit, r.evidence_tier, r.error_code, r.source_file_id, r.source_row_number,
        case when date_trunc('month', r.period_start_date) = date_trunc('month', r.period_end_date)
            then date_trunc('month', r.period_start_date)::date else r.period_start_date end as bucket_start_date,
        case when date_trunc('month', r.period_start_date) = date_trunc('month', r.period_end_date)
            then (date_trunc('month', r.period_start_date) + interval 1 month - interval 1 day)::date else r.period_end_date end as bucket_end_date,
        r.period_end_date - r.period_start_date + 1 as day_count,
        case r.evidence_tier when 'estimated' then 3 when 'reported' then 2 else 1 end as tier_rank,
        r.period_start_date >= s.window_start_date as is_in_window
    from int_returns__items as r
    cross join ref_run__settings as s
    left join across_start as a on r.plant_id = a.plant_id
    where r.period_end_date <= s.window_end_date
        and (r.period_start_date >= s.window_start_date or (a.plant_id is not null and r.period_start_date > s.window_start_date - interval 1 year))
),

returned as (
    select
        plant_id, unit_id, item, bucket_start_date, bucket_end_date, unit, is_in_window,
        sum(value::decimal(28, 9)) as value,
        count(case when value is null then 1 end) as blank_count,
        sum(day_count) as covered_days,
        max(tier_rank) as tier_rank,
        min(error_code) as error_code,
        min(source_file_id) as source_file_id,
        max(source_file_id) as last_source_file_id,
        min(source_row_number) as first_source_row_number,
        max(source_row_number) as last_source_row_number
    from inside
    group by plant_id, unit_id, item, bucket_start_date, bucket_end_date, unit, is_in_window
),

kinds as (
    select
        r.plant_id, r.unit_id, k.item, r.bucket_start_date, r.bucket_end_date, r.unit, r.is_in_window,
        sum(r.value) as value,
        sum(r.blank_count) as blank_count,
        min(r.covered_days) as covered_days,
        max(r.tier_rank) as tier_rank,
        min(r.error_code) as error_code,
        min(r.source_file_id) as source_file_id,
        max(r.last_source_file_id) as last_source_file_id,
        min(r.first_source_row_number) as first_source_row_number,
        max(r.last_source_row_number) as last_source_row_number
    from returned as r
    inner join ref_energy__fuels as f on r.item = f.item
    inner join (values ('fuel_energy', false), ('fuel_energy', true), ('fuel_energy_alternative', true)) as k (item, is_alternative)
        on f.is_alternative = k.is_alternative
    group by r.plant_id, r.unit_id, k.item, r.bucket_start_date, r.bucket_end_date, r.unit, r.is_in_window
),

items as (
    select *, false as is_from_kinds from returned
    union all
    select k.*, true as is_from_kinds
    from kinds as k
    left join returned as r
        on k.plant_id = r.plant_id and k.unit_id = r.unit_id and k.item = r.item and k.bucket_start_date = r.bucket_start_date and k.bucket_end_date = r.bucket_end_date
    where r.plant_id is null
),

-- units that return an item at some time in the window are due in every period in which they run; so are, for what none of them can do without, the other units
-- of their process, for electricity every unit that returns anything, and for energy the units that make what the works returns for itself
senders as (
    select distinct i.plant_id, i.item, i.unit_id, i.is_in_window, u.process
    from items as i
    left join stg_plants__process_units as u on i.unit_id = u.unit_id
    where i.unit_id <> '*'
),

-- processes that make what the works returns for itself
makers as (
    select distinct w.plant_id, w.is_in_window, k.process, k.burns_fuel
    from items as w
    inner join (values
        ('production_clinker', 'clinker_kiln', true),
        ('production_cement', 'cement_mill', false),
        ('production_hot_metal', 'blast_furnace', true),
        ('production_melted_glass', 'float_line', true)) as k (product_item, process, burns_fuel)
        on w.item = k.product_item
    where w.unit_id = '*' and w.value > 0
),

expected as (
    select plant_id, item, unit_id, is_in_window
    from senders
    union
    select s.plant_id, s.item, u.unit_id, s.is_in_window
    from senders as s
    inner join stg_plants__process_units as u on s.plant_id = u.plant_id and s.process = u.process
    where u.status in ('operating', 'unknown')
        and s.item in ('fuel_energy', 'electricity_used', 'production_clinker', 'production_cement', 'production_crude_steel', 'production_hot_metal', 'production_dri', 'production_melted_glass')
    union
    select s.plant_id, s.item, o.unit_id, s.is_in_window
    from senders as s
    inner join senders as o on s.plant_id = o.plant_id and s.is_in_window = o.is_in_window
    where s.item = 'electricity_used'
    union
    select s.plant_id, s.item, u.unit_id, s.is_in_window
    from senders as s
    inner join makers as k on s.plant_id = k.plant_id and s.is_in_window = k.is_in_window
    inner join stg_plants__process_units as u on s.plant_id = u.plant_id and k.process = u.process and u.status in ('operating', 'unknown')
    where s.item = 'electricity_used' or (s.item = 'fuel_energy' and k.burns_fuel)
),

silent as (
    select distinct b.plant_id, b.item, b.bucket_start_date, b.bucket_end_date
    from (select distinct plant_id, item, bucket_start_date, bucket_end_date, is_in_window from items where unit_id <> '*') as b
    inner join expected as u on b.plant_id = u.plant_id and b.item = u.item and b.is_in_window = u.is_in_window
    left join stg_plants__process_units as p on u.unit_id = p.unit_id
    left join items as i
        on u.plant_id = i.plant_id and u.item = i.item and u.unit_id = i.unit_id and b.bucket_start_date = i.bucket_start_date and b.bucket_end_date = i.bucket_end_date
    where i.unit_id is null
        and (p.commissioning_date is null or p.commissioning_date <= b.bucket_end_date) and (p.retirement_date is null or p.retirement_date > b.bucket_start_date)
        and not coalesce(p.mothballed_from_date <= b.bucket_start_date and coalesce(p.mothballed_to_date, b.bucket_end_date) >= b.bucket_end_date, false)
),

whole as (
    select plant_id, item, bucket_start_date, bucket_end_date from items where unit_id = '*'
),

places as (
    select 'unit:' || unit_id as entity_id, 'unit' as level, false as is_from_units, false as is_unit_missing, *
    from items
    where unit_id <> '*'
    union all
    select 'plant:' || plant_id as entity_id, 'plant' as level, false as is_from_units, false as is_unit_missing, *
    from items
    where unit_id = '*'
    union all
    select
        'plant:' || i.plant_id as entity_id, 'plant' as level, true as is_from_units, max(case when d.plant_id is not null then 1 else 0 end) = 1 as is_unit_missing,
        i.plant_id, '*' as unit_id, i.item, i.bucket_start_date, i.bucket_end_date, i.unit, i.is_in_window,
        sum(i.value) as value, sum(i.blank_count) as blank_count, min(i.covered_days) as covered_days, max(i.tier_rank) as tier_rank,
        min(i.error_code) as error_code, min(i.source_file_id) as source_file_id, max(i.last_source_file_id) as last_source_file_id,
        min(i.first_source_row_number) as first_source_row_number, max(i.last_source_row_number) as last_source_row_number,
        max(case when i.is_from_kinds then 1 else 0 end) = 1 as is_from_kinds
    from items as i
    left join whole as w on i.plant_id = w.plant_id and i.item = w.item and i.bucket_start_date = w.bucket_start_date and i.bucket_end_date = w.bucket_end_date
    left join silent as d on i.plant_id = d.plant_id and i.item = d.item and i.bucket_start_date = d.bucket_start_date and i.bucket_end_date = d.bucket_end_date
    where i.unit_id <> '*' and w.plant_id is null
    group by i.plant_id, i.item, i.bucket_start_date, i.bucket_end_date, i.unit, i.is_in_window
),

usual as (
    select entity_id, item, is_in_window, median(value::double / nullif(covered_days, 0)) as median_a_day, count(*) as period_count
    from places
    where value > 0 and error_code is null
    group by entity_id, item, is_in_window
),

checked as (
    select
        p.*,
        u.period_count >= 4 and p.value > 0 and (
            p.value::double / nullif(p.covered_days, 0) > u.median_a_day * y.unit_slip_ratio
            or p.value::double / nullif(p.covered_days, 0) * y.unit_slip_ratio < u.median_a_day
        ) as is_unlike_others,
        p.item in ('production_clinker', 'production_cement', 'production_crude_steel', 'production_hot_metal', 'production_melted_glass') and p.value > 0 and (
            p.value::double / nullif(p.covered_days, 0) * 365 > e.capacity_t_per_year * y.max_production_over_capacity
            or p.value::double / nullif(p.covered_days, 0) * 365 * y.unit_slip_ratio < e.capacity_t_per_year
        ) as is_unlike_capacity
    from places as p
    cross join policy as y
    left join usual as u on p.entity_id = u.entity_id and p.item = u.item and p.is_in_window = u.is_in_window
    left join int_plants__entities as e on p.entity_id = e.entity_id
),

-- a sum is as doubtful as the unit in it
doubtful_units as (
    select distinct plant_id, item, bucket_start_date, bucket_end_date
    from checked
    where level = 'unit' and (is_unlike_others or is_unlike_capacity)
),

judged as (
    select c.*, coalesce(c.is_unlike_others, false) or coalesce(c.is_unlike_capacity, false) or (c.is_from_units and d.plant_id is not null) as is_suspect
    from checked as c
    left join doubtful_units as d
        on c.plant_id = d.plant_id and c.item = d.item and c.bucket_start_date = d.bucket_start_date and c.bucket_end_date = d.bucket_end_date
)

select
    entity_id::varchar as entity_id,  -- plant:… or unit:…
    level::varchar as level,  -- plant or unit
    plant_id::varchar as plant_id,  -- plant
    item::varchar as item,  -- what is returned
    bucket_start_date::date as period_start_date,  -- first day; of the month where the returned periods lie in one month
    bucket_end_date::date as period_end_date,  -- last day
    value::double as value,  -- in the item's canonical unit; null = blank or not convertible
    unit::varchar as unit,  -- canonical unit of the item
    covered_days::bigint as covered_days,  -- days returned
    tier_rank::integer as tier_rank,  -- 1 measured, 2 reported, 3 estimated; the weakest row counts
    is_from_units::boolean as is_from_units,  -- true = sum of the plant's units
    is_from_kinds::boolean as is_from_kinds,  -- true = sum of the fuels returned by kind
    is_in_window::boolean as is_in_window,  -- false = began before the window
    (case
        when error_code is not null then error_code
        when blank_count > 0 then 'VALUE_BLANK'
        when is_suspect then 'UNIT_SUSPECT'
        when is_unit_missing then 'UNIT_MISSING' end)::varchar as gap_code,  -- why the value does not count; null = it does
    source_file_id::varchar as source_file_id,  -- file of the first row
    last_source_file_id::varchar as last_source_file_id,  -- file of the last row, by id
    first_source_row_number::bigint as first_source_row_number,  -- lowest row number in those files
    last_source_row_number::bigint as last_source_row_number  -- highest row number in those files
from judged
