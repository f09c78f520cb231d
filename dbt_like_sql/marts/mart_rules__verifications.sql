/*
description: >-
  Who held which rule against the printed text: when, in which edition and on which page, with what result, and whether it counts today. A
  confirmation stops counting when a figure changes or somebody finds another one in print.
grain: [rule_id, verification_no]
*/
select
    v.rule_id::varchar as rule_id,  -- rule
    v.verification_no::bigint as verification_no,  -- 1 = the first check of the rule
    r.title::varchar as title,  -- title of the rule
    r.instrument_title::varchar as instrument_title,  -- instrument that was read
    v.checked_on_date::date as checked_on_date,  -- day it was read
    v.checked_by::varchar as checked_by,  -- who read it
    v.edition::varchar as edition,  -- edition read, as it names itself
    v.page::varchar as page,  -- page, table or clause of the figure
    v.result::varchar as result,  -- confirmed or differs
    v.figures::varchar as figures,  -- what the rule said that day: values, dates, averaging, reference state, scope
    v.is_counted::boolean as is_counted,  -- one of the confirmations by different people that hold today
    r.evidence::varchar as evidence  -- evidence of the rule today
from ref_rules__verifications as v
inner join ref_rules__rules as r on v.rule_id = r.rule_id
