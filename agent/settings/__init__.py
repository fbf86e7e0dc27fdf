"""The settings: what a valid config file means, as frozen dataclasses. No YAML, no validation: that is the compiler's."""
