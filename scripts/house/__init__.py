"""A house to try things in: its devices."""
