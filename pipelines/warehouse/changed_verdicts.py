"""Verdicts of the earlier run that a run changes, on one rule, place and period (`raw_change__verdicts`)."""

from __future__ import annotations


def changed_verdicts_sql(earlier: str, run: str) -> str:
    """Query of the changed verdicts, one row per rule, tier, entity, indicator, period and verdict_no of the earlier run.

    A verdict is changed when its state, its worst value, its limit or, where a share of averages decides, that share is another; all are
    compared exactly. What the window has left behind is no change, nor is what was said of a month that was running. A limit's verdict on
    a period that was over, and that the window still holds, is changed when nothing is judged there any more, as of a unit retired since.

    Args:
        earlier, run: database and schema of either run, such as `earlier_run.main`.
    """
    return _VERDICTS.format(o=earlier, n=run)


_KEYED = """
select v.*, coalesce(v.tier, '-') as tier_or_dash, coalesce(v.indicator_id, '-') as indicator_or_dash,
    case when t.pass_test = 'share_of_periods' then v.within_ratio end as deciding_ratio,
    row_number() over (partition by v.rule_id, coalesce(v.tier, '-'), v.entity_id, coalesce(v.indicator_id, '-'),
        v.period_start_date, v.period_end_date order by v.threshold_id) as verdict_no
from {run}.int_plants__verdicts as v
left join {run}.ref_rules__thresholds as t on v.threshold_id = t.threshold_id
"""
#: What a limit is made of besides data: its dated values and formulas, and the overlays that move it.
_LAW = """
select rule_id, threshold_id as part_id, limit_value, limit_expression as words, valid_from_date, valid_to_date
from {run}.ref_rules__thresholds
union all
select rule_id, overlay_id as part_id, factor_value as limit_value, concat_ws(' | ', factor_expression, replacement_value, altitude_above_m,
    water_stress_from, tier, country_iso3, region, region_class, fuel, raw_material, air_quality_zone) as words,
    valid_from_date, last_day_date as valid_to_date
from {run}.ref_rules__overlays
"""
_VERDICTS = f"""
with before as ({_KEYED.format(run="{o}")}), after as ({_KEYED.format(run="{n}")}),
days as (
    select a.as_of_date = b.as_of_date as is_same_day,
        coalesce(a.known_at < b.known_at, a.known_at is not null) as is_known_earlier,
        b.window_end_date as window_end_before, a.window_start_date as window_start_now
    from {{n}}.ref_run__settings as a cross join {{o}}.ref_run__settings as b
), law_before as ({_LAW.format(run="{o}")}), law_after as ({_LAW.format(run="{n}")}),
moved_rules as (
    select rule_id from (select * from law_before except select * from law_after)
    union
    select rule_id from (select * from law_after except select * from law_before)
),
-- files that the earlier run did not have, or had rows left out of that it could not know
new_files as (
    select file_id, row_count, known_to_at from {{n}}.raw_monitoring__files
    except
    select file_id, row_count, known_to_at from {{o}}.raw_monitoring__files
), corrected as (
    select distinct stack_id, day_date from {{n}}.int_monitoring__restatements
    where new_source_file_id in (select file_id from new_files)
),
-- 30 days on which the unit ran may begin on any day of the window
looking_back as (
    select t.threshold_id, min(p.period_start_date) as first_date
    from {{n}}.ref_rules__tests as t cross join {{n}}.int_run__periods as p
    where t.averaging = 'rolling_30_operating_days'
    group by t.threshold_id
)
select o.rule_id, o.tier_or_dash as tier, o.plant_id, o.entity_id, o.indicator_or_dash as indicator_id, o.period_start_date,
    o.period_end_date, o.verdict_no, coalesce(n.unit, o.unit) as unit, o.state as state_before, n.state as state_after,
    o.result_status as status_before, o.measured_value as value_before, n.measured_value as value_after, o.limit_value as limit_before,
    n.limit_value as limit_after, o.deciding_ratio as within_before_ratio, n.deciding_ratio as within_after_ratio,
    o.rule_version as rule_version_before, n.rule_version as rule_version_after,
    exists (
        select 1 from corrected as c
        where c.stack_id = o.stack_id and c.day_date between coalesce(b.first_date, o.period_start_date) and o.period_end_date
    ) as has_corrected_readings,
    coalesce(o.stack_id is not null and n.valid_count > o.valid_count, false) as has_more_readings,
    d.is_known_earlier,
    o.rule_id in (select rule_id from moved_rules) as is_rule_moved
from before as o
left join after as n
    on o.rule_id = n.rule_id and o.tier_or_dash = n.tier_or_dash and o.entity_id = n.entity_id
        and o.indicator_or_dash = n.indicator_or_dash and o.period_start_date = n.period_start_date
        and o.period_end_date = n.period_end_date and o.verdict_no = n.verdict_no
left join looking_back as b on n.threshold_id = b.threshold_id
cross join days as d
where (n.rule_id is not null or o.state <> 'NOT_APPLICABLE' and (d.is_same_day
        or o.kind = 'limit' and o.period_end_date <= d.window_end_before and o.period_start_date >= d.window_start_now))
    and (
        o.state is distinct from n.state
        or o.state in ('PASS', 'FAIL', 'INDETERMINATE')
            and (
                o.measured_value is distinct from n.measured_value
                or o.limit_value is distinct from n.limit_value
                or o.deciding_ratio is distinct from n.deciding_ratio
            )
    )
order by all
"""
