"""The warehouse: one DuckDB file per run, the SQL models built in it, and the swap that publishes it."""
