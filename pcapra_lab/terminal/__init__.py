"""A terminal emulator behind a protocol of our own. No Textual here."""
