"""Borrowers and plants brought together: stated links, owners by id, then names. A near miss is a candidate, never a match."""
