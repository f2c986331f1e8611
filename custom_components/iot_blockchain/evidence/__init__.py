"""What a person takes away: receipts of a period, evidence, exports."""
