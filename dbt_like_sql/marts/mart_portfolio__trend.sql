/*
description: >-
  The headline of each portfolio over the published runs, one row per day of a run (the last run of a day counts), and whether the rule
  files differ from those of the run before.
grain: [as_of_date, portfolio_id, sector]
*/
with library as (
    select md5(string_agg(rule_sha256, '' order by rule_id)) as rules_md5
    from ref_rules__rules
),

all_runs as (
    select
        h.as_of_date, h.portfolio_id, h.sector, h.exposure_usd, h.assessed_rate_ratio, h.coverage_ratio, h.lower_ratio, h.upper_ratio, h.rules_md5,
        false as is_this_run
    from ref_history__headline as h
    union all
    select
        s.as_of_date, p.portfolio_id, p.sector, p.exposure_usd, p.assessed_rate_ratio, p.coverage_ratio, p.lower_ratio, p.upper_ratio, l.rules_md5,
        true as is_this_run
    from mart_portfolio__headline as p
    cross join ref_run__settings as s
    cross join library as l
),

ordered as (
    select *, lag(rules_md5) over (partition by portfolio_id, sector order by as_of_date) as rules_md5_before
    from all_runs
)

select
    as_of_date::date as as_of_date,  -- day of the run
    portfolio_id::varchar as portfolio_id,  -- portfolio
    sector::varchar as sector,  -- cement, steel, flat_glass; all = the three together
    exposure_usd::double as exposure_usd,  -- exposure in scope
    assessed_rate_ratio::double as assessed_rate_ratio,  -- green share of what was assessed; null = nothing was
    coverage_ratio::double as coverage_ratio,  -- assessed exposure over exposure in scope
    lower_ratio::double as lower_ratio,  -- lowest possible green share
    upper_ratio::double as upper_ratio,  -- highest possible green share
    rules_md5::varchar as rules_md5,  -- stands for the rule files of the run
    (rules_md5_before is not null and rules_md5 <> rules_md5_before)::boolean as is_rules_changed,  -- rule files differ from those of the run before
    is_this_run::boolean as is_this_run  -- the run that this table stands in
from ordered
