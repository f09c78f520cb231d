/*
description: >-
  Covenants and sustainability-linked targets of loans as sent: one row per covenant; a repeated id counts once.
grain: [covenant_id]
*/
with ranked as (
    select
        *,
        row_number() over (partition by trim(covenant_id) order by reported_date desc nulls last, source_file_id, source_row_number) as row_rank
    from raw_bank__covenants
)

select
    nullif(trim(covenant_id), '')::varchar as covenant_id,  -- id given by the bank
    coalesce(nullif(trim(portfolio_id), ''), '*')::varchar as portfolio_id,  -- portfolio; * = every portfolio with that loan id
    nullif(trim(loan_id), '')::varchar as loan_id,  -- loan
    nullif(trim(plant_id), '')::varchar as plant_id,  -- plant it speaks of; null = every plant behind the loan
    lower(nullif(trim(metric), ''))::varchar as metric,  -- indicator, rule id, or metric of the borrower's certificate
    lower(nullif(trim(operator), ''))::varchar as operator,  -- below, at_most, at_least or above
    level::double as level_value,  -- level, or target, in unit
    nullif(trim(unit), '')::varchar as unit,  -- unit of level and values; null = that of the indicator, or a ratio
    (case coalesce(lower(nullif(trim(period), '')), 'year') when 'month' then 1 when 'quarter' then 3 when 'half_year' then 6 else 12 end)::integer as period_months,  -- months that a value stands for
    first_test_date::date as first_test_date,  -- first day of test
    (case coalesce(lower(nullif(trim(test_frequency), '')), 'year') when 'month' then 1 when 'quarter' then 3 when 'half_year' then 6 else 12 end)::integer as test_months,  -- months between tests
    reported_value::double as reported_value,  -- value of the latest certificate, in unit
    reported_date::date as reported_date,  -- last day of the period of that value
    notice_date::date as notice_date,  -- notice of a breach; the cure period runs from it
    cure_days::bigint as cure_days,  -- length of the cure period; null = no cure
    coalesce(lower(nullif(trim(cure_day_kind), '')), 'calendar')::varchar as cure_day_kind,  -- calendar or business
    upper(nullif(trim(calendar_code), ''))::varchar as calendar_code,  -- calendar of the business days; null = Monday to Friday
    waived_from_date::date as waived_from_date,  -- first day of a waiver; null = none, or from ever where waived_to_date stands
    waived_to_date::date as waived_to_date,  -- last day of the waiver; null = no waiver
    nullif(trim(waiver_reference), '')::varchar as waiver_reference,  -- document of the waiver
    baseline_value::double as baseline_value,  -- value a sustainability-linked target starts from; null = a plain covenant
    margin_step_bp::double as margin_step_bp,  -- change of the margin when the target is met, basis points
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file as a person counts it
from ranked
where row_rank = 1
