#!/usr/bin/env python3
"""Judge the append-only REST repository: from srv, and on the machine that serves it.

Usage: rest.py identifie | ajout | gardes    (on srv)
       rest.py cloison                       (on sauvegarde)
"""

import json
import secrets
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from base64 import b64encode
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from lab_restic import restic
from lab_run import last_line
from lab_verdict import verdict

FILE = Path("/root/.restic-rest")
NOTE = Path("/var/lib/pcapra/rancon.json")
SERVED = Path("/srv/rest/srv")
VERSION = {"Accept": "application/vnd.x.restic.rest.v2"}
DEADLINE = 70.0


class Server:
    """What the repository's file names, asked without restic: its answers are the proof."""

    def __init__(self, expected: str) -> None:
        if not FILE.is_file():
            verdict(False, expected, f"{FILE} n'existe pas")
        if FILE.stat().st_mode & 0o077:
            verdict(False, expected, f"{FILE} porte un mot de passe et d'autres que root le lisent")
        url = urlsplit(FILE.read_text().strip().removeprefix("rest:"))
        if not FILE.read_text().startswith("rest:") or not url.hostname or not url.username:
            verdict(
                False,
                expected,
                f"{FILE} n'est pas de la forme rest:http://srv:…@sauvegarde:8000/srv/",
            )
        self.root = f"{url.scheme}://{url.hostname}:{url.port or 8000}"
        self.path = url.path.strip("/")
        login = f"{unquote(url.username)}:{unquote(url.password or '')}"
        self._login = {"Authorization": f"Basic {b64encode(login.encode()).decode()}"}
        self._expected = expected

    def ask(
        self, method: str, path: str, body: bytes | None = None, *, login: bool = True
    ) -> tuple[int, bytes]:
        """The status and body of an answer."""
        headers = {**VERSION, **(self._login if login else {})}
        request = urllib.request.Request(
            f"{self.root}/{path}", data=body, method=method, headers=headers
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=15) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read()
        except OSError as error:
            reason = getattr(error, "reason", error)
            verdict(False, self._expected, f"{self.root} ne répond pas : {reason}")

    def names(self, folder: str) -> list[str]:
        """The objects of one kind."""
        status, body = self.ask("GET", f"{self.path}/{folder}/")
        if status != 200:
            verdict(False, self._expected, f"la liste de {folder} est refusée : {status}")
        return [one["name"] for one in json.loads(body)]


def identified() -> None:
    """The password is asked for, opens srv's own repository, and no one else's."""
    expected = "sans mot de passe : 401 ; avec celui de srv : son dépôt, et lui seul"
    server = Server(expected)
    status, _ = server.ask("GET", f"{server.path}/config", login=False)
    if status != 401:
        verdict(False, expected, f"sans mot de passe, le serveur répond {status}")
    status, _ = server.ask("GET", f"{server.path}/config")
    if status != 200:
        words = {401: "le mot de passe est refusé", 404: "aucun dépôt n'y a été créé"}
        verdict(False, expected, f"{words.get(status, 'réponse')} ({status})")
    status, _ = server.ask("POST", "autre/?create=true", b"")
    if status not in (401, 403):
        verdict(
            False,
            expected,
            f"srv crée un dépôt chez un autre : {status}",
            "`--private-repos` limite chaque compte au dossier de son nom.",
        )
    verdict(True, expected, "401, 200, puis 403 chez un autre")


def append_only() -> None:
    """With srv's own credentials, a backup is accepted, and its removal or rewriting refused."""
    expected = "avec le mot de passe de srv : une sauvegarde acceptée, aucun effacement"
    server = Server(expected)
    before = set(server.names("snapshots"))
    with tempfile.TemporaryDirectory(prefix="controle-") as folder:
        (Path(folder) / "nonce").write_bytes(secrets.token_bytes(64))
        command = ("backup", "--quiet", "--host", "controle", "--tag", "controle", folder)
        try:
            saved = restic("rest", *command, lock=True, timeout=DEADLINE)
        except subprocess.TimeoutExpired:
            verdict(False, expected, f"la sauvegarde est refusée : rien en {DEADLINE:.0f} s")
    if saved.returncode != 0:
        said = last_line(saved.stderr.decode(errors="replace"), "?")
        verdict(False, expected, f"la sauvegarde est refusée : {said}")
    new = [name for name in server.names("snapshots") if name not in before]
    if not new:
        verdict(False, expected, "la sauvegarde a réussi, mais rien n'est arrivé sur ce serveur")
    mine = f"{server.path}/snapshots/{new[0]}"
    _, content = server.ask("GET", mine)
    # Only the snapshot made here is at stake: nothing of the trainee's is put in danger.
    written, _ = server.ask("POST", mine, b"efface")
    removed, _ = server.ask("DELETE", mine)
    status, after = server.ask("GET", mine)
    if status != 200 or removed < 400:
        verdict(
            False,
            expected,
            f"l'instantané que srv vient de faire s'efface depuis srv (réponse {removed})",
            "Il manque `--append-only` à rclone ; après l'avoir ajouté : daemon-reload, restart.",
        )
    if after != content:
        verdict(False, expected, f"le contenu d'un instantané se remplace (réponse {written})")
    verdict(
        True, expected, f"acceptée ; effacement refusé ({removed}), réécriture aussi ({written})"
    )


def kept() -> None:
    """All the snapshots that the attacker found there are still there."""
    expected = "tous les instantanés que l'attaquant a trouvés sur le serveur y sont encore"
    if not NOTE.is_file():
        verdict(False, expected, "la panne du drill n'a pas encore eu lieu")
    server = Server(expected)
    before, now = set(json.loads(NOTE.read_text())), set(server.names("snapshots"))
    lost = sorted(before - now)
    observed = f"disparus : {len(lost)}, dont {lost[0][:8]}" if lost else f"{len(before)} présents"
    verdict(not lost and bool(before), expected, observed)


def may(account: str, *test: str) -> bool:
    """Whether an account passes a test(1), with its own groups and nothing else."""
    return (
        subprocess.run(["runuser", "-u", account, "--", "test", *test], check=False).returncode == 0
    )


def serving() -> dict[str, str]:
    """Of the process that listens on port 8000: its account."""
    inodes = {
        fields[9]
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        for fields in (line.split() for line in Path(table).read_text().splitlines()[1:])
        if fields[1].endswith(":1F40") and fields[3] == "0A"
    }
    found: dict[str, str] = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            links = {str(one.readlink()) for one in (process / "fd").iterdir()}
            if any(f"socket:[{inode}]" in links for inode in inodes):
                found[process.name] = process.owner()
        except (FileNotFoundError, ProcessLookupError, KeyError):
            continue
    return found


def apart() -> None:
    """Whoever holds srv's SFTP key cannot reach what the REST server keeps."""
    expected = "ni le compte restic (SFTP) ni le serveur en root ne tiennent les données de REST"
    if not SERVED.is_dir():
        verdict(False, expected, f"{SERVED} n'existe pas")
    owners: dict[str, Any] = serving()
    if not owners:
        verdict(False, expected, "rien n'écoute sur le port 8000")
    account = next(iter(owners.values()))
    if account in ("root", "restic"):
        verdict(
            False,
            expected,
            f"le serveur tourne sous le compte {account}",
            "Donnez-lui un compte à lui : User= dans son unité, et /srv/rest à ce compte.",
        )
    reach = [
        path
        for path in (SERVED.parent, SERVED, SERVED / "snapshots")
        if may("restic", "-w", str(path))
    ]
    if reach:
        verdict(False, expected, f"le compte restic peut écrire dans {reach[0]}")
    verdict(True, expected, f"servi par {account}, fermé au compte restic")


{"identifie": identified, "ajout": append_only, "gardes": kept, "cloison": apart}[sys.argv[1]]()
