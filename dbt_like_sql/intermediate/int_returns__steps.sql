/*
description: >-
  How each value from returns comes about: per indicator and item the amount over the counted periods, its unit, the factor and what it contributes.
  The value of the indicator is the sum of the contributions of its numerator over that of its denominator.
grain: [entity_id, indicator_id, role, item, factor]
*/
select
    p.entity_id::varchar as entity_id,  -- plant:… or unit:…
    p.plant_id::varchar as plant_id,  -- plant
    p.indicator_id::varchar as indicator_id,  -- indicator
    p.role::varchar as role,  -- numerator or denominator
    p.item::varchar as item,  -- what is returned
    sum(p.value::decimal(28, 9))::double as amount,  -- sum over the counted periods, in unit
    p.unit::varchar as unit,  -- canonical unit of the item
    p.factor::double as factor,  -- brings the item to the unit of the indicator; a factor that changes in the window gives two rows
    coalesce(f.instrument_title, 'by definition of the indicator')::varchar as factor_source,  -- instrument that states a dated factor
    sum(p.contribution::decimal(28, 9))::double as contribution,  -- amount x factor, added up period by period
    max(p.tier_rank)::integer as tier_rank,  -- 1 measured, 2 reported, 3 estimated; the weakest
    count(*)::bigint as period_count,  -- counted periods
    (min(p.period_end_date - p.period_start_date) >= 27 and max(p.period_end_date - p.period_start_date) <= 30)::boolean as is_monthly,  -- every period is a month
    min(p.period_start_date)::date as period_start_date,  -- first day counted
    max(p.period_end_date)::date as period_end_date,  -- last day counted
    min(p.source_file_id)::varchar as source_file_id,  -- first file, by id
    (case when min(p.source_file_id) = max(p.last_source_file_id) then 1 else 2 end)::integer as source_file_count,  -- 1, or 2 for more than one
    min(p.first_source_row_number)::bigint as first_source_row_number,  -- lowest row number
    max(p.last_source_row_number)::bigint as last_source_row_number  -- highest row number
from int_returns__indicator_periods as p
left join ref_rules__factors as f on p.factor_id = f.factor_id
where p.is_counted
group by p.entity_id, p.plant_id, p.indicator_id, p.role, p.item, p.unit, p.factor, coalesce(f.instrument_title, 'by definition of the indicator')
