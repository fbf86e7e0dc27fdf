"""The fault matrix: every fault, and every pair of faults, over nights chosen to hurt, held against what was promised."""
