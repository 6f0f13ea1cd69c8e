#!/usr/bin/env python3
"""Judge BorgBackup's installation: ``borg`` answers and is Debian's; FUSE is usable."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

from lab_verdict import verdict

os.environ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def last_line(text: str) -> str:
    """The line of an error output that says most."""
    return (text.strip().splitlines() or ["(rien)"])[-1]


def finished(expected: str) -> None:
    """Nothing is being installed any more, and nothing was left half configured."""
    # lockf(3) as apt and dpkg take it; a reader sees the holder without disturbing it.
    with Path("/var/lib/dpkg/lock-frontend").open("r+b") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            verdict(False, expected, "une installation est encore en cours : laissez-la finir")
    audit = subprocess.run(["dpkg", "--audit"], check=False, capture_output=True, text=True)
    if audit.stdout.strip():
        verdict(
            False,
            expected,
            "des paquets sont installés à moitié (dpkg --audit)",
            "Terminez l'installation : sudo dpkg --configure -a, puis sudo apt install -f.",
        )


def borg() -> None:
    """The command found first is the file that the package installed, and it runs."""
    expected = "la commande borg, fournie par le paquet borgbackup, répond"
    program = shutil.which("borg")
    if program is None:
        verdict(False, expected, "aucune commande borg sur cette machine")
    owner = subprocess.run(
        ["dpkg", "--search", str(Path(program).resolve())],
        check=False,
        capture_output=True,
        text=True,
    )
    if not owner.stdout.startswith("borgbackup:"):
        verdict(
            False,
            expected,
            f"{program} ne vient pas du paquet borgbackup",
            "Retirez cette commande, puis installez le paquet : sudo apt install borgbackup.",
        )
    run = subprocess.run(
        [program, "--version"],
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    if run.returncode != 0 or not run.stdout.startswith("borg "):
        verdict(False, expected, f"{program} échoue : {last_line(run.stderr)}")
    finished(expected)
    verdict(True, expected, run.stdout.strip())


def fuse() -> None:
    """Borg finds a FUSE library, and the kernel and the mount helper answer."""
    expected = "borg sait monter une archive (python3-pyfuse3 et fuse3)"
    # The interpreter of the package, not that of a virtual environment.
    probe = "from borg.fuse_impl import llfuse; raise SystemExit(llfuse is None)"
    run = subprocess.run(
        ["/usr/bin/python3", "-c", probe], check=False, capture_output=True, text=True
    )
    missing = []
    if run.returncode != 0:
        missing.append("la bibliothèque FUSE de Python (python3-pyfuse3)")
    if shutil.which("fusermount") is None:
        missing.append("la commande fusermount (fuse3)")
    if not Path("/dev/fuse").is_char_device():
        missing.append("le périphérique /dev/fuse")
    if missing:
        verdict(False, expected, "il manque : " + ", ".join(missing))
    finished(expected)
    verdict(True, expected, "la bibliothèque, fusermount et /dev/fuse sont là")


{"borg": borg, "fuse": fuse}[sys.argv[1]]()
