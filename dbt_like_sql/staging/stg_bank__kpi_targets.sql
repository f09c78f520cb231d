/*
description: >-
  Targets of sustainability-linked loans as their agreements state them: one row per loan and indicator of performance; the first row counts where one came twice.
grain: [portfolio_id, loan_id, kpi_id]
*/
with ranked as (
    select
        *,
        row_number() over (partition by trim(portfolio_id), trim(loan_id), trim(kpi_id) order by source_file_id, source_row_number) as row_rank
    from raw_bank__kpi_targets
)

select
    nullif(trim(portfolio_id), '')::varchar as portfolio_id,  -- portfolio that holds the loan
    nullif(trim(loan_id), '')::varchar as loan_id,  -- loan
    nullif(trim(kpi_id), '')::varchar as kpi_id,  -- name of the key performance indicator
    nullif(trim(plant_id), '')::varchar as plant_id,  -- plant whose performance counts
    lower(nullif(trim(indicator), ''))::varchar as indicator_id,  -- indicator
    nullif(trim(unit), '')::varchar as unit,  -- unit as sent
    baseline_value::double as baseline_value,  -- as sent
    target_value::double as target_value,  -- as sent
    target_date::date as target_date,  -- day by which it is due
    verified_on::date as verified_on,  -- last external verification; null = never
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file as a person counts it
from ranked
where row_rank = 1
