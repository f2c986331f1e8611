"""The dialogs, step by step. ``config_flow`` begins them."""
