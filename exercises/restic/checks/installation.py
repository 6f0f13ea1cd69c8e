#!/usr/bin/env python3
"""Judge an installation: a program answers and is Debian's; FUSE is usable.

Usage: installation.py PACKAGE | fuse
"""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

from lab_verdict import verdict

os.environ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


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


def program(package: str) -> None:
    """The command found first is the file that its package installed, and it runs."""
    expected = f"la commande {package}, fournie par le paquet {package}, répond"
    path = shutil.which(package)
    if path is None:
        verdict(False, expected, f"aucune commande {package} sur cette machine")
    owner = subprocess.run(
        ["dpkg", "--search", str(Path(path).resolve())],
        check=False,
        capture_output=True,
        text=True,
    )
    if not owner.stdout.startswith(f"{package}:"):
        verdict(
            False,
            expected,
            f"{path} ne vient pas du paquet {package}",
            f"Retirez cette commande, puis installez le paquet : sudo apt install {package}.",
        )
    run = subprocess.run(
        [path, "version"],
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "HOME": "/root"},
    )
    said = (run.stdout.strip() or run.stderr.strip()).splitlines() or ["(rien)"]
    if run.returncode != 0 or not said[0].startswith(f"{package} "):
        verdict(False, expected, f"{path} échoue : {said[-1]}")
    finished(expected)
    verdict(True, expected, said[0])


def fuse() -> None:
    """The helper that restic calls to mount without being root's, and the device, are there."""
    expected = "srv sait monter un dépôt (paquet fuse3)"
    missing = []
    if shutil.which("fusermount3") is None or shutil.which("fusermount") is None:
        missing.append("la commande fusermount (fuse3)")
    if not Path("/dev/fuse").is_char_device():
        missing.append("le périphérique /dev/fuse")
    if missing:
        verdict(False, expected, "il manque : " + ", ".join(missing))
    finished(expected)
    verdict(True, expected, "fusermount et /dev/fuse sont là")


if sys.argv[1] == "fuse":
    fuse()
program(sys.argv[1])
