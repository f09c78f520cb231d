/*
description: >-
  Financed emissions and data quality of each portfolio and sector by scope. The score is weighted with outstanding over the loans that have a figure (F5);
  coverage is told beside it. Scopes are never added, and neither are drawn and committed. A loan over several sectors counts in each with its part
  (mart_portfolio__loan_sectors) and the plants of the sector; an estimate from revenue or assets is divided like the exposure.
grain: [portfolio_id, sector, scope]
*/
with figures as (
    select portfolio_id, loan_id, scope, sum(figure_count) as figure_count
    from int_loans__sector_emissions
    group by portfolio_id, loan_id, scope
),

placed as (
    select
        s.portfolio_id,
        s.loan_id,
        s.sector,
        f.scope,
        s.exposure_usd,
        f.pcaf_option,
        f.pcaf_score,
        f.data_quality_score,
        f.has_other_year,
        f.financed_tco2e * case when f.exposure_usd > 0 then s.exposure_usd::double / f.exposure_usd else 1.0 / count(*) over (partition by s.portfolio_id, s.loan_id, f.scope) end as estimated_tco2e,
        coalesce(k.figure_count, 0) > 0 as is_of_plants
    from mart_portfolio__loan_sectors as s
    inner join mart_portfolio__financed_emissions as f on s.portfolio_id = f.portfolio_id and s.loan_id = f.loan_id
    left join figures as k on f.portfolio_id = k.portfolio_id and f.loan_id = k.loan_id and f.scope = k.scope
),

parts as (
    select
        p.portfolio_id,
        p.loan_id,
        p.sector,
        p.scope,
        p.exposure_usd,
        case when p.is_of_plants then e.financed_tco2e::double else p.estimated_tco2e end as financed_tco2e,
        case when p.is_of_plants then e.commitment_tco2e::double end as commitment_tco2e,
        case when p.is_of_plants then e.worst_option else p.pcaf_option end as pcaf_option,
        case when p.is_of_plants then round(coalesce(e.score_usd::double / nullif(e.figure_plant_usd::double, 0), e.worst_score), 12) else p.pcaf_score end as pcaf_score,
        case when p.is_of_plants then round(coalesce(e.quality_usd::double / nullif(e.figure_plant_usd::double, 0), e.worst_quality), 12) else p.data_quality_score end as data_quality_score,
        p.is_of_plants and e.figure_count > 0 and e.figure_count < e.plant_count as is_part,
        case when p.is_of_plants then e.has_other_year else p.has_other_year end as has_other_year
    from placed as p
    left join int_loans__sector_emissions as e on p.portfolio_id = e.portfolio_id and p.loan_id = e.loan_id and p.sector = e.sector and p.scope = e.scope
),

rows_of_sectors as (
    select portfolio_id, sector, loan_id, scope, exposure_usd, financed_tco2e, commitment_tco2e, pcaf_option, pcaf_score, data_quality_score, is_part, has_other_year
    from parts
    union all
    select portfolio_id, 'all' as sector, loan_id, scope, exposure_usd, financed_tco2e, commitment_tco2e, pcaf_option, pcaf_score, data_quality_score, is_part, has_other_year
    from parts
),

sums as (
    select
        portfolio_id,
        sector,
        scope,
        count(distinct loan_id) as loan_count,
        count(distinct case when financed_tco2e is not null then loan_id end) as figure_count,
        sum(financed_tco2e::decimal(28, 9))::double as financed_tco2e,
        sum(commitment_tco2e::decimal(28, 9))::double as commitment_tco2e,
        sum(exposure_usd::decimal(20, 2))::double as exposure_usd,
        coalesce(sum(case when financed_tco2e is not null then exposure_usd::decimal(20, 2) end), 0)::double as figure_usd,
        coalesce(sum(case when is_part then exposure_usd::decimal(20, 2) end), 0)::double as part_usd,
        coalesce(sum(case when pcaf_option in ('1a', '1b') then exposure_usd::decimal(20, 2) end), 0)::double as reported_usd,
        sum(case when financed_tco2e is not null then (exposure_usd * pcaf_score)::decimal(28, 6) end)::double as score_sum,
        sum(case when financed_tco2e is not null then (exposure_usd * data_quality_score)::decimal(28, 6) end)::double as quality_sum,
        count(distinct case when has_other_year then loan_id end) as other_year_count
    from rows_of_sectors
    group by portfolio_id, sector, scope
)

select
    portfolio_id::varchar as portfolio_id,  -- portfolio
    sector::varchar as sector,  -- cement, steel, flat_glass; all = the three together
    scope::varchar as scope,  -- 1, 2 or another kind kept apart; never added
    loan_count::bigint as loan_count,  -- loans in scope of the headline; of a sector those with a part in it
    figure_count::bigint as figure_count,  -- loans with a figure
    financed_tco2e::double as financed_tco2e,  -- t CO2e of what is drawn; null = no figure
    commitment_tco2e::double as commitment_tco2e,  -- t CO2e of what is committed; beside it, never added
    exposure_usd::double as exposure_usd,  -- US dollars
    (figure_usd / nullif(exposure_usd, 0))::double as coverage_ratio,  -- exposure with a figure over all
    (part_usd / nullif(exposure_usd, 0))::double as part_ratio,  -- exposure of loans of which only some plants have a figure
    (reported_usd / nullif(figure_usd, 0))::double as reported_ratio,  -- exposure with reported emissions (1a, 1b) over that with a figure
    (score_sum / nullif(figure_usd, 0))::double as pcaf_score,  -- weighted with outstanding, 1 best, 5 weakest; null = no figure
    (quality_sum / nullif(figure_usd, 0))::double as data_quality_score,  -- with the points that assumptions of ours cost
    (financed_tco2e / nullif(figure_usd / 1000000, 0))::double as financed_tco2e_per_musd,  -- t CO2e a million US dollars outstanding
    other_year_count::bigint as other_year_count  -- loans whose emissions and exposure are of different years
from sums
