"""The terminal and the app's start beside other programs, in the same run."""
