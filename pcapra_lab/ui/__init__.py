"""Textual screens. Workers post messages; handlers own state; the session does the work."""

import os

# Textual reads it once, on import: over 25 ms, Escape feels slow in vim and in the dialogs.
os.environ.setdefault("ESCDELAY", "25")
