/*
description: >-
  Results already issued that this run changes: verdicts on a rule, place and period that the run published before judged too, with what they were, what they are
  and why. A restatement notice is this table.
grain: [rule_id, tier, entity_id, indicator_id, period_start_date, period_end_date, verdict_no]
*/
with exposure as (
    select plant_id, sum(exposure_usd::decimal(20, 6))::double as exposure_usd
    from int_loans__attribution
    group by plant_id
),

-- periods judged now in place of one that no verdict has any more: a stack's window without data, judged by month since data came
numbered as (
    select
        v.rule_id, coalesce(v.tier, '-') as tier, v.entity_id, coalesce(v.indicator_id, '-') as indicator_id, v.period_start_date, v.period_end_date,
        v.state, v.limit_value, v.rule_version,
        row_number() over (
            partition by v.rule_id, coalesce(v.tier, '-'), v.entity_id, coalesce(v.indicator_id, '-'), v.period_start_date, v.period_end_date
            order by v.threshold_id
        ) as verdict_no
    from int_plants__verdicts as v
    where v.entity_id in (select entity_id from raw_change__verdicts where state_after is null)
),

later as (
    select
        o.rule_id, o.tier, o.entity_id, o.indicator_id, o.period_start_date, o.period_end_date, o.verdict_no,
        n.state, n.limit_value, n.rule_version,
        row_number() over (
            partition by o.rule_id, o.tier, o.entity_id, o.indicator_id, o.period_start_date, o.period_end_date, o.verdict_no
            order by n.period_end_date desc, n.period_start_date desc
        ) as newest_no
    from raw_change__verdicts as o
    inner join numbered as n
        on o.rule_id = n.rule_id and o.tier = n.tier and o.entity_id = n.entity_id and o.indicator_id = n.indicator_id
            and o.verdict_no = n.verdict_no and o.period_start_date <= n.period_start_date and o.period_end_date >= n.period_end_date
    where o.state_after is null
),

judged_later as (
    select
        rule_id, tier, entity_id, indicator_id, period_start_date, period_end_date, verdict_no,
        max(case when newest_no = 1 then limit_value end) as limit_value,
        max(case when newest_no = 1 then rule_version end) as rule_version,
        count(case when state = 'FAIL' then 1 end) as fail_count,
        count(case when state = 'PASS' then 1 end) as pass_count,
        count(case when state = 'INDETERMINATE' then 1 end) as indeterminate_count,
        count(case when state = 'NO_DATA' then 1 end) as no_data_count,
        count(case when state = 'ERROR' then 1 end) as error_count,
        count(case when state = 'NOT_APPLICABLE' then 1 end) as not_applicable_count
    from later
    group by rule_id, tier, entity_id, indicator_id, period_start_date, period_end_date, verdict_no
),

-- a period that now lies in a longer one without data: no reading of its stack counts any more
without_data as (
    select distinct o.rule_id, o.tier, o.entity_id, o.indicator_id, o.period_start_date, o.period_end_date, o.verdict_no
    from raw_change__verdicts as o
    inner join numbered as n
        on o.rule_id = n.rule_id and o.tier = n.tier and o.entity_id = n.entity_id and o.indicator_id = n.indicator_id
            and n.period_start_date <= o.period_start_date and n.period_end_date >= o.period_end_date
            and (n.period_start_date < o.period_start_date or n.period_end_date > o.period_end_date)
    where o.state_after is null and n.state = 'NO_DATA'
),

changed as (
    select
        v.rule_id, v.tier, v.entity_id, v.indicator_id, v.period_start_date, v.period_end_date, v.verdict_no, v.plant_id, v.unit,
        v.status_before, v.state_before, v.state_after, v.value_before, v.value_after, v.within_before_ratio, v.within_after_ratio,
        v.limit_before, v.rule_version_before, v.has_corrected_readings, v.has_more_readings, v.is_known_earlier, v.is_rule_moved,
        l.rule_id is not null as is_judged_later,
        w.rule_id is not null as is_without_data,
        case when l.rule_id is null then v.limit_after else l.limit_value end as limit_after,
        case when l.rule_id is null then v.rule_version_after else l.rule_version end as rule_version_after,
        l.fail_count, l.pass_count, l.indeterminate_count, l.no_data_count, l.error_count, l.not_applicable_count
    from raw_change__verdicts as v
    left join judged_later as l
        on v.rule_id = l.rule_id and v.tier = l.tier and v.entity_id = l.entity_id and v.indicator_id = l.indicator_id
            and v.period_start_date = l.period_start_date and v.period_end_date = l.period_end_date and v.verdict_no = l.verdict_no
    left join without_data as w
        on v.rule_id = w.rule_id and v.tier = w.tier and v.entity_id = w.entity_id and v.indicator_id = w.indicator_id
            and v.period_start_date = w.period_start_date and v.period_end_date = w.period_end_date and v.verdict_no = w.verdict_no
)

select
    v.rule_id::varchar as rule_id,  -- rule
    v.tier::varchar as tier,  -- I, II, III; - = the rule has no tiers
    v.entity_id::varchar as entity_id,  -- plant:…, unit:… or stack:…
    v.indicator_id::varchar as indicator_id,  -- indicator; - = a prohibition
    v.period_start_date::date as period_start_date,  -- first day judged
    v.period_end_date::date as period_end_date,  -- last day judged
    v.verdict_no::bigint as verdict_no,  -- 1; more where a rule judges one period by more than one limit
    v.plant_id::varchar as plant_id,  -- plant
    p.plant_name::varchar as plant_name,  -- its name
    coalesce(r.title, v.rule_id)::varchar as title,  -- title of the rule
    c.earlier_run_id::varchar as earlier_run_id,  -- run that issued the earlier result
    c.earlier_as_of_date::date as earlier_as_of_date,  -- its as-of day
    v.status_before::varchar as status_before,  -- PROVISIONAL: a correction was still to be expected; FINAL: it was not
    v.state_before::varchar as state_before,  -- state as issued
    v.state_after::varchar as state_after,  -- state now; null = no longer judged, or judged now by shorter periods, which the later counts tell
    v.value_before::double as value_before,  -- value as issued, in unit
    v.value_after::double as value_after,  -- value now, in unit
    v.within_before_ratio::double as within_before_ratio,  -- averages within the limit over all, as issued; null = no share decides
    v.within_after_ratio::double as within_after_ratio,  -- the same now
    v.limit_before::double as limit_before,  -- limit as issued, in unit
    v.limit_after::double as limit_after,  -- limit now, in unit; that of the newest period where shorter ones are judged now
    v.unit::varchar as unit,  -- unit of values and limits
    v.rule_version_before::varchar as rule_version_before,  -- version of the rule as issued
    v.rule_version_after::varchar as rule_version_after,  -- version now
    v.fail_count::bigint as later_fail_count,  -- shorter periods judged now in place of this one: how many are FAIL; null = none are judged in its place
    v.pass_count::bigint as later_pass_count,  -- how many of them are PASS
    v.indeterminate_count::bigint as later_indeterminate_count,  -- how many of them are INDETERMINATE
    v.no_data_count::bigint as later_no_data_count,  -- how many of them are NO_DATA
    v.error_count::bigint as later_error_count,  -- how many of them are ERROR
    v.not_applicable_count::bigint as later_not_applicable_count,  -- how many of them are NOT_APPLICABLE
    (case
        when v.state_after is null and not v.is_judged_later and v.is_without_data then 'DATA_GONE'
        when v.state_after is null and not v.is_judged_later then 'NO_LONGER_JUDGED'
        -- a formula gives another limit for other data, an overlay holds for other plants: the rule is what it was
        when v.rule_version_before is distinct from v.rule_version_after or v.is_rule_moved and v.limit_before is distinct from v.limit_after then 'RULE_CHANGED'
        when v.is_known_earlier then 'KNOWN_EARLIER'
        when v.is_judged_later and v.state_before = 'NO_DATA' then 'DATA_CAME_LATER'
        when v.has_corrected_readings then 'READINGS_CORRECTED'
        -- a unit of which it came out that it was out of service: nothing came, a fact did
        when v.state_before = 'NO_DATA' and v.state_after <> 'NOT_APPLICABLE' or v.has_more_readings then 'DATA_CAME_LATER'
        else 'OTHER_DATA_CHANGED' end)::varchar as cause,  -- RULE_CHANGED (its text, a value or formula of a limit, an overlay), KNOWN_EARLIER (this run was asked on what was known before the earlier one), READINGS_CORRECTED, DATA_CAME_LATER, OTHER_DATA_CHANGED (returns, documents, facts of the plant), DATA_GONE (no reading of the window counts any more) or NO_LONGER_JUDGED
    coalesce(e.exposure_usd, 0)::double as exposure_usd  -- exposure behind the plant, all portfolios, US dollars
from changed as v
cross join raw_change__runs as c
left join stg_plants__plants as p on v.plant_id = p.plant_id
left join ref_rules__rules as r on v.rule_id = r.rule_id
left join exposure as e on v.plant_id = e.plant_id
