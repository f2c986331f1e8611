"""Tests of the ESPHome devices, which run as processes."""
