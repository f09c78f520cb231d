/*
description: >-
  Specific consumption and intensity over the assessment window: sums of the numerator items over the sum of the denominator
  items, from the periods in which every item was returned; one row per entity and indicator measured by returns.
grain: [entity_id, indicator_id]
*/
with terms as (
    select t.indicator_id, t.role, t.item, t.factor, i.level
    from ref_rules__indicator_terms as t
    inner join ref_rules__indicators as i on t.indicator_id = i.indicator_id
    where i.measured_by = 'returns'
),

wanted as (
    select indicator_id, count(*) as term_count
    from terms
    group by indicator_id
),

-- returns of a unit also count for its plant
items as (
    select 'unit:' || r.unit_id as entity_id, 'unit' as level, r.*
    from int_returns__items as r
    where r.unit_id <> '*'
    union all
    select 'plant:' || r.plant_id as entity_id, 'plant' as level, r.*
    from int_returns__items as r
),

inside as (
    select i.*
    from items as i
    cross join ref_run__settings as s
    where i.period_start_date >= s.window_start_date and i.period_end_date <= s.as_of_date
),

per_item as (
    select
        i.entity_id,
        t.indicator_id,
        t.role,
        t.item,
        i.period_start_date,
        i.period_end_date,
        sum((i.value * t.factor)::decimal(28, 9)) as value,
        count(case when i.value is null then 1 end) as blank_count,
        max(case i.evidence_tier when 'estimated' then 3 when 'reported' then 2 else 1 end) as tier_rank,
        min(i.error_code) as error_code,
        min(i.source_file_id) as source_file_id,
        min(i.source_row_number) as source_row_number
    from inside as i
    inner join terms as t on i.item = t.item and i.level = t.level
    group by i.entity_id, t.indicator_id, t.role, t.item, i.period_start_date, i.period_end_date
),

per_period as (
    select
        entity_id,
        indicator_id,
        period_start_date,
        period_end_date,
        count(*) as item_count,
        sum(blank_count) as blank_count,
        sum(case when role = 'numerator' then value end) as numerator_value,
        sum(case when role = 'denominator' then value end) as denominator_value,
        max(tier_rank) as tier_rank,
        min(error_code) as error_code,
        min(source_file_id) as source_file_id,
        min(source_row_number) as source_row_number
    from per_item
    group by entity_id, indicator_id, period_start_date, period_end_date
),

summed as (
    select
        p.entity_id,
        p.indicator_id,
        sum(case when p.item_count = w.term_count and p.blank_count = 0 then p.numerator_value end) as numerator_value,
        sum(case when p.item_count = w.term_count and p.blank_count = 0 then p.denominator_value end) as denominator_value,
        sum(case when p.item_count = w.term_count and p.blank_count = 0 then p.period_end_date - p.period_start_date + 1 else 0 end) as complete_days,
        max(p.tier_rank) as tier_rank,
        min(p.error_code) as error_code,
        min(p.source_file_id) as source_file_id,
        min(p.source_row_number) as source_row_number
    from per_period as p
    inner join wanted as w on p.indicator_id = w.indicator_id
    group by p.entity_id, p.indicator_id
)

select
    m.entity_id::varchar as entity_id,  -- plant:… or unit:…
    m.indicator_id::varchar as indicator_id,  -- indicator
    s.window_start_date::date as period_start_date,  -- first day of the window
    s.as_of_date::date as period_end_date,  -- last day of the window
    round(m.numerator_value::double / nullif(m.denominator_value::double, 0), 9)::double as value,  -- in the indicator's unit; null without production
    m.complete_days::bigint as complete_days,  -- days for which every item was returned
    (m.complete_days / nullif(s.as_of_date - s.window_start_date + 1, 0))::double as capture_ratio,  -- complete days over days of the window
    (case m.tier_rank when 3 then 'estimated' when 2 then 'reported' else 'measured' end)::varchar as evidence_tier,  -- weakest tier among the items
    (case when m.error_code is not null then m.error_code when m.complete_days > 0 and coalesce(m.denominator_value, 0) = 0 then 'ZERO_PRODUCTION' end)::varchar as error_code,  -- why it could not be computed
    m.source_file_id::varchar as source_file_id,  -- file of the first return used
    m.source_row_number::bigint as source_row_number  -- its row
from summed as m
cross join ref_run__settings as s
