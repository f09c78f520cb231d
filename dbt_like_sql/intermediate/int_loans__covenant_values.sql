/*
description: >-
  The value that each covenant of a loan is tested on: an indicator from the returns of its plant (of several plants or units the worst), a rule from its verdicts,
  else what the borrower's certificate states. An estimate, a year with gaps, or a value older than the last day of test proves nothing: it is told as a gap.
  Where there is no value, or one of several places has none for its newest period, the gap is the reason that the indicator or the verdict itself gives; where the worst known value breaks the covenant, no other could mend that.
grain: [portfolio_id, loan_id, covenant_id]
*/
with policy as (
    select max(case when key = 'min_capture_ratio' then value::double end) as min_capture_ratio
    from ref_rules__policy
    where policy_id = 'early_warning'
),

covenants as (
    select e.portfolio_id, e.loan_id, c.covenant_id, c.plant_id, c.metric, c.operator, c.level_value, c.period_months, c.reported_value, c.reported_date
    from int_loans__exposure as e
    inner join stg_bank__covenants as c on e.loan_id = c.loan_id and (c.portfolio_id = e.portfolio_id or c.portfolio_id = '*')
    where e.exposure_state <> 'closed'
),

plants as (
    select portfolio_id, loan_id, covenant_id, plant_id
    from covenants
    where plant_id is not null
    union
    select c.portfolio_id, c.loan_id, c.covenant_id, a.plant_id
    from covenants as c
    inner join int_loans__attribution as a on c.portfolio_id = a.portfolio_id and c.loan_id = a.loan_id
    where c.plant_id is null
),

looked_up as (
    select p.portfolio_id, p.loan_id, p.covenant_id, p.plant_id, i.entity_id, i.value, i.error_code as reason_code, i.period_start_date, i.period_end_date, i.capture_ratio, i.evidence_tier, 'returns' as value_source,
        null::date as month_date
    from plants as p
    inner join covenants as c on p.portfolio_id = c.portfolio_id and p.loan_id = c.loan_id and p.covenant_id = c.covenant_id
    inner join int_plants__entities as n on p.plant_id = n.plant_id
    inner join int_returns__indicators as i on n.entity_id = i.entity_id and c.metric = i.indicator_id
    union all
    select p.portfolio_id, p.loan_id, p.covenant_id, p.plant_id, v.entity_id, v.measured_value as value, v.reason_code, v.period_start_date, v.period_end_date, v.capture_ratio, v.evidence_tier, 'verdict' as value_source,
        case when v.stack_id is not null then v.period_end_date end as month_date
    from plants as p
    inner join covenants as c on p.portfolio_id = c.portfolio_id and p.loan_id = c.loan_id and p.covenant_id = c.covenant_id
    inner join int_plants__verdicts as v on p.plant_id = v.plant_id and c.metric = v.rule_id
    where v.state <> 'NOT_APPLICABLE' and v.is_over  -- the worst average of a month that is running is no value of it
),

measured as (
    select *
    from looked_up
    where value is not null
),

-- stacks by their newest period; of returns there is one value a place, and the oldest year among them dates them all
newest as (
    select
        m.*,
        min(m.period_start_date) over (partition by m.portfolio_id, m.loan_id, m.covenant_id, m.month_date) as oldest_start_date,
        min(m.period_end_date) over (partition by m.portfolio_id, m.loan_id, m.covenant_id, m.month_date) as oldest_end_date,
        row_number() over (
            partition by m.portfolio_id, m.loan_id, m.covenant_id
            order by m.month_date desc nulls first, case when c.operator in ('at_most', 'below') then m.value else -m.value end desc, m.entity_id
        ) as choice,
        count(*) over (partition by m.portfolio_id, m.loan_id, m.covenant_id) as value_count
    from measured as m
    inner join covenants as c on m.portfolio_id = c.portfolio_id and m.loan_id = c.loan_id and m.covenant_id = c.covenant_id
),

-- places of which the newest period gives no value: why. A unit that made nothing is worse than no other
silent as (
    select portfolio_id, loan_id, covenant_id, plant_id, reason_code, period_end_date, case when reason_code = 'ZERO_PRODUCTION' then 0 else 1 end as is_gap
    from (
        select *, row_number() over (partition by portfolio_id, loan_id, covenant_id, entity_id order by period_end_date desc, case when value is null then 1 else 0 end, reason_code) as choice
        from looked_up
    ) as latest
    where choice = 1 and value is null and reason_code is not null
),

reasons as (
    select *,
        row_number() over (partition by portfolio_id, loan_id, covenant_id order by is_gap desc, period_end_date desc, reason_code, plant_id) as choice
    from silent
),

wanted as (
    select portfolio_id, loan_id, covenant_id, count(*) as plant_count
    from plants
    group by portfolio_id, loan_id, covenant_id
),

found as (
    select portfolio_id, loan_id, covenant_id, count(distinct plant_id) as plant_count
    from measured
    group by portfolio_id, loan_id, covenant_id
)

select
    c.portfolio_id::varchar as portfolio_id,  -- portfolio
    c.loan_id::varchar as loan_id,  -- loan
    c.covenant_id::varchar as covenant_id,  -- covenant
    coalesce(n.plant_id, c.plant_id)::varchar as plant_id,  -- plant whose value decides; null = a value of the company
    coalesce(n.value, c.reported_value)::double as actual_value,  -- value tested; null = none
    (case when n.value is not null then n.oldest_start_date else (c.reported_date + interval 1 day - c.period_months * interval 1 month)::date end)::date as value_start_date,  -- first day it stands for; of several places the earliest
    (case when n.value is not null then n.oldest_end_date else c.reported_date end)::date as value_date,  -- last day it stands for; of several places the earliest
    (case when n.value is not null then n.value_source when c.reported_value is not null then 'certificate' end)::varchar as value_source,  -- returns, verdict or certificate
    (case when n.value is not null then n.evidence_tier end)::varchar as evidence_tier,  -- measured, reported or estimated; null = none, or stated in the certificate
    (case
        when n.value is null and c.reported_value is null or n.value is not null and (w.plant_count > f.plant_count or r.is_gap = 1)
            and not coalesce((c.operator = 'at_most' and n.value > c.level_value) or (c.operator = 'below' and n.value >= c.level_value)
                or (c.operator = 'at_least' and n.value < c.level_value) or (c.operator = 'above' and n.value <= c.level_value), false)
            then coalesce(r.reason_code, 'NO_RETURNS')
        when n.evidence_tier = 'estimated' then 'ESTIMATE_ONLY'
        when n.value is not null and n.capture_ratio < y.min_capture_ratio then 'LOW_CAPTURE' end)::varchar as gap_code  -- why the value proves nothing; null = it does
from covenants as c
left join newest as n on c.portfolio_id = n.portfolio_id and c.loan_id = n.loan_id and c.covenant_id = n.covenant_id and n.choice = 1
left join reasons as r on c.portfolio_id = r.portfolio_id and c.loan_id = r.loan_id and c.covenant_id = r.covenant_id and r.choice = 1
left join wanted as w on c.portfolio_id = w.portfolio_id and c.loan_id = w.loan_id and c.covenant_id = w.covenant_id
left join found as f on c.portfolio_id = f.portfolio_id and c.loan_id = f.loan_id and c.covenant_id = f.covenant_id
cross join policy as y
