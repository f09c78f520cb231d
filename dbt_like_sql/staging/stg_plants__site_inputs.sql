/*
description: >-
  What was stated about a site or a unit as input of formulas (rules/vocabulary.yaml, expression_inputs): area coefficient, sulphur in the
  limestone, shares of ores and steels. A statement received twice stands once.
grain: [plant_id, unit_id, input_name, valid_from_date, source_file_id, source_row_number]
grain_nullable: [unit_id]
*/
select
    nullif(trim(plant_id), '')::varchar as plant_id,  -- plant
    nullif(trim(unit_id), '')::varchar as unit_id,  -- process unit; null = the whole plant
    lower(nullif(trim(input), ''))::varchar as input_name,  -- word of expression_inputs
    value::double as value,  -- in the unit that its name or the vocabulary gives; null = not known
    coalesce(valid_from_date, date '1900-01-01')::date as valid_from_date,  -- first day it is true; 1900-01-01 = not stated
    valid_to_date::date as valid_to_date,  -- last day it is true; null = open
    nullif(trim(document_reference), '')::varchar as document_reference,  -- document it rests on
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file as a person counts it
from raw_plants__site_inputs
