/*
description: >-
  Loans behind new capacity, each with what the host country needs: plants or units announced, under construction, or commissioned after the loan was signed.
  Where capacity is in excess or the need is met the loan carries a flag. The country's newest year with a known balance counts, not after the day of the run.
grain: [portfolio_id, loan_id, plant_id]
*/
with built as (
    select
        a.portfolio_id,
        a.loan_id,
        a.plant_id,
        a.sector,
        a.exposure_usd,
        g.origination_date,
        p.plant_name,
        p.country_iso3,
        p.status,
        p.capacity_t_per_year,
        case
            when p.status in ('construction', 'announced') then 'plant_' || p.status
            when p.commissioning_date > g.origination_date then 'plant_commissioned_after_signing'
        end as plant_reason
    from int_loans__attribution as a
    inner join stg_plants__plants as p on a.plant_id = p.plant_id
    left join int_loans__exposure as g on a.portfolio_id = g.portfolio_id and a.loan_id = g.loan_id
),

units as (
    select b.portfolio_id, b.loan_id, b.plant_id, count(*) as unit_count, sum(u.capacity_t_per_year::decimal(28, 3))::double as unit_capacity_t
    from built as b
    inner join stg_plants__process_units as u on b.plant_id = u.plant_id
    where u.process in ('clinker_kiln', 'cement_mill', 'blast_furnace', 'bof_converter', 'eaf', 'dri_furnace', 'float_line', 'sheet_glass_line', 'rolled_glass_line')
        and (u.status in ('construction', 'announced') or u.commissioning_date > b.origination_date)
    group by b.portfolio_id, b.loan_id, b.plant_id
),

needs as (
    select c.*, row_number() over (partition by c.country_iso3, c.sector order by case when c.need_state = 'unknown' then 2 else 1 end, c.year desc) as choice
    from mart_country__capacity as c
    cross join ref_run__settings as s
    where c.year <= extract(year from s.as_of_date)
)

select
    b.portfolio_id::varchar as portfolio_id,  -- portfolio
    b.loan_id::varchar as loan_id,  -- loan
    b.plant_id::varchar as plant_id,  -- plant with the new capacity
    b.plant_name::varchar as plant_name,  -- name as sent
    b.country_iso3::varchar as country_iso3,  -- host country
    b.sector::varchar as sector,  -- cement, steel or flat_glass
    coalesce(b.plant_reason, 'unit_added_after_signing')::varchar as new_capacity_reason,  -- plant_announced, plant_construction, plant_commissioned_after_signing or unit_added_after_signing
    b.origination_date::date as origination_date,  -- day the loan was signed; null = not reported, so that only announced capacity and capacity under construction is seen
    (case when b.plant_reason is not null then b.capacity_t_per_year else u.unit_capacity_t end)::double as new_capacity_t_per_year,  -- tonnes a year; null = not known
    b.exposure_usd::decimal(20, 6) as exposure_usd,  -- US dollars
    n.year::integer as need_year,  -- year of the country's balance; null = none known
    coalesce(n.need_state, 'unknown')::varchar as need_state,  -- excess, need_met, shortfall or unknown
    n.utilisation_ratio::double as utilisation_ratio,  -- of the country
    n.excess_t::double as excess_t,  -- of the country, tonnes
    n.excess_basis::varchar as excess_basis,  -- capacity - consumption or capacity - production
    (case coalesce(n.need_state, 'unknown') when 'excess' then 'over_capacity' when 'need_met' then 'need_met' when 'shortfall' then 'needed' else 'not_known' end)::varchar as flag,  -- over_capacity, need_met, needed or not_known
    (coalesce(n.need_state, 'unknown') in ('excess', 'need_met'))::boolean as has_overcapacity_flag  -- the loan adds capacity where it is not needed
from built as b
left join units as u on b.portfolio_id = u.portfolio_id and b.loan_id = u.loan_id and b.plant_id = u.plant_id
left join needs as n on b.country_iso3 = n.country_iso3 and b.sector = n.sector and n.choice = 1
where b.plant_reason is not null or u.plant_id is not null
