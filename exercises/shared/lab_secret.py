"""A passphrase that stands in one file, which root alone reads."""

import stat
from pathlib import Path

from lab_verdict import verdict


def phrase_of(passphrase: Path, script: Path, expected: str) -> str:
    """The passphrase of a script that exists; the check fails if others than root read it."""
    if not script.is_file():
        verdict(False, expected, f"{script} n'existe pas")
    status = passphrase.stat() if passphrase.is_file() else None
    if status is None or status.st_uid != 0 or status.st_mode & 0o077:
        verdict(False, expected, f"{passphrase} : absent, ou lisible par d'autres que root")
    return passphrase.read_text().strip()


def only_root_writes(script: Path, expected: str) -> None:
    """What root runs, nobody else may change."""
    mode = script.stat()
    if mode.st_uid != 0 or mode.st_mode & 0o022:
        verdict(
            False,
            expected,
            f"{script} est modifiable par d'autres que root : {stat.filemode(mode.st_mode)}",
        )
