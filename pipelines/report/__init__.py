"""Rows of the marts → what people open: HTML, JSON, CSV. Formats numbers, never computes them."""
