"""Faults, put into real processes."""
