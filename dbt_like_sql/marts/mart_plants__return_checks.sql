/*
description: >-
  Two accounts of one thing held against each other: what a plant reports and what its other figures, its meters and its stacks give. One row per place,
  check, item and last day. A difference is shown with its size and says nothing about who is right; no verdict depends on it.
grain: [entity_id, check_name, item, period_end_date]
*/
with policy as (
    select
        min(case when key = 'agreement_ratio' then value end)::double as agreement_ratio,
        min(case when key = 'default_factor_ratio' then value end)::double as default_factor_ratio,
        min(case when key = 'manual_test_ratio' then value end)::double as manual_test_ratio
    from ref_rules__policy
    where policy_id = 'returns'
),

counted as (
    select * from int_returns__item_periods where gap_code is null
),

-- reported greenhouse gases and those of energy and process, over the periods that have both
gases as (
    select
        p.plant_id, p.entity_id, 'emissions_and_energy' as check_name, p.item, p.unit,
        min(p.period_start_date) as period_start_date, max(p.period_end_date) as period_end_date, count(*) as period_count,
        sum(p.value::decimal(28, 9))::double as reported_value, sum(e.emissions_t::decimal(28, 9))::double as compared_value
    from counted as p
    inner join int_plants__energy_emissions as e
        on p.plant_id = e.plant_id and p.item = case e.scope when '1' then 'co2_scope1' else 'co2_scope2' end
            and p.period_start_date = e.period_start_date and p.period_end_date = e.period_end_date and p.covered_days = e.covered_days
    where p.level = 'plant'
    group by p.plant_id, p.entity_id, p.item, p.unit
),

kinds as (
    select p.plant_id, p.entity_id, p.period_start_date, p.period_end_date, sum(p.value::decimal(28, 9)) as value
    from counted as p
    inner join ref_energy__fuels as f on p.item = f.item
    group by p.plant_id, p.entity_id, p.period_start_date, p.period_end_date
),

fuels as (
    select
        p.plant_id, p.entity_id, 'total_and_kinds' as check_name, p.item, p.unit,
        min(p.period_start_date) as period_start_date, max(p.period_end_date) as period_end_date, count(*) as period_count,
        sum(p.value::decimal(28, 9))::double as reported_value, sum(k.value)::double as compared_value
    from counted as p
    inner join kinds as k on p.entity_id = k.entity_id and p.period_start_date = k.period_start_date and p.period_end_date = k.period_end_date
    where p.item = 'fuel_energy' and not p.is_from_kinds
    group by p.plant_id, p.entity_id, p.item, p.unit
),

power as (
    select
        plant_id, entity_id, period_start_date, period_end_date,
        max(case when item = 'electricity_used' then value end) as used,
        max(case when item = 'electricity_purchased' then value end) as purchased,
        max(case when item = 'electricity_generated' then value end) as generated,
        max(case when item = 'electricity_metered' then value end) as metered
    from counted
    where item in ('electricity_used', 'electricity_purchased', 'electricity_generated', 'electricity_metered')
    group by plant_id, entity_id, period_start_date, period_end_date
),

electricity as (
    select
        p.plant_id, p.entity_id, k.check_name, 'electricity_used' as item, 'kWh' as unit,
        min(p.period_start_date) as period_start_date, max(p.period_end_date) as period_end_date, count(*) as period_count,
        sum(case k.check_name when 'returned_and_metered' then coalesce(p.purchased, p.used - coalesce(p.generated, 0)) else p.used end::decimal(28, 9))::double as reported_value,
        sum(case k.check_name when 'returned_and_metered' then p.metered else p.purchased + coalesce(p.generated, 0) end::decimal(28, 9))::double as compared_value
    from power as p
    cross join (values ('returned_and_metered'), ('used_and_supplied')) as k (check_name)
    where (k.check_name = 'returned_and_metered' and p.metered is not null and coalesce(p.purchased, p.used) is not null)
        or (k.check_name = 'used_and_supplied' and p.used is not null and p.purchased is not null)
    group by p.plant_id, p.entity_id, k.check_name
),

-- the units of a works cannot use or emit more than the works
unit_sums as (
    select plant_id, item, period_start_date, period_end_date, sum(value::decimal(28, 9)) as value
    from counted
    where level = 'unit'
    group by plant_id, item, period_start_date, period_end_date
),

wholes as (
    select
        p.plant_id, p.entity_id, 'works_and_units' as check_name, p.item, p.unit,
        min(p.period_start_date) as period_start_date, max(p.period_end_date) as period_end_date, count(*) as period_count,
        sum(p.value::decimal(28, 9))::double as reported_value, sum(u.value)::double as compared_value
    from counted as p
    inner join unit_sums as u on p.plant_id = u.plant_id and p.item = u.item and p.period_start_date = u.period_start_date and p.period_end_date = u.period_end_date
    where p.level = 'plant' and not p.is_from_units
    group by p.plant_id, p.entity_id, p.item, p.unit
),

-- load of a stack: mean concentration, dry at the oxygen measured, times the returned flue gas; for places with one stack
stack_places as (
    select entity_id, min(stack_id) as stack_id
    from (
        select 'plant:' || plant_id as entity_id, stack_id from stg_plants__emission_points
        union all
        select 'unit:' || unit_id as entity_id, stack_id from stg_plants__emission_points where unit_id is not null
    ) as places
    group by entity_id
    having count(*) = 1
),

stack_items as (
    select *
    from (values
        ('emission_pm', 'manual_test_pm', 'pm_concentration'), ('emission_so2', 'manual_test_so2', 'so2_concentration'), ('emission_nox', 'manual_test_nox', 'nox_concentration'),
        ('emission_hcl', 'manual_test_hcl', 'hcl_concentration'), ('emission_hf', 'manual_test_hf', 'hf_concentration')) as k (item, test_item, indicator_id)
),

load_periods as (
    select
        p.plant_id, p.entity_id, p.item, p.unit, p.period_start_date, p.period_end_date, p.value,
        g.value * (sum(d.value_sum::decimal(28, 9))::double / nullif(sum(d.valid_count), 0)) / 1000000 as load_kg
    from counted as p
    inner join stack_items as k on p.item = k.item
    inner join counted as g
        on p.entity_id = g.entity_id and g.item = 'flue_gas_volume' and p.period_start_date = g.period_start_date and p.period_end_date = g.period_end_date
    inner join stack_places as s on p.entity_id = s.entity_id
    inner join int_monitoring__daily_fold as d
        on s.stack_id = d.stack_id and k.indicator_id = d.indicator_id and d.day_date between p.period_start_date and p.period_end_date
    group by p.plant_id, p.entity_id, p.item, p.unit, p.period_start_date, p.period_end_date, p.value, g.value
),

loads as (
    select
        plant_id, entity_id, 'load_and_stack' as check_name, item, unit,
        min(period_start_date) as period_start_date, max(period_end_date) as period_end_date, count(*) as period_count,
        sum(value::decimal(28, 9))::double as reported_value, sum(load_kg::decimal(28, 9))::double as compared_value
    from load_periods
    where load_kg is not null
    group by plant_id, entity_id, item, unit
),

manual_tests as (
    select
        r.plant_id, case r.unit_id when '*' then 'plant:' || r.plant_id else 'unit:' || r.unit_id end as entity_id, 'stack_and_manual_test' as check_name, r.item, r.unit,
        r.period_start_date, r.period_end_date, 1 as period_count,
        sum(d.value_sum::decimal(28, 9))::double / nullif(sum(d.valid_count), 0) as reported_value, r.value as compared_value
    from int_returns__items as r
    inner join stack_items as k on r.item = k.test_item
    inner join stack_places as s on s.entity_id = case r.unit_id when '*' then 'plant:' || r.plant_id else 'unit:' || r.unit_id end
    inner join int_monitoring__daily_fold as d
        on s.stack_id = d.stack_id and k.indicator_id = d.indicator_id and d.day_date between r.period_start_date and r.period_end_date
    where r.value is not null
    group by r.plant_id, r.unit_id, r.item, r.unit, r.period_start_date, r.period_end_date, r.value
),

-- months of which every meter sent all, beside the same item of the returns; a supplier's meter beside what was bought
meters as (
    select
        p.plant_id, p.entity_id, 'returned_and_meter_readings' as check_name, p.item, p.unit, p.period_start_date, p.period_end_date, 1 as period_count,
        p.value as reported_value, m.amount as compared_value
    from int_returns__metered as m
    inner join counted as p
        on m.plant_id = p.plant_id and p.level = 'plant' and p.item = case m.item when 'electricity_metered' then 'electricity_purchased' else m.item end
            and p.period_start_date = m.period_start_date and p.period_end_date = m.period_end_date
    where m.is_whole
),

usual as (
    select entity_id, item, is_in_window, median(value / nullif(covered_days, 0)) as median_a_day
    from int_returns__place_periods
    where value > 0 and gap_code is null
    group by entity_id, item, is_in_window
),

slips as (
    select
        p.plant_id, p.entity_id, 'value_and_usual' as check_name, p.item, p.unit, p.period_start_date, p.period_end_date, 1 as period_count,
        p.value as reported_value, u.median_a_day * p.covered_days as compared_value
    from int_returns__place_periods as p
    left join usual as u on p.entity_id = u.entity_id and p.item = u.item and p.is_in_window = u.is_in_window
    where p.gap_code = 'UNIT_SUSPECT'
),

-- a whole year out of proportion to product or fuel; in a sum of units the unit's row tells it
magnitudes as (
    select
        p.plant_id, p.entity_id, 'amount_and_' || c.basis as check_name, p.item, p.unit,
        min(p.period_start_date) as period_start_date, max(p.period_end_date) as period_end_date, count(*) as period_count,
        sum(p.value::decimal(28, 9))::double as reported_value, c.expected_per_day * sum(p.covered_days) as compared_value
    from int_returns__amount_checks as c
    inner join int_returns__place_periods as p on c.entity_id = p.entity_id and c.item = p.item and c.is_in_window = p.is_in_window and p.gap_code is null
    where c.is_apart
    group by p.plant_id, p.entity_id, c.basis, p.item, p.unit, c.is_in_window, c.expected_per_day
),

sources as (
    select entity_id, item, 'amount_and_' || basis as check_name, min(source) as source
    from int_returns__amount_checks
    group by entity_id, item, basis
),

checks as (
    select plant_id, entity_id, check_name, item, unit, period_start_date, period_end_date, period_count, reported_value, compared_value from gases
    union all
    select plant_id, entity_id, check_name, item, unit, period_start_date, period_end_date, period_count, reported_value, compared_value from fuels
    union all
    select plant_id, entity_id, check_name, item, unit, period_start_date, period_end_date, period_count, reported_value, compared_value from electricity
    union all
    select plant_id, entity_id, check_name, item, unit, period_start_date, period_end_date, period_count, reported_value, compared_value from wholes
    union all
    select plant_id, entity_id, check_name, item, unit, period_start_date, period_end_date, period_count, reported_value, compared_value from loads
    union all
    select plant_id, entity_id, check_name, item, unit, period_start_date, period_end_date, period_count, reported_value, compared_value from manual_tests
    union all
    select plant_id, entity_id, check_name, item, unit, period_start_date, period_end_date, period_count, reported_value, compared_value from meters
    union all
    select plant_id, entity_id, check_name, item, unit, period_start_date, period_end_date, period_count, reported_value, compared_value from slips
    union all
    select plant_id, entity_id, check_name, item, unit, period_start_date, period_end_date, period_count, reported_value, compared_value from magnitudes
),

sized as (
    select
        c.*,
        case c.check_name when 'stack_and_manual_test' then p.manual_test_ratio when 'emissions_and_energy' then p.default_factor_ratio else p.agreement_ratio end as tolerance_ratio,
        round((c.reported_value - c.compared_value) / nullif(greatest(abs(c.reported_value), abs(c.compared_value)), 0), 9) as difference_ratio
    from checks as c
    cross join policy as p
)

select
    s.plant_id::varchar as plant_id,  -- plant
    s.entity_id::varchar as entity_id,  -- plant:… or unit:…
    s.check_name::varchar as check_name,  -- which two accounts
    s.item::varchar as item,  -- item of the returns
    coalesce(i.title, s.item)::varchar as item_title,  -- its name
    s.period_start_date::date as period_start_date,  -- first day
    s.period_end_date::date as period_end_date,  -- last day
    s.period_count::bigint as period_count,  -- periods that have both accounts
    s.reported_value::double as reported_value,  -- first account, in unit
    s.compared_value::double as compared_value,  -- second account, in unit; null = there is nothing to compare with
    s.unit::varchar as unit,  -- unit of both
    s.difference_ratio::double as difference_ratio,  -- (first - second) over the larger of both
    s.tolerance_ratio::double as tolerance_ratio,  -- up to here they agree (rules/policy/returns.yaml)
    (case
        when s.check_name in ('value_and_usual', 'amount_and_product', 'amount_and_fuel') then 'differs'
        when s.check_name = 'works_and_units' and s.difference_ratio >= -s.tolerance_ratio then 'agrees'
        when coalesce(abs(s.difference_ratio), 0) <= s.tolerance_ratio then 'agrees'
        else 'differs' end)::varchar as state,  -- agrees or differs
    (case s.check_name
        when 'emissions_and_energy' then 'reported, beside what fuel, process and electricity give at default factors'
        when 'total_and_kinds' then 'the total, beside the sum of the fuels by kind'
        when 'returned_and_metered' then 'electricity as returned, beside the meter'
        when 'returned_and_meter_readings' then 'the month as returned, beside the sum of the meter''s readings'
        when 'used_and_supplied' then 'electricity used, beside bought and made'
        when 'works_and_units' then 'the whole works, beside the sum of its units'
        when 'load_and_stack' then 'the load as returned, beside the stack: mean concentration times flue gas'
        when 'stack_and_manual_test' then 'the stack on the days of the test, beside the manual reference test'
        when 'amount_and_product' then 'the amount, beside what the tonnes of product make of a figure with a source; too far apart to be counted'
        when 'amount_and_fuel' then 'fuel and its CO2 beside each other at the default of coal; too far apart to be counted'
        else 'the period, beside what is usual here; it is not counted, because a slip of unit is likely' end)::varchar as words,  -- what is compared
    a.source::varchar as compared_source  -- where the figure of the second account stands; null = the account is the plant's own or says it in words
from sized as s
left join ref_rules__return_items as i on s.item = i.item
left join sources as a on s.entity_id = a.entity_id and s.item = a.item and s.check_name = a.check_name
