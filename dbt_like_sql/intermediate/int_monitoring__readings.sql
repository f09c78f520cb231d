/*
description: >-
  Stack readings brought to the unit of their indicator and to dry gas at 273.15 K and 101.325 kPa, one row per stack, indicator and interval as sent.
  A reading below detection counts as the share of its detection limit that the policy says. A reading that cannot be brought there keeps the name of the missing input; oxygen is corrected later, per rule. Never stored: it is
  read through. Values times 10^9 are whole numbers, so that sums do not depend on the order of rows (decision 0007).
grain: [stack_id, indicator_id, period_start_at]
materialized: view
*/
with sent as (
    select
        r.*,
        s.series_no,
        s.indicator_id,
        s.believed_max,
        s.is_ambient,
        s.below_detection_ratio,
        coalesce(k.factor, u.factor) as factor,
        coalesce(k.is_actual, u.is_actual) as is_actual,
        f.class_no as flag_class_no,
        r.value * coalesce(k.factor, u.factor) * f.usable as value_sent,
        (r.gas_basis = 'dry' or s.is_ambient) and not coalesce(k.is_actual, u.is_actual) and not r.is_below_detection as is_plain,
        (epoch_us(r.period_start_at) + r.utc_offset_minutes::bigint * 60000000) // 86400000000 as day_no
    from stg_monitoring__stack_readings as r
    inner join int_monitoring__series as s on r.stack_id = s.stack_id and r.indicator = s.sent_name
    left join int_monitoring__unit_factors as u on s.indicator_id = u.indicator_id and r.unit = u.unit
    left join int_monitoring__unit_corrections as k
        on r.stack_id = k.stack_id and s.indicator_id = k.indicator_id and r.unit = k.unit
            and (epoch_us(r.period_start_at) + r.utc_offset_minutes::bigint * 60000000) // 86400000000 between k.first_day_no and k.last_day_no
    left join int_monitoring__flag_classes as f
        on r.flag is not distinct from f.sent_flag
            and case when r.flag is null then 'hj_212' else coalesce(r.flag_scheme, 'hj_212') end = f.flag_scheme
),

-- most readings come dry, in a concentration at reference conditions: they take the first branch only
dry as (
    select
        *,
        case when is_plain then value_sent
            else value_sent * case when is_below_detection then below_detection_ratio else 1 end
                * case when is_actual then (273.15 + temperature_c) / 273.15 * 101.325 / nullif(pressure_kpa, 0) else 1 end
                / nullif(case when is_ambient or gas_basis = 'dry' then 1 when gas_basis = 'wet' then 1 - moisture_pct / 100 end, 0) end as value_dry
    from sent
),

usable as (
    select
        *,
        case when value_dry >= 0 and value_dry <= believed_max then value_dry end as value_used,
        case when o2_pct > 19.0 then 19.0 else o2_pct end as o2_capped_pct
    from dry
),

classed as (
    select
        *,
        case when value_used is not null then flag_class_no
            else case
                when flag_class_no between 4 and 6 then flag_class_no
                when value is null then 7
                when flag_class_no is null then 11
                when flag_class_no >= 4 then flag_class_no
                when value < 0 then 12
                when factor is null then 20
                when is_actual and temperature_c is null then 21
                when is_actual and coalesce(pressure_kpa, 0) = 0 then 22
                when is_ambient then 13
                when gas_basis is null then 23
                when gas_basis = 'wet' and (moisture_pct is null or moisture_pct >= 100) then 24
                else 13
            end end as class_no
    from usable
)

select
    series_no::integer as series_no,  -- number of the series in int_monitoring__series
    stack_id::varchar as stack_id,  -- stack
    indicator_id::varchar as indicator_id,  -- indicator
    period_start_at::timestamp as period_start_at,  -- start of the interval, UTC where the zone of the stack is known
    utc_offset_minutes::smallint as utc_offset_minutes,  -- local civil time = period_start_at + this
    interval_minutes::smallint as interval_minutes,  -- length of the interval
    day_no::integer as day_no,  -- local calendar day, days since 1970-01-01
    class_no::smallint as class_no,  -- class of the reading, see int_monitoring__reading_classes
    lane_no::smallint as lane_no,  -- lane of the fold, see stg_monitoring__stack_readings
    (value_used * 1000000000)::bigint as value_e9,  -- value times 10^9, rounded; null = not usable
    (value_used * 1000000000 / (21 - o2_capped_pct))::bigint as value_per_o2_e9,  -- value over (21 - oxygen) times 10^9, rounded; null = not usable or no oxygen
    value_used::double as value_dry_mg_per_nm3,  -- unit of the indicator (mg/Nm3; ng TEQ/Nm3 for dioxins), dry, before oxygen correction; null = not usable
    o2_pct::double as o2_pct,  -- oxygen as sent, vol % dry; null = not sent
    o2_capped_pct::double as o2_capped_pct,  -- oxygen used for correction: near ambient air it is capped at 19 %
    (o2_pct > 19.0)::boolean as is_o2_capped,  -- true where the cap was used
    (case class_no when 0 then 'normal' when 1 then 'startup' when 2 then 'shutdown' when 3 then 'malfunction' when 4 then 'maintenance'
        when 5 then 'calibration' when 6 then 'stopped' when 7 then 'missing'
        else case when class_no < 20 then 'invalid' else 'error' end end)::varchar as reading_class,  -- normal, startup, shutdown, malfunction, maintenance, calibration, stopped, missing, invalid or error
    (case class_no when 10 then 'FLAGGED_INVALID' when 11 then 'FLAG_UNKNOWN' when 12 then 'NEGATIVE_VALUE' when 13 then 'IMPLAUSIBLE_VALUE'
        when 20 then 'UNIT_UNKNOWN' when 21 then 'TEMPERATURE_MISSING' when 22 then 'PRESSURE_MISSING' when 23 then 'GAS_BASIS_MISSING'
        when 24 then 'MOISTURE_MISSING' end)::varchar as class_code,  -- why it is an error or not valid
    value::double as sent_value,  -- as sent
    unit::varchar as sent_unit,  -- as sent
    flag::varchar as sent_flag,  -- as sent
    is_below_detection::boolean as is_below_detection,  -- sent as "<5": the value is the detection limit
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file
from classed
