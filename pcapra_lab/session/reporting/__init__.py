"""The runbook and after-action report of an exercise: what stands in it, from what is recorded."""
