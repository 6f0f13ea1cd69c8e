#!/usr/bin/env python3
"""Judge, on the remote machine, that what srv's key has just deleted is still there."""

from pathlib import Path

from lab_marker import kept

kept(Path("/srv/borg/srv"))
