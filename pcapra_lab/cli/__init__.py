"""The command line: the other front on the same sessions."""
