"""A year without faults, in which no lamp may raise an alarm. Run by scripts/year."""
