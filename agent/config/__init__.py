"""The compiler: from YAML to settings, with every problem as a person reads it."""
