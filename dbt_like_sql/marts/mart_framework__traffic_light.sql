/*
description: >-
  Traffic light of each plant behind a portfolio before and after mitigation, with the evidence for an upgrade (view traffic_light of rules/frameworks).
  Before: the first line of the framework that is true of the plant. After: the best state that a line raises it to whose evidence is all in force.
grain: [framework_id, portfolio_id, plant_id]
*/
with true_lines as (
    select distinct l.framework_id, l.line_id, l.line_no, l.title, l.state, l.state_rank, l.upgrade_from, l.edition, l.evidence, f.plant_id
    from int_frameworks__lines as l
    inner join ref_rules__framework_words as w on l.framework_id = w.framework_id and l.line_id = w.line_id and w.part = 'when'
    inner join int_plants__facts as f on w.word = f.fact
    where l.view = 'traffic_light'
),

bases as (
    select *, row_number() over (partition by framework_id, plant_id order by line_no) as choice
    from true_lines
    where upgrade_from is null
),

held as (
    select m.plant_id, m.item, min(m.document_reference) as document_reference, min(m.valid_to_date) as valid_to_date
    from stg_monitoring__management_evidence as m
    cross join ref_run__settings as s
    where m.status = 'yes' and m.valid_from_date <= s.as_of_date and (m.valid_to_date is null or m.valid_to_date >= s.as_of_date)
    group by m.plant_id, m.item
),

upgrades as (
    select
        t.framework_id,
        t.plant_id,
        t.upgrade_from,
        t.line_id,
        t.title,
        t.state,
        t.state_rank,
        count(*) as item_count,
        count(h.item) as held_count,
        min(h.valid_to_date) as expiry_date,
        string_agg(case when h.item is not null then h.item || coalesce(' (' || h.document_reference || ')', '') end, ', ' order by w.word) as held_items,
        string_agg(case when h.item is null then w.word end, ', ' order by w.word) as missing_items
    from true_lines as t
    inner join ref_rules__framework_words as w on t.framework_id = w.framework_id and t.line_id = w.line_id and w.part = 'evidence_items'
    left join held as h on t.plant_id = h.plant_id and w.word = h.item
    where t.upgrade_from is not null
    group by t.framework_id, t.plant_id, t.upgrade_from, t.line_id, t.title, t.state, t.state_rank
),

-- the upgrade that goes furthest among those whose evidence is there, else the one with the least missing
ranked as (
    select
        u.*,
        row_number() over (
            partition by u.framework_id, u.plant_id
            order by case when u.held_count = u.item_count then 1 else 2 end, case when u.held_count = u.item_count then -u.state_rank else u.item_count - u.held_count end, u.line_id
        ) as choice
    from upgrades as u
    inner join bases as b on u.framework_id = b.framework_id and u.plant_id = b.plant_id and b.choice = 1 and u.upgrade_from = b.state
)

select
    b.framework_id::varchar as framework_id,  -- framework
    p.portfolio_id::varchar as portfolio_id,  -- portfolio
    p.plant_id::varchar as plant_id,  -- plant
    b.edition::varchar as edition,  -- edition in force
    b.evidence::varchar as evidence,  -- evidence for the mapping: printed_text, secondary or unverified
    p.plant_name::varchar as plant_name,  -- name as sent
    p.country_iso3::varchar as country_iso3,  -- host country
    p.sector::varchar as sector,  -- cement, steel or flat_glass
    p.exposure_usd::double as exposure_usd,  -- of the portfolio behind the plant
    b.state::varchar as light_before,  -- red, yellow or green before mitigation
    b.title::varchar as light_before_reason,  -- line that gives it
    (case when r.held_count = r.item_count then r.state else b.state end)::varchar as light_after,  -- after mitigation
    (case when r.held_count = r.item_count then r.title end)::varchar as upgrade_reason,  -- line that raises it; null = no upgrade
    r.held_items::varchar as upgrade_evidence,  -- items in force, with their documents
    r.missing_items::varchar as upgrade_missing,  -- items that an upgrade still needs; null = none or no upgrade is foreseen
    (case when r.held_count = r.item_count then r.expiry_date end)::date as upgrade_expiry_date  -- day the first document ends; null = open or no upgrade
from bases as b
inner join mart_portfolio__plants as p on b.plant_id = p.plant_id
left join ranked as r on b.framework_id = r.framework_id and b.plant_id = r.plant_id and r.choice = 1
where b.choice = 1
