"""Modal screens. Each answers one question and dismisses with the answer."""
