"""Green Capacity: how much of the cement, steel and flat-glass capacity behind a loan book is green, proved to an auditor."""

__version__ = "0.1.0"
