"""Receipts, good and bad, on which every verifier must agree. See README.md."""
