/*
description: >-
  Each plant on one line: class with its reason, index interval, legal answer, verdict counts, and the exposure behind it.
grain: [plant_id]
*/
with counts as (
    select
        plant_id,
        count(case when state = 'PASS' then 1 end) as pass_count,
        count(case when state = 'FAIL' then 1 end) as fail_count,
        count(case when state = 'INDETERMINATE' then 1 end) as indeterminate_count,
        count(case when state = 'NO_DATA' then 1 end) as no_data_count,
        count(case when state = 'NOT_APPLICABLE' then 1 end) as not_applicable_count,
        count(case when state = 'ERROR' then 1 end) as error_count
    from int_plants__verdicts
    group by plant_id
),

exposures as (
    select plant_id, sum(exposure_usd) as exposure_usd, count(distinct portfolio_id || ' ' || loan_id) as loan_count
    from int_loans__attribution
    group by plant_id
)

select
    p.plant_id::varchar as plant_id,  -- plant
    p.plant_name::varchar as plant_name,  -- name as sent
    p.country_iso3::varchar as country_iso3,  -- host country
    p.sector::varchar as sector,  -- cement, steel or flat_glass
    p.route::varchar as route,  -- production route; null = unknown
    p.status::varchar as status,  -- operating, construction …
    p.owner_name::varchar as owner_name,  -- direct owner as sent
    p.capacity_t_per_year::double as capacity_t_per_year,  -- tonnes of main product a year
    c.plant_class::varchar as plant_class,  -- green, transition, not_green or unknown
    c.class_best::varchar as class_best,  -- class if every unknown passed
    c.class_worst::varchar as class_worst,  -- class if every unknown failed
    c.class_reason::varchar as class_reason,  -- what decides it or keeps it open
    c.legal_state::varchar as legal_state,  -- worst of the binding, verified rules
    c.elimination_state::varchar as elimination_state,  -- eliminated equipment: PASS none, FAIL found, NO_DATA not known
    c.index_level_best::varchar as index_level_best,  -- level if every unknown passed; null = no index definition
    c.index_level_worst::varchar as index_level_worst,  -- level if every unknown failed
    x.score_ii_low::double as score_low,  -- Y_II, unknowns failed
    x.score_ii_high::double as score_high,  -- Y_II, unknowns passed
    coalesce(n.pass_count, 0)::bigint as pass_count,  -- verdicts PASS
    coalesce(n.fail_count, 0)::bigint as fail_count,  -- verdicts FAIL
    coalesce(n.indeterminate_count, 0)::bigint as indeterminate_count,  -- verdicts INDETERMINATE
    coalesce(n.no_data_count, 0)::bigint as no_data_count,  -- verdicts NO_DATA
    coalesce(n.not_applicable_count, 0)::bigint as not_applicable_count,  -- verdicts NOT_APPLICABLE
    coalesce(n.error_count, 0)::bigint as error_count,  -- verdicts ERROR
    coalesce(e.loan_count, 0)::bigint as loan_count,  -- loans that lead to it
    e.exposure_usd::double as exposure_usd  -- US dollars over all portfolios; null = no loan leads to it
from stg_plants__plants as p
inner join int_plants__class as c on p.plant_id = c.plant_id
left join int_plants__index as x on p.plant_id = x.plant_id
left join counts as n on p.plant_id = n.plant_id
left join exposures as e on p.plant_id = e.plant_id
