/*
description: Waivers as the bank's folder has them, whether they hold on the as-of day, how long still, and what stands under them.
grain: [waiver_id]
*/
with policy as (
    select
        max(case when key = 'remind_days.first' then value end)::integer as first_days,
        max(case when key = 'remind_days.second' then value end)::integer as second_days
    from ref_rules__policy
    where policy_id = 'waivers'
),

covered as (
    select w.waiver_id, f.finding_id, f.exposure_usd, f.plant_id, f.state
    from raw_ledger__waivers as w
    inner join mart_findings__register as f
        on w.rule_id = f.rule_id and w.plant_id = f.plant_id and (w.entity_id is null or w.entity_id = f.entity_id)
            and f.state not like 'CLOSED%'
),

counted as (
    select waiver_id, count(*) as finding_count, max(exposure_usd) as exposure_usd
    from covered
    group by waiver_id
)

select
    w.waiver_id::varchar as waiver_id,  -- name of the waiver file
    w.rule_id::varchar as rule_id,  -- rule waived
    w.plant_id::varchar as plant_id,  -- plant
    w.entity_id::varchar as entity_id,  -- only this unit or stack; null = all of the plant
    w.reason::varchar as reason,  -- why
    w.compensating_control::varchar as compensating_control,  -- what is done instead
    w.requester::varchar as requester,  -- who asked
    w.approver::varchar as approver,  -- who approved, another person
    w.approved_date::date as approved_date,  -- day of the approval
    w.start_date::date as start_date,  -- first day
    w.expiry_date::date as expiry_date,  -- last day
    (case when s.as_of_date < w.start_date then 'UPCOMING' when s.as_of_date > w.expiry_date then 'EXPIRED' else 'ACTIVE' end)::varchar as waiver_state,  -- UPCOMING, ACTIVE or EXPIRED on the as-of day
    (w.expiry_date - s.as_of_date)::bigint as days_to_expiry,  -- 0 = today is the last day; negative = over
    (case when s.as_of_date < w.start_date or s.as_of_date > w.expiry_date then null
        when w.expiry_date = s.as_of_date then 'LAST_DAY'
        when w.expiry_date - s.as_of_date <= y.second_days then 'SECOND'
        when w.expiry_date - s.as_of_date <= y.first_days then 'FIRST' end)::varchar as reminder,  -- LAST_DAY, SECOND or FIRST reminder (policy waivers); null = none due
    coalesce(c.finding_count, 0)::bigint as finding_count,  -- findings not closed that it covers; 0 = it covers nothing, check rule and plant
    coalesce(c.exposure_usd, 0)::double as exposure_usd  -- exposure behind the plant, US dollars
from raw_ledger__waivers as w
cross join ref_run__settings as s
cross join policy as y
left join counted as c on w.waiver_id = c.waiver_id
