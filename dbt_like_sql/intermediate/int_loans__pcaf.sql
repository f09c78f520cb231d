/*
description: >-
  Financed emissions of each loan by scope with the best option that the evidence allows: the loan's plants (options 1a to 2b); where none of them has a figure,
  revenue times a factor of the sector (3a), outstanding times a factor per asset (3b), or the first with the turnover of the assets (3c). A factor of the sector
  is used where rules/factors/sector_emissions.yaml has one (<sector>_per_revenue_scope_1, t CO2e per million US dollars); none is invented.
grain: [portfolio_id, loan_id, scope]
*/
with of_plants as (
    select
        portfolio_id,
        loan_id,
        scope,
        sum(financed_tco2e)::double as financed_tco2e,
        sum(commitment_tco2e)::double as commitment_tco2e,
        sum(plant_count) as plant_count,
        sum(figure_count) as figure_count,
        max(worst_option) as worst_option,
        min(reason_code) as reason_code,
        max(emissions_end_date) as emissions_end_date,
        bool_or(has_other_year) as has_other_year,
        sum(score_usd)::double / nullif(sum(figure_plant_usd)::double, 0) as weighted_score,
        sum(quality_usd)::double / nullif(sum(figure_plant_usd)::double, 0) as weighted_quality,
        max(worst_score) as worst_score,
        max(worst_quality) as worst_quality
    from int_loans__sector_emissions
    group by portfolio_id, loan_id, scope
),

scopes as (
    select distinct scope
    from int_plants__emissions
),

factors as (
    select split_part(factor_id, '__', 2) as name, factor_value
    from ref_rules__factors
    where factor_table = 'sector_emissions' and status = 'active'
),

estimated as (
    select
        e.portfolio_id,
        e.loan_id,
        k.scope,
        f.attribution_factor * c.revenue_usd::double / 1000000 * r.factor_value as by_revenue_tco2e,
        f.drawn_usd::double / 1000000 * b.factor_value as by_asset_tco2e,
        f.drawn_usd::double / 1000000 * r.factor_value * t.factor_value as by_turnover_tco2e
    from int_loans__exposure as e
    cross join scopes as k
    inner join int_loans__attribution_factors as f on e.portfolio_id = f.portfolio_id and e.loan_id = f.loan_id
    left join int_counterparties__accounts as c on f.value_holder_id = c.counterparty_id
    left join factors as r on r.name = e.sector || '_per_revenue_scope_' || k.scope
    left join factors as b on b.name = e.sector || '_per_asset_scope_' || k.scope
    left join factors as t on t.name = e.sector || '_asset_turnover'
    where e.exposure_state = 'ok'
),

chosen as (
    select
        x.portfolio_id,
        x.loan_id,
        x.scope,
        case
            when p.figure_count > 0 then p.worst_option
            when x.by_revenue_tco2e is not null then '3a'
            when x.by_asset_tco2e is not null then '3b'
            when x.by_turnover_tco2e is not null then '3c'
        end as pcaf_option,
        case when p.figure_count > 0 then p.financed_tco2e else coalesce(x.by_revenue_tco2e, x.by_asset_tco2e, x.by_turnover_tco2e) end as financed_tco2e,
        case when p.figure_count > 0 then p.commitment_tco2e end as commitment_tco2e,
        case when p.figure_count > 0 then coalesce(p.weighted_score, p.worst_score) when x.by_revenue_tco2e is not null then 4 when coalesce(x.by_asset_tco2e, x.by_turnover_tco2e) is not null then 5 end as pcaf_score,
        case when p.figure_count > 0 then coalesce(p.weighted_quality, p.worst_quality) when x.by_revenue_tco2e is not null then 4 when coalesce(x.by_asset_tco2e, x.by_turnover_tco2e) is not null then 5 end as data_quality_score,
        case when p.figure_count = p.plant_count then 'whole' when p.figure_count > 0 then 'part' when coalesce(x.by_revenue_tco2e, x.by_asset_tco2e, x.by_turnover_tco2e) is not null then 'whole' else 'none' end as figure_state,
        case when p.plant_count is null then 'NO_MATCH' else p.reason_code end as reason_code,
        p.emissions_end_date,
        p.has_other_year
    from estimated as x
    left join of_plants as p on x.portfolio_id = p.portfolio_id and x.loan_id = p.loan_id and x.scope = p.scope
)

select
    portfolio_id::varchar as portfolio_id,  -- portfolio
    loan_id::varchar as loan_id,  -- loan
    scope::varchar as scope,  -- 1, 2 or another kind kept apart
    pcaf_option::varchar as pcaf_option,  -- option that the evidence allows; of several plants the weakest; null = no figure
    round(financed_tco2e, 9)::double as financed_tco2e,  -- t CO2e; null = not known
    round(commitment_tco2e, 9)::double as commitment_tco2e,  -- the same for what is committed; beside it, never added
    round(pcaf_score, 12)::double as pcaf_score,  -- 1 best, 5 weakest
    round(data_quality_score, 12)::double as data_quality_score,  -- with the points that assumptions of ours cost
    figure_state::varchar as figure_state,  -- whole, part (some of its plants have no figure) or none
    (case when figure_state <> 'whole' or reason_code = 'OWNERSHIP_CIRCLE' then coalesce(reason_code, 'EMISSIONS_MISSING') end)::varchar as reason_code,  -- what is missing or doubtful; null = fine
    emissions_end_date::date as emissions_end_date,  -- last day of the year of the emissions
    has_other_year::boolean as has_other_year  -- emissions and exposure are of different years; null = no figure
from chosen
