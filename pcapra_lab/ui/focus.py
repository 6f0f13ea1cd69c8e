"""Who wants the keys."""

CAPTURES_KEYS = "captures-keys"
"""CSS class of a widget that wants every key but F12: a live shell."""
