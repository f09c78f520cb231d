"""Measured speed and memory, as ratios against a bare scan of the same columns and against what a user would pick instead."""
