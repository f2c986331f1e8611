"""The append-only log: entries, tree, store, checkpoints, receipts. Knows no chain."""
