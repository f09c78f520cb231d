/*
description: >-
  Capacity, production, consumption and trade of a country and sector as delivered, in tonnes: one row per country, sector, year and measure; a repeated figure counts once.
grain: [country_iso3, sector, year, measure]
*/
with ranked as (
    select
        *,
        row_number() over (
            partition by upper(trim(country_iso3)), lower(trim(sector)), year, lower(trim(measure))
            order by source_file_id, source_row_number
        ) as row_rank
    from raw_reference__country_demand
)

select
    upper(nullif(trim(country_iso3), ''))::varchar as country_iso3,  -- country
    lower(nullif(trim(sector), ''))::varchar as sector,  -- cement, steel or flat_glass
    year::integer as year,  -- calendar year, or the fiscal year that ends in it
    lower(nullif(trim(measure), ''))::varchar as measure,  -- capacity, production, consumption, imports or exports
    (value * case unit when 'Mt' then 1000000 when 'kt' then 1000 when 't' then 1 end)::double as value_t,  -- tonnes of product; capacity in tonnes a year
    nullif(trim(source), '')::varchar as source,  -- who published it
    coalesce(lower(nullif(trim(evidence_tier), '')), 'reported')::varchar as evidence_tier,  -- reported or estimated
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file as a person counts it
from ranked
where row_rank = 1
