"""A Debian guest under qemu whose kernel has the chips of a street lamp: how it is built, started and talked to."""
