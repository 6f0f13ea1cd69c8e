"""What runs inside a guest: sent as source over SSH, never installed there."""
