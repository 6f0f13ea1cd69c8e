#!/usr/bin/env python3
"""Run the backup jobs as cron would, and look at what they leave.

Usage: taches.py support | demonte | envoi | vide | trois
"""

import hashlib
import json
import os
import secrets
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from lab_borg import borg
from lab_cron import run_as_cron
from lab_run import Done
from lab_verdict import verdict

DATA = Path("/srv/donnees") / os.environ["PCAPRA_CLIENT"]
USB = Path("/media/usb")
FOLDER = USB / "donnees"
LOCAL, OFFSITE, BORG = (
    f"/usr/local/sbin/{name}"
    for name in ("sauvegarde-locale", "copie-hors-site", "sauvegarde-borg")
)
REPOSITORY = "ssh://borg@sauvegarde/srv/borg/srv"


def run(*command: str) -> Done:
    """Run a command as a cron table of /etc/cron.d would, with the folders of root's programs."""
    return run_as_cron(*command, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"})


def job(path: str, expected: str) -> None:
    """Run a job that must succeed."""
    if not os.access(path, os.X_OK):
        verdict(False, expected, f"{path} n'existe pas ou n'est pas exécutable")
    done = run(path)
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip().splitlines()[-1:] or ["rien dit"]
        verdict(False, expected, f"{path} : code {done.returncode}, {said[0][:160]}")


@contextmanager
def witness(name: str, content: bytes) -> Iterator[Path]:
    """A file of the customer's that only a backup made from now on can hold."""
    path = DATA / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def holds(folder: Path, name: str, content: bytes) -> bool:
    """Some file of a folder is the witness, or an archive that holds it."""
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        if path.name == name and path.read_bytes() == content:
            return True
        try:
            with tarfile.open(path) as archive:
                for member in archive:
                    if member.name.endswith(f"/{name}"):
                        stream = archive.extractfile(member)
                        if stream is not None and stream.read() == content:
                            return True
        except (tarfile.TarError, OSError, EOFError):
            continue
    return False


def on_usb(expected: str) -> None:
    """The USB disk is mounted, and is another file system than production's."""
    if not os.path.ismount(USB):
        verdict(False, expected, f"rien n'est monté sur {USB}", "sudo mount /media/usb")
    if USB.stat().st_dev == DATA.parent.stat().st_dev:
        verdict(False, expected, f"{USB} est sur le même périphérique que la production")


def other_medium() -> None:
    """The local job writes on the USB disk what is in production now."""
    expected = f"sauvegarde-locale écrit dans {FOLDER}, sur un autre support que la production"
    name, content = f"temoin-{secrets.token_hex(4)}.bin", secrets.token_bytes(64)
    on_usb(expected)
    with witness(name, content):
        job(LOCAL, expected)
    if not holds(FOLDER, name, content):
        verdict(False, expected, f"rien dans {FOLDER} ne contient un fichier posé à l'instant")
    verdict(True, expected, "un fichier posé à l'instant s'y retrouve")


UNPLUGGED = """
umount --lazy /media/usb || exit 99
avant=$(mktemp)
"$1" > /dev/null 2>&1
code=$?
if mountpoint -q /media/usb; then rm -f "$avant"; exit 98; fi
trouve=$(find /media/usb -xdev -type f -newer "$avant" -print -delete | head -n 1)
find /media/usb -xdev -mindepth 1 -type d -empty -delete
rm -f "$avant"
[ -z "$trouve" ] || exit 97
exit "$code"
"""


def unplugged() -> None:
    """Without the USB disk the job fails, and fills nothing: tried in a mount namespace."""
    expected = "disque USB absent : sauvegarde-locale échoue, sans rien écrire à sa place"
    on_usb(expected)
    done = run("unshare", "--mount", "sh", "-c", UNPLUGGED, "essai", LOCAL)
    code = done.returncode
    if code == 99:
        verdict(False, expected, f"{USB} ne se démonte pas : {done.stderr.strip()[:120]}")
    if code == 98:
        verdict(True, expected, "la tâche remonte elle-même le disque")
    if code == 97:
        verdict(
            False,
            expected,
            f"les fichiers sont allés dans le dossier vide, sous {USB} : sur le disque de srv",
            "`mountpoint -q /media/usb || exit 1`, avant d'écrire.",
        )
    if code == 0:
        verdict(False, expected, "elle a rendu 0")
    verdict(True, expected, f"elle a rendu {code} et rien écrit")


def sent() -> None:
    """Local backup, then off-site copy; the witness's arrival is read on the other machine."""
    expected = "sauvegarde-locale puis copie-hors-site réussissent, et rien n'en revient sur srv"
    name = f"arrivee-{int(time.time())}.txt"
    content = hashlib.sha256((os.environ["PCAPRA_MARQUE"] + name).encode()).hexdigest().encode()
    start = time.time()
    with witness(name, content):
        job(LOCAL, expected)
        job(OFFSITE, expected)
    back = [path for path in Path("/srv/miroir").rglob("*") if path.stat().st_ctime >= start]
    if back:
        verdict(
            False,
            expected,
            f"la copie vient d'arriver dans {back[0]}, sur srv",
            "`ssh agence hostname` : où mène cet alias ? Voyez `/root/.ssh/config`.",
        )
    verdict(True, expected, "les deux ont réussi")


def made_since(began: float) -> list[str]:
    """The archives made since then, oldest first, by the clock that dated them: this machine's."""
    done = borg("list", "--bypass-lock", "--json", REPOSITORY)
    archives = json.loads(done.stdout)["archives"] if done.returncode == 0 else []
    return [
        archive["name"]
        for archive in archives
        if datetime.fromisoformat(archive["time"]).timestamp() >= began
    ]


def forget(names: list[str]) -> None:
    """Archives that a check made are taken off the list: the newest stays the trainee's."""
    if names:
        borg("delete", "--lock-wait", "60", REPOSITORY, *names)


def empty() -> None:
    """With nothing to save, or no folder at all, the job fails: tried in a mount namespace."""
    expected = "sauvegarde-borg échoue quand il n'y a rien à sauvegarder"
    cases = (("/srv", "le dossier n'existe pas"), (str(DATA.parent), "le dossier est vide"))
    began = time.time()
    try:
        for hidden, what in cases:
            fails_without(hidden, what, expected)
    finally:
        forget(made_since(began))
    verdict(True, expected, "un échec dans les deux cas : dossier absent, dossier vide")


def fails_without(hidden: str, what: str, expected: str) -> None:
    """One of those cases."""
    script = f'mount -t tmpfs vide {hidden} || exit 99; exec "$1"'
    done = run("unshare", "--mount", "sh", "-c", script, "essai", BORG)
    if done.returncode == 99:
        verdict(False, expected, f"{hidden} ne se laisse pas masquer : {done.stderr[:120]}")
    if done.returncode == 0:
        verdict(
            False,
            expected,
            f"code 0 alors que {what}",
            "Jugez ce que l'archive contient : `borg list` sur elle, et un code non nul si "
            "aucun fichier n'y est.",
        )


def three() -> None:
    """Production, the USB disk and Borg's repository hold the same new file."""
    expected = "un fichier posé à l'instant est en trois exemplaires : srv, disque USB, sauvegarde"
    name, content = f"temoin-{secrets.token_hex(4)}.bin", secrets.token_bytes(64)
    began = time.time()
    try:
        with witness(name, content) as path:
            job(LOCAL, expected)
            job(BORG, expected)
    except SystemExit:
        forget(made_since(began))
        raise
    made = made_since(began)
    if not made:
        verdict(False, expected, "la tâche a rendu 0, sans faire d'archive dans le dépôt Borg")
    item, archive = str(path)[1:], made[-1]
    listing = borg(
        "list", "--bypass-lock", "--format", "{sha256}", f"{REPOSITORY}::{archive}", item
    )
    forget(made)
    copies = {
        "le disque USB": holds(FOLDER, name, content),
        "Borg": listing.stdout.strip() == hashlib.sha256(content).hexdigest(),
    }
    lacking = [place for place, present in copies.items() if not present]
    if lacking:
        verdict(False, expected, f"absent de : {', '.join(lacking)} (les tâches ont rendu 0)")
    verdict(True, expected, f"présent partout, dont {archive}")


{"support": other_medium, "demonte": unplugged, "envoi": sent, "vide": empty, "trois": three}[
    sys.argv[1]
]()
