"""What the synthetic samples are made of: hand-written tables (plants, loans) and seeded series (readings, returns)."""
