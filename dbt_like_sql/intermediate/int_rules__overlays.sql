/*
description: >-
  Overlays that apply to a threshold at a plant, unit or stack today (rules/overlays/): every condition is known to hold, the overlay is in force and
  its evidence reaches the bar. A condition that is not known never moves a limit.
grain: [overlay_id, threshold_id, entity_id]
*/
with bar as (
    select max(case when policy_id = 'evidence_bar' and key = 'minimum' then value end) as minimum_evidence
    from ref_rules__policy
)

select
    o.overlay_id::varchar as overlay_id,  -- overlay
    a.threshold_id::varchar as threshold_id,  -- dated threshold it moves
    a.entity_id::varchar as entity_id,  -- plant, unit or stack
    max(o.factor_value)::double as factor_value,  -- what the limit is multiplied by; null = a formula or a replacement
    max(o.factor_expression)::varchar as factor_expression,  -- formula of the factor; null = none
    max(o.replacement_value)::double as replacement_value  -- limit in place of the printed one; null = a factor
from int_rules__applicability as a
inner join ref_rules__overlays as o on a.rule_id = o.rule_id and (o.tier is null or o.tier = a.tier)
inner join int_plants__entities as e on a.entity_id = e.entity_id
inner join stg_plants__plants as p on e.plant_id = p.plant_id
cross join ref_run__settings as s
cross join bar
left join stg_reference__countries as c on e.country_iso3 = c.country_iso3
where a.is_applicable = 'yes'
    and o.valid_from_date <= s.as_of_date and (o.last_day_date is null or o.last_day_date >= s.as_of_date)
    and case o.evidence when 'printed_text' then 3 when 'secondary' then 2 else 1 end
        >= case bar.minimum_evidence when 'printed_text' then 3 when 'secondary' then 2 else 1 end
    and (o.country_iso3 is null or o.country_iso3 = e.country_iso3)
    and (o.region is null or o.region = e.region_code or o.region = e.city_code)
    and (o.region_class is null or o.region_class = e.region_class)
    and (o.fuel is null or o.fuel = e.fuel)
    and (o.raw_material is null or o.raw_material = e.raw_material)
    and (o.air_quality_zone is null or o.air_quality_zone = c.air_quality_zone)
    and (o.altitude_above_m is null or p.altitude_m > o.altitude_above_m)
    and (o.water_stress_from is null or c.water_stress_score >= o.water_stress_from)
group by o.overlay_id, a.threshold_id, a.entity_id
