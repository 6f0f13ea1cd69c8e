"""Drills in surprise mode: what is drawn, what is said of it, and what that is worth. Pure."""
