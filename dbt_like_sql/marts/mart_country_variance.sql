/*
description: >-
  How much each indicator varies between the plants of a country, and how far the country's median lies from each regime in force there.
  A plant counts once with the mean of its units. Fewer plants than rules/policy/country_variance.yaml asks for: the figures are withheld, n is shown.
  Quartiles are interpolated between the ranks around 1 + p (n - 1); the coefficient of variation is population standard deviation over mean.
grain: [indicator_id, sector, process, ref_o2_pct, country_iso3, instrument_id]
grain_nullable: [ref_o2_pct]
*/
with policy as (
    select coalesce(max(case when policy_id = 'country_variance' and key = 'min_plants' then value::integer end), 5) as min_plants
    from ref_rules__policy
),

ordered as (
    select
        *,
        row_number() over (partition by country_iso3, sector, process, indicator_id, ref_o2_pct order by value, plant_id) - 1 as place,
        count(*) over (partition by country_iso3, sector, process, indicator_id, ref_o2_pct) - 1 as last_place
    from int_plants__indicator_values
    where country_iso3 is not null and sector is not null
),

figures as (
    select
        country_iso3,
        sector,
        process,
        indicator_id,
        ref_o2_pct,
        count(*) as plant_count,
        avg(value::decimal(28, 9))::double as mean_value,
        stddev_pop(value) as sd_value,
        sum(case when place = floor(0.25 * last_place) then value * (1 - (0.25 * last_place - floor(0.25 * last_place))) else 0 end)
            + sum(case when place = floor(0.25 * last_place) + 1 then value * (0.25 * last_place - floor(0.25 * last_place)) else 0 end) as lower_quartile,
        sum(case when place = floor(0.5 * last_place) then value * (1 - (0.5 * last_place - floor(0.5 * last_place))) else 0 end)
            + sum(case when place = floor(0.5 * last_place) + 1 then value * (0.5 * last_place - floor(0.5 * last_place)) else 0 end) as median_value,
        sum(case when place = floor(0.75 * last_place) then value * (1 - (0.75 * last_place - floor(0.75 * last_place))) else 0 end)
            + sum(case when place = floor(0.75 * last_place) + 1 then value * (0.75 * last_place - floor(0.75 * last_place)) else 0 end) as upper_quartile
    from ordered
    group by country_iso3, sector, process, indicator_id, ref_o2_pct
),

-- strictest limit of each instrument that judges such plants of the country today
regimes as (
    select e.country_iso3, e.sector, coalesce(e.process, '-') as process, f.indicator_id, t.ref_o2_pct, f.instrument_id,
        case when min(t.operator) in ('at_most', 'below') then min(f.limit_value) else max(f.limit_value) end as limit_value
    from int_plants__effective_limits as f
    inner join ref_rules__thresholds as t on f.threshold_id = t.threshold_id
    inner join int_plants__entities as e on f.entity_id = e.entity_id
    where f.limit_value is not null
    group by e.country_iso3, e.sector, coalesce(e.process, '-'), f.indicator_id, t.ref_o2_pct, f.instrument_id
),

shown as (
    select g.*, r.instrument_id, r.limit_value, g.plant_count >= p.min_plants as is_shown
    from figures as g
    cross join policy as p
    left join regimes as r
        on g.country_iso3 = r.country_iso3 and g.sector = r.sector and g.process = r.process and g.indicator_id = r.indicator_id
            and coalesce(g.ref_o2_pct, -1) = coalesce(r.ref_o2_pct, -1)
)

select
    s.indicator_id::varchar as indicator_id,  -- indicator
    i.title::varchar as indicator_title,  -- in words
    i.unit::varchar as unit,  -- unit of the figures
    s.sector::varchar as sector,  -- cement, steel or flat_glass
    s.process::varchar as process,  -- kind of unit; - = of whole plants
    s.ref_o2_pct::double as ref_o2_pct,  -- reference oxygen of the figures; null = none
    s.country_iso3::varchar as country_iso3,  -- country
    coalesce(s.instrument_id, '-')::varchar as instrument_id,  -- instrument compared with; - = none in force
    s.plant_count::bigint as plant_count,  -- n: plants with a value
    s.is_shown::boolean as is_shown,  -- false: too few plants, the figures are withheld
    (case when s.is_shown then round(s.mean_value, 9) end)::double as mean_value,  -- mean of the plants
    (case when s.is_shown then round(s.lower_quartile, 9) end)::double as lower_quartile,  -- first quartile
    (case when s.is_shown then round(s.median_value, 9) end)::double as median_value,  -- median
    (case when s.is_shown then round(s.upper_quartile, 9) end)::double as upper_quartile,  -- third quartile
    (case when s.is_shown then round(s.sd_value, 9) end)::double as standard_deviation,  -- of the population
    (case when s.is_shown then round(s.sd_value / nullif(abs(s.mean_value), 0), 9) end)::double as variation_ratio,  -- coefficient of variation
    s.limit_value::double as limit_value,  -- strictest limit of the instrument; null = none in force
    (case when s.is_shown then round((s.median_value - s.limit_value) / nullif(abs(s.limit_value), 0), 9) end)::double as distance_ratio  -- (median - limit)/|limit|
from shown as s
left join ref_rules__indicators as i on s.indicator_id = i.indicator_id
