/*
description: >-
  Every way in which a plant's emissions of the window can be known, one row per plant, scope and way: reported, from energy and process, from production
  and a factor, from capacity and a factor. Energy and process stand in int_plants__energy_emissions. int_plants__emissions takes the best way.
grain: [plant_id, scope, way]
*/
with policy as (
    select min(case when key = 'min_complete_ratio' then value end)::double as min_complete_ratio
    from ref_rules__policy
    where policy_id = 'returns'
),

verified as (
    select distinct m.plant_id
    from stg_monitoring__management_evidence as m
    cross join ref_run__settings as s
    where m.item = 'ghg_verification' and m.status = 'yes' and m.valid_from_date <= s.as_of_date and (m.valid_to_date is null or m.valid_to_date >= s.as_of_date)
),

gases as (
    select plant_id, item, min(case when sent_unit like '%CO2e%' or sent_unit like '%CO2-eq%' then 'CO2e' else 'CO2' end) as gas_basis
    from int_returns__items
    where item in ('co2_scope1', 'co2_scope2')
    group by plant_id, item
),

reported as (
    select
        p.plant_id,
        case p.item when 'co2_scope1' then '1' else '2' end as scope,
        'reported' as way,
        sum(p.value::decimal(28, 9))::double as emissions_t,
        sum(p.covered_days) as covered_days,
        max(p.tier_rank) as tier_rank,
        max(case when v.plant_id is not null then 1 else 0 end) as is_verified,
        min(g.gas_basis) as gas_basis,
        'returns' as factor_source
    from int_returns__item_periods as p
    left join verified as v on p.plant_id = v.plant_id
    left join gases as g on p.plant_id = g.plant_id and p.item = g.item
    where p.level = 'plant' and p.item in ('co2_scope1', 'co2_scope2') and p.gap_code is null
    group by p.plant_id, p.item
),

energy as (
    select
        plant_id,
        scope,
        'energy' as way,
        sum(emissions_t::decimal(28, 9))::double as emissions_t,
        sum(covered_days) as covered_days,
        max(tier_rank) as tier_rank,
        0 as is_verified,
        'CO2' as gas_basis,
        case when min(factor_source) = max(factor_source) then min(factor_source) else min(factor_source) || '; ' || max(factor_source) end as factor_source
    from int_plants__energy_emissions
    group by plant_id, scope
),

-- amount and factor of every item and month of the scope, or no estimate
made as (
    select
        f.plant_id,
        f.scope,
        case when max(case when m.basis = 'capacity' then 1 else 0 end) = 1 then 'capacity' else 'production' end as way,
        sum((m.production_t * f.factor_t_per_unit)::decimal(28, 9))::double as emissions_t,
        count(*) as amount_count,
        count(m.production_t) as known_count,
        count(distinct f.period_end_date) as month_count,
        case when min(f.factor_source) = max(f.factor_source) then min(f.factor_source) else min(f.factor_source) || '; ' || max(f.factor_source) end as factor_source
    from int_plants__emission_factors as f
    left join int_plants__production_months as m on f.plant_id = m.plant_id and f.item = m.item and f.period_end_date = m.period_end_date
    where f.item <> 'electricity_purchased'
    group by f.plant_id, f.scope
),

counted as (
    select
        w.plant_id, w.scope, w.way, w.tier_rank, w.is_verified, w.gas_basis, w.factor_source,
        w.covered_days / nullif(s.window_end_date - s.window_start_date + 1, 0) as complete_ratio,
        w.emissions_t * (s.window_end_date - s.window_start_date + 1) / nullif(w.covered_days, 0) as emissions_t
    from (
        select plant_id, scope, way, tier_rank, is_verified, gas_basis, factor_source, covered_days, emissions_t from reported
        union all
        select plant_id, scope, way, tier_rank, is_verified, gas_basis, factor_source, covered_days, emissions_t from energy
    ) as w
    cross join ref_run__settings as s
    cross join policy as y
    where w.covered_days / nullif(s.window_end_date - s.window_start_date + 1, 0) >= y.min_complete_ratio
),

ways as (
    select plant_id, scope, way, emissions_t, complete_ratio, tier_rank, is_verified, gas_basis, factor_source from counted
    union all
    select m.plant_id, m.scope, m.way, m.emissions_t, null as complete_ratio, 3 as tier_rank, 0 as is_verified, 'CO2' as gas_basis, m.factor_source
    from made as m
    inner join (select count(*) as month_count from int_run__periods where period_kind = 'month' and is_over) as n on m.month_count = n.month_count
    where m.amount_count = m.known_count
),

-- a year with missing days, and what the operator itself estimated, rank with estimates from production
scored as (
    select
        *,
        case
            when way = 'capacity' then '3b'
            when way = 'production' or complete_ratio < 1 or tier_rank = 3 then '2b'
            when way = 'energy' then '2a'
            when is_verified = 1 then '1a'
            else '1b' end as pcaf_option
    from ways
)

select
    plant_id::varchar as plant_id,  -- plant
    scope::varchar as scope,  -- 1 direct, 2 purchased electricity and heat
    way::varchar as way,  -- reported, energy, production or capacity
    (case when pcaf_option = '1a' then 1 when pcaf_option = '1b' then 2 when pcaf_option = '2a' then 3 when way = 'reported' then 4
        when way = 'energy' then 5 when way = 'production' then 6 else 7 end)::integer as way_no,  -- order of trust; the lowest number counts
    round(emissions_t, 6)::double as emissions_tco2e,  -- t CO2e of the whole window; missing days at the mean of the others
    complete_ratio::double as complete_ratio,  -- days with data over days of the window; null = an estimate from amounts
    (case when pcaf_option not in ('1a', '1b') then 'estimated' when tier_rank = 1 then 'measured' else 'reported' end)::varchar as evidence_tier,  -- measured, reported or estimated; a year with missing days is an estimate
    pcaf_option::varchar as pcaf_option,  -- option of the PCAF data-quality table; see docs/method_returns.md
    (case pcaf_option when '1a' then 1 when '1b' then 2 when '2a' then 2 when '2b' then 3 else 5 end)::integer as pcaf_score,  -- 1 best, 5 weakest
    gas_basis::varchar as gas_basis,  -- CO2, or CO2e as the returns name it
    factor_source::varchar as factor_source  -- returns, or the factors with their sources
from scored
where emissions_t is not null
