"""Grading beside pytest-testinfra, on the same machines, in the same run."""
