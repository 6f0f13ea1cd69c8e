#!/usr/bin/env python3
"""Judge, on the backup machine, that the remote repository really lives there."""

import configparser
from pathlib import Path
from typing import NoReturn

from lab_verdict import verdict

REPOSITORY = Path("/srv/borg/srv")
LEAST = 2 << 20
"""The site holds 2 MiB of random bytes, which nothing can shrink."""


def main() -> NoReturn:
    """The folder is a repository of the account ``borg``, and holds the site's weight."""
    expected = f"{REPOSITORY}, dépôt du compte borg, contient au moins {LEAST >> 20} Mio"
    config = configparser.ConfigParser(interpolation=None)
    config.read(REPOSITORY / "config")
    if not config.has_option("repository", "id"):
        verdict(False, expected, f"aucun dépôt Borg dans {REPOSITORY}")
    segments = [path for path in (REPOSITORY / "data").rglob("*") if path.is_file()]
    strangers = {path.owner() for path in segments} - {"borg"}
    if strangers:
        verdict(
            False,
            expected,
            f"des fichiers du dépôt appartiennent à {', '.join(sorted(strangers))}",
            "sudo chown -R borg: /srv/borg/srv, et plus jamais d'accès en root à ce dépôt.",
        )
    total = sum(path.stat().st_size for path in segments)
    verdict(total >= LEAST, expected, f"{total >> 10} Kio de données")


main()
