"""What is recorded: from the states that the sources select to the log."""
