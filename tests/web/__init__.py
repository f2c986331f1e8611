"""The verifier's page, in a real browser."""
