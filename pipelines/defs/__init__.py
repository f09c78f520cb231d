"""Dagster objects, thin: take the night, call one of its steps, return what the UI shows. No arithmetic."""
