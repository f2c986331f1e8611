"""Load and speed, measured. ``scripts/bench`` runs it; no test ever asserts a time."""
