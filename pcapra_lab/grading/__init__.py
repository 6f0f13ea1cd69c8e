"""Checks compiled to one round trip per VM and phase, run, and judged."""
