"""What drives the anchoring of a log, and tells what happens to it."""
