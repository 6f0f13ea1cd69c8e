"""Use cases without a face: both fronts, the TUI and the CLI, drive labs through here."""
