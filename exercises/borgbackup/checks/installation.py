#!/usr/bin/env python3
"""Judge BorgBackup's installation: ``borg`` answers and is Debian's; FUSE is usable."""

import shutil
import sys
from pathlib import Path

from lab_installation import finished, program
from lab_run import PATH, run
from lab_verdict import verdict


def fuse() -> None:
    """Borg finds a FUSE library, and the kernel and the mount helper answer."""
    expected = "borg sait monter une archive (python3-pyfuse3 et fuse3)"
    # The interpreter of the package, not that of a virtual environment.
    probe = "from borg.fuse_impl import llfuse; raise SystemExit(llfuse is None)"
    missing = []
    if run("/usr/bin/python3", "-c", probe).returncode != 0:
        missing.append("la bibliothèque FUSE de Python (python3-pyfuse3)")
    if shutil.which("fusermount", path=PATH) is None:
        missing.append("la commande fusermount (fuse3)")
    if not Path("/dev/fuse").is_char_device():
        missing.append("le périphérique /dev/fuse")
    if missing:
        verdict(False, expected, "il manque : " + ", ".join(missing))
    finished(expected)
    verdict(True, expected, "la bibliothèque, fusermount et /dev/fuse sont là")


if sys.argv[1] == "fuse":
    fuse()
program("borg", "borgbackup", "--version")
