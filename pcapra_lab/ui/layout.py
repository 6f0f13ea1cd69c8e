"""From which widths, in cells, a screen is laid out differently."""

NORMAL = 100
"""Lesson and shell side by side; below, one pane at a time."""

WIDE = 160
"""Two shells are seen at once."""

BREAKPOINTS = ((0, "-narrow"), (NORMAL, "-normal"), (WIDE, "-wide"))
"""Widths and the CSS class a screen has from there on."""
