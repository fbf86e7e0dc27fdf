"""Preview: what a config will do, by the real core over simulated nights."""
