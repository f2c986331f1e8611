"""Tests of the chain, against a real one."""
