/*
description: >-
  Table of alignment in the form that PACTA and the EBA's disclosures of alignment ask for (view alignment of rules/frameworks): sector, carrying amount, metric, year, distance
  to the target and to the scenario, coverage, data-quality score, scenario edition. The figures are those of mart_portfolio__alignment for the whole book and of mart_portfolio__pcaf; nothing is computed here.
grain: [framework_id, portfolio_id, sector, region, scenario_source, scenario, year]
grain_nullable: [scenario]
*/
select
    l.framework_id::varchar as framework_id,  -- framework
    a.portfolio_id::varchar as portfolio_id,  -- portfolio
    a.sector::varchar as sector,  -- cement, steel or flat_glass
    a.region::varchar as region,  -- region; global = all countries
    a.scenario_source::varchar as scenario_source,  -- publisher and edition of the scenario; own = no scenario
    a.scenario::varchar as scenario,  -- scenario; own_reference = reference path of this project, no target; null = none
    a.year::bigint as year,  -- reference year
    l.edition::varchar as edition,  -- edition of the framework in force
    l.evidence::varchar as evidence,  -- evidence for the mapping
    a.sector_exposure_usd::double as carrying_amount_usd,  -- exposure of the book to plants of the sector
    l.title::varchar as metric,  -- alignment metric and its unit
    a.intensity_t_per_t::double as metric_value,  -- of the book; null = see reason_code
    a.target_intensity_t_per_t::double as target_value,  -- own start brought to the scenario's end; null = none
    a.reference_intensity_t_per_t::double as scenario_value,  -- scenario moved to the market, or the reference path
    a.target_deviation_ratio::double as distance_to_target_ratio,  -- (metric - target) / target; positive = worse
    a.reference_deviation_ratio::double as distance_to_scenario_ratio,  -- the same against the scenario
    a.weight_ratio::double as coverage_ratio,  -- part of the sector's exposure with an intensity
    q.pcaf_score::double as pcaf_score,  -- data-quality score of the sector's scope 1, 1 best to 5; null = no figure
    a.base_year::bigint as base_year,  -- year in which target and intensity are equal
    a.is_estimate::boolean as is_estimate,  -- some figure behind the metric is estimated
    a.reference_kind::varchar as reference_kind,  -- scenario, own_reference or none
    a.reason_code::varchar as reason_code  -- why a figure is missing; null = complete
from int_frameworks__lines as l
inner join ref_rules__framework_words as w on l.framework_id = w.framework_id and l.line_id = w.line_id and w.part = 'sectors'
inner join mart_portfolio__alignment as a on w.word = a.sector and a.company_id = '*'
left join mart_portfolio__pcaf as q on a.portfolio_id = q.portfolio_id and a.sector = q.sector and q.scope = '1'
where l.view = 'alignment'
