#!/usr/bin/env python3
"""Run the server's verification job, as the account ``borg``, on sound and damaged repositories."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

from lab_verdict import verdict

JOB = Path("/usr/local/sbin/verifier-depots")
ROOT = Path("/srv/borg")
SOURCE = ROOT / "compta"
DAMAGED = ROOT / "essai-du-controle"


def run_job() -> subprocess.CompletedProcess[str]:
    """The job, with cron's poor environment."""
    env = {"PATH": "/usr/bin:/bin", "HOME": "/home/borg", "SHELL": "/bin/sh", "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        ["/usr/bin/env", str(JOB)],
        env=env,
        user="borg",
        group="borg",
        extra_groups=[],
        cwd="/",
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
        start_new_session=True,
    )


def plant(account: pwd.struct_passwd) -> None:
    """A repository of another client, with one byte changed in its largest segment."""
    shutil.copytree(SOURCE, DAMAGED, ignore=shutil.ignore_patterns("lock.*"))
    segments = [path for path in (DAMAGED / "data").rglob("*") if path.is_file()]
    largest = max(segments, key=lambda path: path.stat().st_size)
    content = bytearray(largest.read_bytes())
    content[len(content) // 2] ^= 0xFF
    largest.write_bytes(content)
    for path in (DAMAGED, *DAMAGED.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid)


def last_words(run: subprocess.CompletedProcess[str]) -> str:
    """What the job said last."""
    lines = (run.stdout + run.stderr).strip().splitlines()
    return lines[-1][:160] if lines else "elle n'a rien dit"


def main() -> NoReturn:
    """The job succeeds on sound repositories, fails on a damaged one, and names it."""
    expected = "la tâche réussit quand tout est sain, échoue et nomme le dépôt abîmé sinon"
    if not JOB.is_file() or not os.access(JOB, os.X_OK):
        verdict(False, expected, f"{JOB} n'existe pas ou n'est pas exécutable")
    account = pwd.getpwnam("borg")
    shutil.rmtree(DAMAGED, ignore_errors=True)
    sound = run_job()
    if sound.returncode != 0:
        verdict(
            False,
            expected,
            f"code {sound.returncode} alors que tout est sain : {last_words(sound)}",
            "Essayez : `sudo -u borg env -i PATH=/usr/bin:/bin /usr/local/sbin/verifier-depots`.",
        )
    try:
        plant(account)
        damaged = run_job()
    finally:
        shutil.rmtree(DAMAGED, ignore_errors=True)
    if damaged.returncode == 0:
        verdict(
            False,
            expected,
            "code 0 alors qu'un dépôt voisin, posé pour l'essai, est abîmé",
            "La tâche doit voir tous les dépôts de /srv/borg, et rendre un code non nul dès que "
            "l'un échoue.",
        )
    if DAMAGED.name not in damaged.stdout + damaged.stderr:
        verdict(
            False,
            expected,
            f"code {damaged.returncode}, mais rien ne dit quel dépôt est abîmé",
        )
    verdict(True, expected, f"code 0 sain, code {damaged.returncode} abîmé, dépôt nommé")


main()
