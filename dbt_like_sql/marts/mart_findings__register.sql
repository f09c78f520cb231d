/*
description: >-
  Every finding with its age, cure period, escalation and the exposure behind it: what fails, since when, who answers for it, until when.
grain: [finding_id]
*/
with policy as (
    select
        max(case when key = 'cure_days.error' then value end)::integer as error_days,
        max(case when key = 'cure_days.warning' then value end)::integer as warning_days,
        max(case when key = 'cure_days.info' then value end)::integer as info_days,
        max(case when key = 'cure_day_kind' then value end) as day_kind,
        max(case when key = 'calendar_code' then value end) as calendar_code,
        max(case when key = 'escalation_days.level_1' then value end)::integer as level_1_days,
        max(case when key = 'escalation_days.level_2' then value end)::integer as level_2_days,
        max(case when key = 'escalation_days.level_3' then value end)::integer as level_3_days
    from ref_rules__policy
    where policy_id = 'findings'
),

exposure as (
    select plant_id, sum(exposure_usd::decimal(20, 6))::double as exposure_usd, count(distinct loan_id) as loan_count
    from int_loans__attribution
    group by plant_id
),

termed as (
    select
        f.*,
        r.title,
        r.instrument_title,
        r.layer,
        r.severity,
        r.evidence,
        r.clause,
        coalesce(k.standing, 'comparison') as standing,
        coalesce(k.standing_no, 4) as standing_no,
        p.plant_name,
        p.country_iso3,
        p.sector,
        b.owner,
        b.plan,
        b.due_date,
        b.claimed_on_date,
        b.cause,
        b.effect,
        b.comment_count,
        b.tick_count,
        e.exposure_usd,
        e.loan_count,
        s.as_of_date,
        y.day_kind,
        y.level_1_days,
        y.level_2_days,
        y.level_3_days,
        f.state = 'PENDING_CHECK' and f.is_passing_again as is_waiting,
        case when k.standing = 'binding'
            then case r.severity when 'error' then y.error_days when 'warning' then y.warning_days else y.info_days end end as cure_days
    from int_findings__states as f
    cross join ref_run__settings as s
    cross join policy as y
    left join ref_rules__rules as r on f.rule_id = r.rule_id
    left join int_plants__rule_standing as k on f.plant_id = k.plant_id and f.rule_id = k.rule_id and f.tier = k.tier
    left join stg_plants__plants as p on f.plant_id = p.plant_id
    left join raw_ledger__findings as b on f.finding_id = b.finding_id
    left join exposure as e on f.plant_id = e.plant_id
),

-- business days after the day a finding opened, numbered: Monday to Friday, but for what the calendar of the policy says otherwise
following_days as (
    select o.opened_date, o.cure_days, unnest(generate_series(o.opened_date::timestamp + interval 1 day, o.opened_date::timestamp + to_days(2 * o.cure_days + 7), interval 1 day))::date as day_date
    from (select distinct opened_date, cure_days from termed where day_kind = 'business' and cure_days is not null) as o
),

business_days as (
    select f.opened_date, f.cure_days, f.day_date, row_number() over (partition by f.opened_date, f.cure_days order by f.day_date) as day_number
    from following_days as f
    cross join policy as y
    left join stg_reference__calendar_days as c on f.day_date = c.day_date and c.calendar_code = y.calendar_code
    where coalesce(c.is_business_day, extract(isodow from f.day_date) <= 5)
),

cured as (
    select
        t.*,
        case when t.day_kind = 'business' and t.cure_days > 0 then d.day_date else t.opened_date + t.cure_days end as cure_end_date
    from termed as t
    left join business_days as d on t.opened_date = d.opened_date and t.cure_days = d.cure_days and d.day_number = t.cure_days
)

select
    finding_id::varchar as finding_id,  -- F- and 12 hex digits, equal in every run
    state::varchar as state,  -- OPEN, ACKNOWLEDGED, IN_REMEDIATION, PENDING_CHECK, REOPENED, WAIVED, FALSE_POSITIVE, CLOSED, CLOSED_RULE_RETIRED or CLOSED_OUT_OF_SERVICE
    change::varchar as change,  -- NEW, PERSISTING, PENDING_CHECK (the last period passes now: told once), RESOLVED, REOPENED, RETIRED or CLOSED_BEFORE, against the run before
    reopened_reason::varchar as reopened_reason,  -- why it came back in this run: FAILED_AGAIN, WAIVER_ENDED, RULE_CHANGED (after a dispute), RULE_RETURNED or EQUIPMENT_RETURNED; null = it did not
    standing::varchar as standing,  -- binding: breach of law or of the lender's standard · elimination: eliminated equipment, not green wherever it stands · awaiting_verification: would be one of both, were the rule verified · comparison: neither, verified or not
    standing_no::bigint as standing_no,  -- place of the standing, 1 the gravest: the order in which pages and lists tell them
    plant_id::varchar as plant_id,  -- plant
    plant_name::varchar as plant_name,  -- its name
    country_iso3::varchar as country_iso3,  -- its country
    sector::varchar as sector,  -- cement, steel or flat_glass
    entity_id::varchar as entity_id,  -- plant:…, unit:… or stack:…
    rule_id::varchar as rule_id,  -- rule
    tier::varchar as tier,  -- I, II, III; - = the rule has no tiers
    rule_version::varchar as rule_version,  -- version that judged it last
    title::varchar as title,  -- title of the rule; null = no longer in the library
    instrument_title::varchar as instrument_title,  -- instrument
    layer::varchar as layer,  -- layer of the instrument
    clause::varchar as clause,  -- clause
    severity::varchar as severity,  -- error, warning or info
    evidence::varchar as evidence,  -- printed_text, secondary or unverified
    indicator_id::varchar as indicator_id,  -- indicator; - = a prohibition
    averaging::varchar as averaging,  -- averaging of the rule; - = none
    operator::varchar as operator,  -- at_most, below, at_least, above, prohibited or required
    worst_value::double as worst_value,  -- worst failing value, in unit; null = no number
    worst_limit_value::double as worst_limit_value,  -- limit it was held against, in unit
    worst_start_date::date as worst_start_date,  -- first day of the period of the worst value
    worst_end_date::date as worst_end_date,  -- its last day
    unit::varchar as unit,  -- unit of values and limits
    worst_headroom_ratio::double as worst_headroom_ratio,  -- smallest headroom; negative = beyond the limit
    is_worse::boolean as is_worse,  -- at least worse_ratio (policy findings) of the limit further beyond it than when it was last told
    fail_period_count::bigint as fail_period_count,  -- failing periods of the window
    first_fail_date::date as first_fail_date,  -- first day of the first of them
    last_fail_date::date as last_fail_date,  -- last day of the last one
    last_fail_start_date::date as last_fail_start_date,  -- first day of the last one; of a finding that failed again the period that brought it back
    last_fail_value::double as last_fail_value,  -- value of the last one, in unit; null = no number
    last_fail_limit_value::double as last_fail_limit_value,  -- limit it was held against, in unit
    coalesce(is_waiting, false)::boolean as is_waiting,  -- mended, as the last period that is over says: nothing is due but the check of the whole window
    (case when is_waiting then check_end_date end)::date as check_end_date,  -- then the end of the month whose run closes it, if no period fails until then
    judged_state::varchar as judged_state,  -- worst verdict of the window; null = not judged in this run
    is_not_reassessed::boolean as is_not_reassessed,  -- open, but this run's data cannot say whether it is mended
    first_seen_date::date as first_seen_date,  -- as-of day of the first run that saw it
    opened_date::date as opened_date,  -- as-of day since which it is not closed: of the run that saw it first, or of the one in which it came back
    last_seen_date::date as last_seen_date,  -- as-of day of the last run in which it failed
    (case when state not like 'CLOSED%' then as_of_date - opened_date end)::bigint as open_days,  -- days since then; null = closed
    (as_of_date - first_seen_date)::bigint as first_seen_days,  -- days since the first run that saw it; more than open_days where it came back
    cure_days::bigint as cure_days,  -- days of the cure period (policy findings); null = nobody is bound, so nothing has to be cured
    day_kind::varchar as cure_day_kind,  -- calendar or business
    cure_end_date::date as cure_end_date,  -- last day of the cure period; null = none
    (case when not coalesce(is_waiting, false) then cure_end_date - as_of_date end)::bigint as days_to_cure_end,  -- negative = past it; null = none, or mended and waiting for the check
    (case when is_waiting then 0 when state like 'CLOSED%' or state in ('WAIVED', 'FALSE_POSITIVE') then 0
        when as_of_date - cure_end_date > level_3_days then 3
        when as_of_date - cure_end_date > level_2_days then 2
        when as_of_date - cure_end_date > level_1_days then 1 else 0 end)::bigint as escalation_level,  -- 0 within the cure period, then 1 to 3 (policy findings)
    reopened_count::bigint as reopened_count,  -- times it came back
    owner::varchar as owner,  -- who answers for it; null = nobody yet
    plan::varchar as plan,  -- agreed remedy
    due_date::date as due_date,  -- day the remedy is due
    claimed_on_date::date as claimed_on_date,  -- day on which people say it was mended; null = nobody does
    cause::varchar as cause,  -- cause, as people wrote it
    effect::varchar as effect,  -- effect, as people wrote it
    coalesce(comment_count, 0)::bigint as comment_count,  -- remarks in the log
    coalesce(tick_count, 0)::bigint as tick_count,  -- auditors' tick-marks in the log
    waiver_id::varchar as waiver_id,  -- waiver that holds; null = none
    waiver_expiry_date::date as waiver_expiry_date,  -- its last day
    coalesce(loan_count, 0)::bigint as loan_count,  -- loans behind the plant
    coalesce(exposure_usd, 0)::double as exposure_usd  -- exposure behind the plant, all portfolios, US dollars
from cured
