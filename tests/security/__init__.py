"""What strangers, and thieves, may try."""
