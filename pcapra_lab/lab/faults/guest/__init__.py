"""What runs inside a machine to break it or mend it: sent as source, never installed there."""
