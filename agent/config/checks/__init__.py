"""Cross checks: what one value says of another. Each is a function of valid settings; none knows of YAML."""
