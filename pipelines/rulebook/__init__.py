"""Rules: YAML files → `Rulebook` (strict, `load.py`) → rows of the `ref_rules__*` tables (`compile.py`); suites and their results."""
