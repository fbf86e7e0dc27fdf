"""The kinds of alarms, family by family: what each means, when it comes and goes, and what to do."""
