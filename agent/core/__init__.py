"""The decisions: pure. Events in, effects out, time as an argument."""
