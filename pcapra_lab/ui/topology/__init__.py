"""The lab as a map: machines on their segment, and how they are now."""
