"""The target architecture, drawn and filling up as probes see it, with the pace beside it."""
