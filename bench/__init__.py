"""Measures of speed and memory: ratios taken side by side, never assertions."""
