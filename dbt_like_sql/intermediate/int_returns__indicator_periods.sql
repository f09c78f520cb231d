/*
description: >-
  Which returned values an indicator is made of, period by period: one row per place, indicator, item and period, with the factor in force at its
  end and why a period does not count. A period counts when every item of the indicator is there for the same days.
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

used as (
    select
        p.*,
        t.indicator_id,
        t.role,
        t.term_count,
        t.factor_id,
        t.factor * case when t.factor_id is null then 1 else f.factor_value end as factor,
        case when p.gap_code is not null then p.gap_code when t.factor_id is not null and f.factor_id is null then 'FACTOR_NOT_IN_FORCE' end as item_gap_code
    from int_returns__item_periods as p
    inner join terms as t on p.item = t.item and p.level = t.level
    left join ref_rules__factors as f
        on t.factor_id = f.factor_id
            and (f.valid_from_date is null or f.valid_from_date <= p.period_end_date)
            and (f.last_day_date is null or f.last_day_date >= p.period_end_date)
),

periods as (
    select
        entity_id,
        indicator_id,
        period_start_date,
        period_end_date,
        count(*) as item_count,
        min(covered_days) as least_days,
        max(covered_days) as most_days,
        min(item_gap_code) as item_gap_code
    from used
    group by entity_id, indicator_id, period_start_date, period_end_date
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
    round(u.value * u.factor, 9)::double as contribution,  -- value x factor
    u.covered_days::bigint as covered_days,  -- days returned
    u.tier_rank::integer as tier_rank,  -- 1 measured, 2 reported, 3 estimated
    (p.item_count = u.term_count and p.item_gap_code is null and p.least_days = p.most_days)::boolean as is_counted,  -- false = the period is left out
    (case
        when u.item_gap_code is not null then u.item_gap_code
        when p.item_gap_code is not null then 'OTHER_ITEM_UNUSABLE'
        when p.item_count < u.term_count then 'ITEM_MISSING'
        when p.least_days <> p.most_days then 'DAYS_DIFFER' end)::varchar as gap_code,  -- why it is left out; null = it counts
    u.source_file_id::varchar as source_file_id,  -- file of the first row
    u.last_source_file_id::varchar as last_source_file_id,  -- file of the last row, by id
    u.first_source_row_number::bigint as first_source_row_number,  -- lowest row number
    u.last_source_row_number::bigint as last_source_row_number  -- highest row number
from used as u
inner join periods as p
    on u.entity_id = p.entity_id and u.indicator_id = p.indicator_id and u.period_start_date = p.period_start_date and u.period_end_date = p.period_end_date
