"""Tests of the packages that know no Home Assistant."""
