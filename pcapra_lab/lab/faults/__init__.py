"""Faults on a lab's machines: injected, dated, listed, and always undone."""
