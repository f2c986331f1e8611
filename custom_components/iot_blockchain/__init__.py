"""Keep selected sensor readings in a log that is anchored in a smart contract."""
