"""An installed program: it is its package's, it runs, and apt left nothing half done."""

import fcntl
import shutil
from pathlib import Path
from typing import NoReturn

from lab_run import PATH, run
from lab_verdict import verdict


def finished(expected: str) -> None:
    """Nothing is being installed any more, and nothing was left half configured."""
    # lockf(3) as apt and dpkg take it; a reader sees the holder without disturbing it.
    with Path("/var/lib/dpkg/lock-frontend").open("r+b") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            verdict(False, expected, "une installation est encore en cours : laissez-la finir")
    if run("dpkg", "--audit").stdout.strip():
        verdict(
            False,
            expected,
            "des paquets sont installés à moitié (dpkg --audit)",
            "Terminez l'installation : sudo dpkg --configure -a, puis sudo apt install -f.",
        )


def program(command: str, package: str, version: str) -> NoReturn:
    """Judge that the command found first is the file that its package installed, and runs.

    Args:
        command: its name, by which it begins what it says of its version.
        package: the package that provides it.
        version: the argument that makes it say its version.
    """
    expected = f"la commande {command}, fournie par le paquet {package}, répond"
    path = shutil.which(command, path=PATH)
    if path is None:
        verdict(False, expected, f"aucune commande {command} sur cette machine")
    owner = run("dpkg", "--search", str(Path(path).resolve()))
    if not owner.stdout.startswith(f"{package}:"):
        verdict(
            False,
            expected,
            f"{path} ne vient pas du paquet {package}",
            f"Retirez cette commande, puis installez le paquet : sudo apt install {package}.",
        )
    done = run(path, version)
    said = (done.stdout.strip() or done.stderr.strip()).splitlines() or ["(rien)"]
    if done.returncode != 0 or not said[0].startswith(f"{command} "):
        verdict(False, expected, f"{path} échoue : {said[-1]}")
    finished(expected)
    verdict(True, expected, said[0])
