"""What contributors run, and the parts that the demo and the tests share."""
