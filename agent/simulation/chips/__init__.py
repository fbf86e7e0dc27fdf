"""Virtual chips: written from the datasheets, register for register, and from nothing that the drivers know."""
