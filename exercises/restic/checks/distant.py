#!/usr/bin/env python3
"""Judge, on the backup machine, that the SFTP repository really lives there."""

from pathlib import Path
from typing import NoReturn

from lab_verdict import verdict

REPOSITORY = Path("/srv/restic/srv")
LEAST = 1 << 20
"""The site holds 1 MiB of random bytes, which nothing can shrink."""


def main() -> NoReturn:
    """The folder is a repository of the account ``restic``, and holds the site's weight."""
    expected = f"{REPOSITORY}, dépôt du compte restic, contient au moins {LEAST >> 20} Mio"
    if not (REPOSITORY / "config").is_file():
        verdict(False, expected, f"aucun dépôt Restic dans {REPOSITORY}")
    packs = [path for path in (REPOSITORY / "data").rglob("*") if path.is_file()]
    strangers = {path.owner() for path in packs} - {"restic"}
    if strangers:
        verdict(
            False,
            expected,
            f"des fichiers du dépôt appartiennent à {', '.join(sorted(strangers))}",
        )
    total = sum(path.stat().st_size for path in packs)
    verdict(total >= LEAST, expected, f"{total >> 10} Kio de données")


main()
