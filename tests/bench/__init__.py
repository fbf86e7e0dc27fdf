"""The bench: what the daemon weighs and how fast it answers, each beside something bare that is measured in the same run."""
