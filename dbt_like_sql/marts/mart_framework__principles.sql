/*
description: >-
  Disclosure behind each portfolio by kind of information (view principles of rules/frameworks): plants with a measured or reported figure over the plants that the
  question applies to, by number and by exposure. Estimates do not count as disclosed.
grain: [framework_id, portfolio_id, line_id]
*/
with asked as (
    select
        w.framework_id,
        w.line_id,
        v.plant_id,
        max(case when v.measured_value is not null and v.evidence_tier in ('measured', 'reported') then 1 else 0 end) as is_disclosed,
        max(case when v.measured_value is not null and v.evidence_tier = 'measured' then 1 else 0 end) as is_measured
    from ref_rules__framework_words as w
    inner join int_plants__verdicts as v on w.word = v.indicator_id
    where w.part = 'indicators' and v.state <> 'NOT_APPLICABLE'
    group by w.framework_id, w.line_id, v.plant_id
)

select
    l.framework_id::varchar as framework_id,  -- framework
    p.portfolio_id::varchar as portfolio_id,  -- portfolio
    l.line_id::varchar as line_id,  -- kind of information
    l.edition::varchar as edition,  -- edition in force
    l.evidence::varchar as evidence,  -- evidence for the mapping
    l.title::varchar as title,  -- in words
    count(*)::bigint as plant_count,  -- plants behind the portfolio that the question applies to
    count(case when a.is_disclosed = 1 then 1 end)::bigint as disclosed_count,  -- with a measured or reported figure
    count(case when a.is_measured = 1 then 1 end)::bigint as measured_count,  -- with a measured one
    sum(p.exposure_usd::decimal(20, 2))::double as exposure_usd,  -- behind the plants asked
    sum(case when a.is_disclosed = 1 then p.exposure_usd else 0 end::decimal(20, 2))::double as disclosed_usd,  -- behind those that disclose
    (count(case when a.is_disclosed = 1 then 1 end) / nullif(count(*), 0))::double as disclosure_ratio,  -- by number of plants
    (sum(case when a.is_disclosed = 1 then p.exposure_usd else 0 end::decimal(20, 2))::double / nullif(sum(p.exposure_usd::decimal(20, 2))::double, 0))::double as disclosure_exposure_ratio  -- by exposure
from int_frameworks__lines as l
inner join asked as a on l.framework_id = a.framework_id and l.line_id = a.line_id
inner join mart_portfolio__plants as p on a.plant_id = p.plant_id
where l.view = 'principles'
group by l.framework_id, p.portfolio_id, l.line_id, l.edition, l.evidence, l.title
