"""The bottom, simulated: the street, the chips, the pins, the clock, and the event loop in virtual time."""
