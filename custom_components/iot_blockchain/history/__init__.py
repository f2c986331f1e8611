"""The audit: Home Assistant's own history, compared with the log."""
