"""Tests of the integration inside a Home Assistant that runs in the test."""
