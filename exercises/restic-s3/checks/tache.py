#!/usr/bin/env python3
"""Judge srv's job: where its secrets are, and whom it trusts.

Usage: tache.py secret nuage|b2
       tache.py tls
       tache.py moindre
       tache.py admin
"""

import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from lab_run import run
from lab_s3 import ADMIN, B2, B2_DEPOSIT, B2_WHOLE, NUAGE, SRV, Client, judged
from lab_verdict import verdict

PLACES = ("/etc", "/usr/local", "/root", "/home", "/opt")
UNIT = "sauvegarde-s3@nuage.service"
LARGEST = 1 << 20
IMPOSTOR = "127.0.0.9"
DROP_IN = Path(f"/run/systemd/system/{UNIT}.d/imposteur-du-controle.conf")


def holders(*texts: str) -> dict[str, list[Path]]:
    """The files that hold each of some texts."""
    found: dict[str, list[Path]] = {text: [] for text in texts}
    for place in PLACES:
        for folder, _, names in os.walk(place):
            for name in names:
                path = Path(folder) / name
                try:
                    small = path.is_file() and path.stat().st_size < LARGEST
                    content = path.read_bytes() if small else b""
                except OSError:
                    continue
                for text in texts:
                    if text.encode() in content:
                        found[text].append(path)
    return found


def readable(path: Path) -> bool:
    """Whether others than root may read it, and reach it."""
    status = path.stat()
    if status.st_uid == 0 and not status.st_mode & 0o044:
        return False
    return all(folder.stat().st_mode & 0o011 for folder in path.parents)


def hidden(name: str) -> None:
    """The keys and the passphrase stand in files that root alone reads, and in no command line."""
    expected = (
        "le secret de la clé et la phrase : dans des fichiers que root seul lit, et là seulement"
    )
    secrets = {"la phrase du dépôt": os.environ["PCAPRA_PHRASE"]}
    if name == "nuage":
        secrets["le secret de la clé"] = SRV.secret
    env = Path(f"/etc/restic/{name}.env")
    if not env.is_file():
        verdict(False, expected, f"{env} n'existe pas")
    said = run("systemctl", "show", f"sauvegarde-s3@{name}.service", "-p", "Environment,ExecStart")
    everywhere = holders(*secrets.values())
    for what, secret in secrets.items():
        found = everywhere[secret]
        if not found:
            verdict(False, expected, f"{what} n'est dans aucun fichier de srv")
        open_to_all = [str(path) for path in found if readable(path)]
        if open_to_all:
            verdict(False, expected, f"{what} se lit dans {open_to_all[0]}")
        if secret in said.stdout:
            verdict(False, expected, f"`systemctl show` montre {what} à tous les comptes")
        typed = re.compile(rf"^[^#\n]*\brestic\b.*{re.escape(secret)}", re.MULTILINE)
        for path in found:
            if path.name != ".bash_history" and typed.search(path.read_text("latin-1")):
                verdict(False, expected, f"{path} met {what} sur une ligne de commande")
    mode = env.stat().st_mode & 0o777
    verdict(not mode & 0o077, expected, f"{env} : {mode:04o}")


class Impostor(threading.Thread):
    """Somebody else at the host's address, with a certificate of their own making."""

    def __init__(self, folder: str):
        super().__init__(daemon=True)
        subprocess.run(
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                f"/CN={NUAGE.host}", "-addext", f"subjectAltName=DNS:{NUAGE.host}",
                "-keyout", f"{folder}/key", "-out", f"{folder}/cert",
            ],
            check=True, capture_output=True,
        )  # fmt: skip
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(f"{folder}/cert", f"{folder}/key")
        self.door = socket.create_server((IMPOSTOR, 443))
        self.heard = b""
        self.turned_down = threading.Event()
        self.asked = threading.Event()

    def run(self) -> None:
        while True:
            link, _ = self.door.accept()
            link.settimeout(20)
            try:
                with self.tls.wrap_socket(link, server_side=True) as talk:
                    # TLS 1.3: the client's refusal comes after our side of the handshake.
                    self.heard += talk.recv(4096)
                    (self.asked if self.heard else self.turned_down).set()
            except ssl.SSLError:
                self.turned_down.set()
            except OSError:
                continue


def trusting() -> None:
    """At the host's address, a certificate that its authority did not sign: nothing is sent."""
    expected = "à l'adresse de l'hébergeur, un imposteur ne reçoit rien de la tâche"
    if run("systemctl", "cat", UNIT).returncode != 0:
        verdict(False, expected, f"{UNIT} n'existe pas")
    usual = Path("/etc/hosts").read_text()
    false = re.sub(rf"(?m)^.*\b{re.escape(NUAGE.host)}\b.*$", "", usual)
    with tempfile.TemporaryDirectory(dir="/run") as folder:
        impostor = Impostor(folder)
        impostor.start()
        hosts = Path(folder) / "hosts"
        hosts.write_text(f"{false}\n{IMPOSTOR} {NUAGE.host}\n")
        hosts.chmod(0o644)
        try:
            # The job's own view: the machine, and who works on it, keep theirs.
            DROP_IN.parent.mkdir(parents=True, exist_ok=True)
            DROP_IN.write_text(f"[Service]\nBindReadOnlyPaths={hosts}:/etc/hosts\n")
            run("systemctl", "daemon-reload")
            deadline = time.monotonic() + 90
            while time.monotonic() < deadline:
                # Again: its timer may have started it before, with the true address.
                run("systemctl", "start", "--no-block", UNIT)
                if impostor.asked.wait(2) or impostor.turned_down.is_set():
                    break
        finally:
            DROP_IN.unlink(missing_ok=True)
            run("systemctl", "stop", UNIT)
            run("systemctl", "daemon-reload")
            run("systemctl", "reset-failed", UNIT)
    if impostor.asked.is_set():
        verdict(
            False, expected, f"il a reçu {impostor.heard[:40].decode(errors='replace')!r}",
            "`--insecure-tls` ne vérifie plus rien : `--cacert` suffit.",
        )  # fmt: skip
    if not impostor.turned_down.is_set():
        verdict(False, expected, "la tâche ne s'est pas connectée à l'hébergeur en 90 s")
    verdict(True, expected, "la tâche a refusé son certificat")


def least() -> None:
    """Of the keys that Backblaze gave, the one that destroys nothing."""
    expected = "la clé de /etc/restic/b2.env dépose, et ne détruit aucune version"
    path = Path("/etc/restic/b2.env")
    text = path.read_text() if path.is_file() else ""
    if path.is_file() and path.stat().st_mode & 0o077:
        verdict(False, expected, f"{path} se lit : {path.stat().st_mode & 0o777:04o}")
    for key, word in ((B2_WHOLE, "celle qui a deleteFiles"), (ADMIN, "celle de l'administrateur")):
        if key.id in text or key.secret in text:
            verdict(False, expected, f"c'est {word}")
    if B2_DEPOSIT.id not in text or B2_DEPOSIT.secret not in text:
        verdict(False, expected, f"{path} n'existe pas, ou n'a pas une clé de l'énoncé")
    gone = Client.of(B2, B2_DEPOSIT).ask("DELETE", "srv/controle", versionId="aucune")
    verdict(gone.status == 403, expected, f"destruction d'une version : {gone.status}")


def absent() -> None:
    """The administrator's keys are not on the server that is backed up."""
    expected = "aucune clé d'administration n'est sur srv"
    for secret, found in holders(ADMIN.secret, B2_WHOLE.secret).items():
        if found:
            key = ADMIN if secret == ADMIN.secret else B2_WHOLE
            verdict(False, expected, f"{found[0]} contient le secret de {key.id}")
    verdict(True, expected, "aucune trouvée")


match sys.argv[1:]:
    case ["secret", where]:
        hidden(where)
    case ["tls"]:
        trusting()
    case ["moindre"]:
        judged(least)
    case ["admin"]:
        absent()
