"""Readings that devices sign themselves: their keys, envelopes, and what is trusted."""
