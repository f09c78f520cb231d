/*
description: >-
  Values of every rule through time: one line per dated entry and tier, as the instrument prints it and as it is used, with the clause and whether it is in force on
  the as-of day. What was in force on an earlier date is judged by the entry of that date.
grain: [threshold_id]
*/
select
    t.threshold_id::varchar as threshold_id,  -- rule, tier and first day
    t.rule_id::varchar as rule_id,  -- rule
    t.tier::varchar as tier,  -- level of the instrument; null = one value for all
    t.valid_from_date::date as valid_from_date,  -- first day
    t.valid_to_date::date as valid_to_date,  -- first day on which the next entry holds; null = open
    t.existing_plants_from_date::date as existing_plants_from_date,  -- first day for plants that stood before; null = the same day
    (t.valid_from_date <= s.as_of_date and (t.valid_to_date is null or t.valid_to_date > s.as_of_date))::boolean as is_in_force,  -- holds on the as-of day
    t.operator::varchar as operator,  -- below, at_most, at_least, above, prohibited or required
    t.limit_value::double as limit_value,  -- in unit, as it is compared; null = a formula, or no number
    i.unit::varchar as unit,  -- unit of the indicator; null = no number
    t.printed_value::double as printed_value,  -- as the instrument prints it
    t.printed_unit::varchar as printed_unit,  -- unit in which it is printed
    t.limit_expression::varchar as limit_expression,  -- formula of the limit; null = a number
    t.required_item::varchar as required_item,  -- what must be there; null = a limit
    t.averaging::varchar as averaging,  -- hour, day, month, year, point …
    t.ref_o2_pct::double as ref_o2_pct,  -- reference oxygen; null = none
    t.gas_basis::varchar as gas_basis,  -- dry or wet; null = no gas
    t.pass_share_ratio::double as pass_share_ratio,  -- share of periods that must be within it; null = every one
    t.min_capture_ratio::double as min_capture_ratio,  -- valid share of operating hours that is needed; null = none
    t.clause::varchar as clause,  -- clause, table or annex
    t.href::varchar as href  -- where the text is
from ref_rules__thresholds as t
cross join ref_run__settings as s
left join ref_rules__indicators as i on t.indicator_id = i.indicator_id
