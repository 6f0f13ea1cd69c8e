#!/usr/bin/env python3
"""Judge the trainee's verification script on small folders of backups made for the occasion.

Usage: verification.py empreintes FOLDER | saine | abimee | incomplete

``saine``: it must accept. ``abimee``: one byte of an archive is altered where a later archive
hides it from the restored files. ``incomplete``: one night was never saved, and the job's sums
agree with what is there. A script that only reads, or only restores, sees one of the two.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from lab_verdict import verdict

SCRIPT = Path("/usr/local/sbin/verifie-sauvegarde")
TIMEOUT_S = 40
COARSE = 5
"""CLOCK_REALTIME_COARSE of Linux, which dates files; Python does not name it."""
NIGHTS: tuple[Mapping[str, str | None], ...] = (
    {"a.txt": "a, dimanche\n", "b.txt": "b, dimanche\n", "c.txt": "c, dimanche\n"},
    {"a.txt": "a, lundi\n", "b.txt": "b, lundi\n", "c.txt": None},
    {"a.txt": "a, mardi\n", "d.txt": "d, mardi\n"},
)
"""What each night changes; None is a removal."""


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def make(folder: Path, without: int | None = None) -> None:
    """A folder as the nightly job leaves it; ``without`` is a night that was never saved."""
    data = folder.parent / "donnees"
    data.mkdir()
    folder.mkdir()
    state = folder.parent / "etat.snar"
    for night, changes in enumerate(NIGHTS):
        for name, content in changes.items():
            if content is None:
                (data / name).unlink()
            else:
                (data / name).write_text(content)
        subprocess.run(
            ["tar", "--create", f"--file={folder}/jour-{night}.tar",
             f"--listed-incremental={state}", f"--directory={data.parent}", "donnees"],
            stdin=subprocess.DEVNULL, check=True, capture_output=True,
        )  # fmt: skip
        if night == without:
            (folder / f"jour-{night}.tar").unlink()
        # See setup/donnees.sh: files are dated by a clock that may be a tick late.
        ended = time.time()
        while time.clock_gettime(COARSE) <= ended:
            time.sleep(0.001)
    archives = sorted(folder.glob("jour-*.tar"))
    sums = "".join(f"{digest(path)}  {path.name}\n" for path in archives)
    (folder / "SHA256SUMS").write_text(sums)
    files = sorted(data.iterdir())
    listed = "".join(f"{digest(path)}  donnees/{path.name}\n" for path in files)
    (folder / "MANIFESTE").write_text(listed)


def run(folder: Path, expected: str) -> tuple[int, str]:
    """The script's exit status on a folder, and its last words."""
    if not SCRIPT.is_file() or not os.access(SCRIPT, os.X_OK):
        verdict(False, expected, f"{SCRIPT} n'existe pas ou n'est pas exécutable")
    try:
        done = subprocess.run(
            [str(SCRIPT), str(folder)],
            cwd="/", stdin=subprocess.DEVNULL, check=False, capture_output=True, text=True,
            errors="replace", timeout=TIMEOUT_S,
        )  # fmt: skip
    except OSError as error:
        verdict(False, expected, f"{SCRIPT} ne se lance pas : {error.strerror}")
    except subprocess.TimeoutExpired:
        verdict(False, expected, f"toujours en cours après {TIMEOUT_S} s")
    said = (done.stderr + done.stdout).strip().splitlines()
    return done.returncode, said[-1] if said else "sans un mot"


def sound() -> None:
    """The script accepts a sound folder."""
    expected = "une sauvegarde saine est acceptée (code 0)"
    with tempfile.TemporaryDirectory() as work:
        make(Path(work) / "semaine")
        status, said = run(Path(work) / "semaine", expected)
    verdict(status == 0, expected, f"code {status} : {said}")


def altered() -> None:
    """The script refuses an archive that is not the one that was written."""
    expected = "un octet altéré dans une archive est vu (code autre que 0)"
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "semaine"
        make(folder)
        archive = folder / "jour-1.tar"
        content = archive.read_bytes()
        archive.write_bytes(content.replace(b"a, lundi", b"a, Lundi"))
        status, said = run(folder, expected)
    verdict(status != 0, expected, f"code {status} : {said}")


def incomplete() -> None:
    """The script refuses archives that do not give back what the folder held."""
    expected = "une nuit qui manque à la chaîne est vue (code autre que 0)"
    with tempfile.TemporaryDirectory() as work:
        make(Path(work) / "semaine", without=1)
        status, said = run(Path(work) / "semaine", expected)
    verdict(status != 0, expected, f"code {status} : {said}")


def sums(path: str) -> None:
    """The folder's sums name each archive with its own."""
    folder = Path(path)
    listed = folder / "SHA256SUMS"
    expected = f"{listed} donne l'empreinte de chaque archive"
    if not listed.is_file():
        verdict(False, expected, f"{listed} n'existe pas")
    known = {}
    for line in listed.read_text(errors="replace").splitlines():
        value, _, name = line.partition(" ")
        known[Path(name.strip().lstrip("*")).name] = value.lower()
    archives = sorted(folder.glob("jour-*.tar"))
    problems = [f"{a.name} n'y est pas" for a in archives if a.name not in known]
    problems += [
        f"{a.name} n'a pas cette empreinte"
        for a in archives
        if a.name in known and known[a.name] != digest(a)
    ]
    verdict(
        bool(archives) and not problems,
        expected,
        " ; ".join(problems[:3]) or f"{len(archives)} archives, toutes conformes",
    )


{"empreintes": sums, "saine": sound, "abimee": altered, "incomplete": incomplete}[sys.argv[1]](
    *sys.argv[2:]
)
