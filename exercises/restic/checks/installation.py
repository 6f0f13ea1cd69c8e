#!/usr/bin/env python3
"""Judge an installation: a program answers and is Debian's; FUSE is usable.

Usage: installation.py PACKAGE | fuse
"""

import shutil
import sys
from pathlib import Path

from lab_installation import finished, program
from lab_run import PATH
from lab_verdict import verdict


def fuse() -> None:
    """The helper that restic calls to mount without being root's, and the device, are there."""
    expected = "srv sait monter un dépôt (paquet fuse3)"
    missing = []
    if not all(shutil.which(name, path=PATH) for name in ("fusermount3", "fusermount")):
        missing.append("la commande fusermount (fuse3)")
    if not Path("/dev/fuse").is_char_device():
        missing.append("le périphérique /dev/fuse")
    if missing:
        verdict(False, expected, "il manque : " + ", ".join(missing))
    finished(expected)
    verdict(True, expected, "fusermount et /dev/fuse sont là")


if sys.argv[1] == "fuse":
    fuse()
program(sys.argv[1], sys.argv[1], "version")
