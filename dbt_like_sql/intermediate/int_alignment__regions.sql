/*
description: >-
  Regions of each scenario: as delivered with it; where it comes without a region 'global' or 'belt_and_road', all countries (of plants too) and the members.
  The source 'own' holds these two for figures that rest on no scenario.
grain: [region_source, region, country_code]
*/
with sources as (
    select distinct scenario_source as region_source
    from int_alignment__scenarios
    union
    select 'own' as region_source
),

countries as (
    select country_iso3
    from stg_plants__plants
    union
    select country_iso3
    from stg_reference__countries
),

standing as (
    select 'global' as region, country_iso3
    from countries
    union all
    select 'belt_and_road' as region, country_iso3
    from stg_reference__countries
    where bri_joined_year is not null
),

delivered as (
    select distinct scenario_source, region
    from stg_reference__scenario_regions
),

filled as (
    select s.region_source, t.region, t.country_iso3
    from sources as s
    cross join standing as t
    left join delivered as d on s.region_source = d.scenario_source and t.region = d.region
    where d.region is null
    union all
    select scenario_source as region_source, region, country_iso3
    from stg_reference__scenario_regions
)

select
    region_source::varchar as region_source,  -- scenario whose regions these are; own = of this project
    region::varchar as region,  -- region
    country_iso3::varchar as country_code  -- country
from filled
