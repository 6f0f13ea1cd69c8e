#!/usr/bin/env python3
"""Judge the nightly job: its cron entry, its secrets, and what running it really does.

Usage: tache.py planification | secret | execution | retention
"""

import hashlib
import os
import pwd
import re
import secrets
import sys
from dataclasses import dataclass, field
from pathlib import Path

from lab_borg import archives, borg
from lab_cron import ENVIRONMENT, run_as_cron
from lab_run import Done
from lab_secret import only_root_writes, phrase_of
from lab_verdict import verdict

SCRIPT = Path("/usr/local/sbin/sauvegarde-borg")
REPOSITORY = "ssh://borg@sauvegarde/srv/borg/srv"
PASSPHRASE = Path("/root/.borg-pass")
ROOT_CRONTAB = Path("/var/spool/cron/crontabs/root")
DAILY = (("@daily", "@midnight", "@hourly"), ("*", "*/1"))


@dataclass(frozen=True)
class Entry:
    """A cron entry that names the script."""

    file: Path
    when: str
    user: str
    command: str
    env: dict[str, str] = field(default_factory=dict)


def crontabs() -> list[Path]:
    """The files that Debian's cron reads, see cron(8)."""
    system = [Path("/etc/crontab"), *sorted(Path("/etc/cron.d").glob("*"))]
    # A dot in the name, a file of someone else or one that others may write: cron ignores it.
    tables = [
        path
        for path in system
        if path.is_file()
        and re.fullmatch(r"[A-Za-z0-9_-]+", path.name)
        and path.stat().st_uid == 0
        and not path.stat().st_mode & 0o022
    ]
    return [*tables, ROOT_CRONTAB] if ROOT_CRONTAB.is_file() else tables


def entries() -> list[Entry]:
    """All the cron entries that name the script."""
    found = []
    for path in crontabs():
        text = path.read_text(errors="replace")
        if not text.endswith("\n"):
            continue  # cron refuses a table whose last line is not ended
        env: dict[str, str] = {}
        for line in text.splitlines():
            assignment = re.fullmatch(r"\s*([A-Za-z_]\w*)\s*=\s*(.*?)\s*", line)
            if assignment:
                env[assignment[1]] = assignment[2].strip("\"'")
                continue
            owned = path == ROOT_CRONTAB
            head = r"\s*(@\w+|(?:\S+\s+){4}\S+)\s+" + ("()" if owned else r"(\S+)\s+")
            entry = re.fullmatch(head + r"(.+)", line)
            if entry is None or line.lstrip().startswith("#") or str(SCRIPT) not in entry[3]:
                continue
            found.append(Entry(path, entry[1], entry[2] or "root", entry[3], dict(env)))
    return found


def cron_runs() -> bool:
    """The process that cron's pid file names is a cron."""
    try:
        pid = Path("/run/crond.pid").read_text().strip()
        return Path(f"/proc/{pid}/comm").read_text() == "cron\n"
    except FileNotFoundError:
        return False


def planned() -> None:
    """One entry runs the script every day, as a user who exists, and cron is alive."""
    expected = f"une entrée cron exécute {SCRIPT} chaque jour en root"
    if not SCRIPT.is_file() or not os.access(SCRIPT, os.X_OK):
        verdict(False, expected, f"{SCRIPT} n'existe pas ou n'est pas exécutable")
    candidates = entries()
    if not candidates:
        verdict(
            False,
            expected,
            "aucune entrée que cron lise ne l'exécute",
            "Dans /etc/cron.d : un nom de fichier sans point, un champ « utilisateur » entre la "
            "date et la commande, une fin de ligne après la dernière entrée.",
        )
    entry = candidates[0]
    try:
        account = pwd.getpwnam(entry.user)
    except KeyError:
        verdict(False, expected, f"{entry.file} : « {entry.user} » n'est pas un compte")
    if account.pw_uid != 0:
        verdict(False, expected, f"{entry.file} : exécutée par {entry.user}")
    shortcuts, every = DAILY
    fields = entry.when.split()
    if entry.when not in shortcuts and not (
        len(fields) == 5 and all(field in every for field in fields[2:])
    ):
        verdict(False, expected, f"{entry.file} : « {entry.when} » n'est pas quotidien")
    if not cron_runs():
        verdict(False, expected, "le service cron est arrêté", "sudo systemctl enable --now cron")
    verdict(True, expected, f"{entry.file} : {entry.when}")


def secret() -> None:
    """The passphrase stands in one file that only root reads."""
    expected = f"la phrase secrète n'est que dans {PASSPHRASE}, lisible par root seul"
    phrase = phrase_of(PASSPHRASE, SCRIPT, expected)
    for path in {SCRIPT, *crontabs(), *(entry.file for entry in entries())}:
        if phrase and phrase in path.read_text(errors="replace"):
            verdict(
                False,
                expected,
                f"elle est écrite en clair dans {path}",
                "Laissez borg la lire : export BORG_PASSCOMMAND='cat /root/.borg-pass'.",
            )
    only_root_writes(SCRIPT, expected)
    verdict(True, expected, "un seul fichier la contient")


def system_environment() -> dict[str, str]:
    """What PAM gives to a cron job on Debian (see /etc/pam.d/cron)."""
    env = {}
    for path in (Path("/etc/environment"), Path("/etc/default/locale")):
        for line in path.read_text().splitlines() if path.is_file() else ():
            name, sign, value = line.partition("=")
            if sign and not name.startswith("#"):
                env[name.strip()] = value.strip().strip("\"'")
    return env


def run_entry(entry: Entry) -> Done:
    """Run the entry: its shell and its variables, ``%`` as a new line."""
    env = {**ENVIRONMENT, **system_environment(), **entry.env}
    command, _, typed = re.sub(r"(?<!\\)%", "\n", entry.command).partition("\n")
    return run_as_cron(env["SHELL"], "-c", command.replace("\\%", "%"), env=env, typed=typed)


def names(expected: str) -> list[str]:
    """The remote archives, oldest first."""
    return [str(archive["name"]) for archive in archives(REPOSITORY, expected)]


def executed() -> None:
    """A file planted just now is in the archive that the job makes."""
    expected = "lancée comme par cron, la tâche sauvegarde un fichier posé à l'instant"
    candidates = entries()
    if not candidates:
        verdict(False, expected, "aucune entrée cron à lancer")
    nonce = secrets.token_bytes(32)
    witness = Path("/srv/www") / os.environ["PCAPRA_CLIENT"] / f"temoin-{secrets.token_hex(4)}.bin"
    witness.parent.mkdir(parents=True, exist_ok=True)
    witness.write_bytes(nonce)
    try:
        run = run_entry(candidates[0])
    finally:
        witness.unlink()
    ending = f"code de retour {run.returncode}"
    for name in reversed(names(expected)[-3:]):
        listing = borg(
            "list", "--bypass-lock", "--format", "{sha256}{NL}", f"{REPOSITORY}::{name}",
            str(witness)[1:],
        )  # fmt: skip
        if hashlib.sha256(nonce).hexdigest() in listing.stdout.split():
            verdict(True, expected, f"trouvé dans {name} ({ending})")
    printed = (run.stderr + run.stdout).strip().splitlines()
    if printed:
        hint = (
            "cron ne lit ni .bashrc ni .profile : tout ce dont borg a besoin doit être dans le "
            "script."
        )
    else:
        printed = ["rien ne s'affiche (sortie redirigée ?)"]
        hint = (
            "Lisez `journalctl -t sauvegarde-borg -n 20`, puis essayez avec "
            "`env -i HOME=/root PATH=/usr/bin:/bin /usr/local/sbin/sauvegarde-borg`."
        )
    observed = f"aucune archive ne le contient ({ending}) : {printed[-1]}"
    verdict(False, expected, observed, hint)


def pruned() -> None:
    """The job's retention dropped srv's superseded archive, and no other host's."""
    expected = "la rétention a été appliquée à la série srv-*, et à elle seule"
    present = names(expected)
    late = [name for name in present if re.fullmatch(r"srv-\d{4}-\d\d-\d\dT02:00:00", name)]
    early = [name for name in present if re.fullmatch(r"srv-\d{4}-\d\d-\d\dT01:00:00", name)]
    other = [name for name in present if name.startswith("compta-")]
    if early:
        verdict(
            False,
            expected,
            f"{early[0]} est toujours là, à côté d'une archive plus récente du même jour",
            "Un avertissement (code 1, /var/www n'existe pas) ne doit pas arrêter le script "
            "avant borg prune.",
        )
    if not late or not other:
        verdict(
            False,
            expected,
            "une archive que la rétention devait garder a disparu",
            "Il manque `--glob-archives '{hostname}-*'` à borg prune. Les archives supprimées ne "
            "reviennent pas : corrigez le script, puis réinitialisez le laboratoire (F8).",
        )
    verdict(True, expected, f"{late[0]} et {other[0]} gardées, le doublon supprimé")


{"planification": planned, "secret": secret, "execution": executed, "retention": pruned}[
    sys.argv[1]
]()
