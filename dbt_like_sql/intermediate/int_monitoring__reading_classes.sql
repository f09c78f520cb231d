/*
description: >-
  The classes of a reading by number: what it counts as, and why it is an error or not valid. Numbers are read in the pass over
  all readings, words everywhere else. Numbers up to 3 have a usable value.
grain: [class_no]
*/
select
    class_no::smallint as class_no,  -- number of the class
    reading_class::varchar as reading_class,  -- normal, startup, shutdown, malfunction, maintenance, calibration, stopped, missing, invalid or error
    nullif(class_code, '')::varchar as class_code  -- why it is an error or not valid; null = neither
from ref_monitoring__classes
