"""What runs inside machines: standard library only, Python 3.11. See ``drills/recorder.py``."""
