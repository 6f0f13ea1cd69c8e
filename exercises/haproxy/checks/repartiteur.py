#!/usr/bin/env python3
"""What HAProxy itself says, and does, asked through its socket and on its own ports.

Usage: repartiteur.py sante | page | attente | cle | relais | vide | anciennes
"""

import base64
import csv
import http.client
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab_verdict import verdict

LB = "192.168.1.21"
WEBS = {"192.168.1.11:80": "web1", "192.168.1.12:80": "web2"}
WAIT = 8.0
FIRST_CHECKS_S = 6.0


class Haproxy:
    """The runtime interface, by whichever socket answers."""

    def __init__(self, expected: str) -> None:
        self._expected = expected
        self._path = next((path for path in self._candidates() if self._try(path)), None)
        if self._path is None:
            verdict(
                False,
                expected,
                "HAProxy ne répond pas sur /run/haproxy/admin.sock",
                "`systemctl status haproxy`, et `stats socket … level admin` dans `global`.",
            )

    @staticmethod
    def _candidates() -> list[Path]:
        return [Path("/run/haproxy/admin.sock"), *sorted(Path("/run/haproxy").glob("*.sock"))]

    @staticmethod
    def _ask(path: Path, command: str) -> str:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(WAIT)
            link.connect(str(path))
            link.sendall(f"{command}\n".encode())
            parts = []
            while part := link.recv(65536):
                parts.append(part)
        return b"".join(parts).decode(errors="replace")

    def _try(self, path: Path) -> bool:
        try:
            return "Pid" in self._ask(path, "show info")
        except OSError:
            return False

    def ask(self, command: str) -> str:
        """The answer to a command."""
        assert self._path is not None
        try:
            return self._ask(self._path, command)
        except OSError as error:
            verdict(False, self._expected, f"HAProxy ne répond plus : {error.strerror or error}")

    def rows(self) -> list[dict[str, str]]:
        """Each frontend, backend and server."""
        lines = self.ask("show stat").removeprefix("# ").splitlines()
        return [dict(row) for row in csv.DictReader(line for line in lines if line)]

    def webs(self) -> list[dict[str, str]]:
        """The lines of web1 and web2, in every backend."""
        return [row for row in self.rows() if row.get("addr") in WEBS]

    def checked(self) -> list[dict[str, str]]:
        """The same, once each was checked since HAProxy was reloaded.

        « * » is a check under way: it hides the code of the last answer.
        """
        deadline = time.monotonic() + FIRST_CHECKS_S
        while True:
            rows = self.webs()
            known = not any(
                "INI" in row["check_status"] or row["check_status"].startswith("*") for row in rows
            )
            if known or time.monotonic() > deadline:
                return rows
            time.sleep(0.2)

    @contextmanager
    def out(self, *names: str) -> Iterator[None]:
        """Some web servers in maintenance for a moment; those that already are stay there."""
        mine = [
            f"{row['pxname']}/{row['svname']}"
            for row in self.webs()
            if WEBS[row["addr"]] in names and not row["status"].startswith(("MAINT", "DRAIN"))
        ]
        try:
            for server in mine:
                self.ask(f"set server {server} state maint")
            yield
        finally:
            for server in mine:
                self.ask(f"set server {server} state ready")


def get(port: int, path: str, address: str, headers: dict[str, str]) -> tuple[int, str, str]:
    """The status, the server and the body of an answer; status 0 when none came."""
    connection = http.client.HTTPConnection(address, port, timeout=WAIT)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read().decode(errors="replace")
        return answer.status, answer.headers.get("X-Serveur", ""), body
    except (OSError, http.client.HTTPException) as error:
        return 0, "", f"pas de réponse ({type(error).__name__})"
    finally:
        connection.close()


def healthy() -> None:
    """One backend at least has both servers up, by the answer to an HTTP request."""
    expected = "dans un même backend, web1 et web2 UP, après une réponse 200 à leur contrôle HTTP"
    rows = Haproxy(expected).checked()
    if not rows:
        verdict(False, expected, "aucun serveur 192.168.1.11:80 ni 192.168.1.12:80")
    backends: dict[str, dict[str, str]] = {}
    for row in rows:
        check = f"{row['check_status']} {row['check_code']}".strip()
        state = f"{row['status']} {check}".strip() or "sans contrôle"
        backends.setdefault(row["pxname"], {})[WEBS[row["addr"]]] = state
    good = {"web1": "UP L7OK 200", "web2": "UP L7OK 200"}
    up = all(state.startswith("UP") for states in backends.values() for state in states.values())
    said = " ; ".join(
        f"{name} : " + ", ".join(f"{web} {state}" for web, state in sorted(states.items()))
        for name, states in sorted(backends.items())
    )
    verdict(up and good in backends.values(), expected, said)


def page() -> None:
    """The statistics: with the password, not without."""
    expected = "/stats sur 127.0.0.1:8404 : 401 sans mot de passe, la page avec celui d'admin"
    login = base64.b64encode(f"admin:{os.environ['PCAPRA_MDP']}".encode()).decode()
    bare, _, said = get(8404, "/stats", "127.0.0.1", {})
    if bare != 401:
        verdict(False, expected, f"sans mot de passe : {bare or said}")
    status, _, said = get(8404, "/stats", "127.0.0.1", {"Authorization": f"Basic {login}"})
    ok = status == 200 and "Statistics Report" in said
    verdict(ok, expected, f"401 sans mot de passe ; avec le vôtre : {status or said}")


def waiting() -> None:
    """Without any web server, the customer's words and an honest status."""
    expected = "web1 et web2 hors service : un code 503 et la phrase d'attente du client"
    haproxy = Haproxy(expected)
    with haproxy.out("web1", "web2"):
        status, _, body = get(80, "/", LB, {})
    if status == 0:
        verdict(False, expected, body)
    said = "avec" if os.environ["PCAPRA_JETON"] in body else "sans"
    verdict(status == 503 and said == "avec", expected, f"réponse {status}, {said} la phrase")


def private_key() -> None:
    """Nobody but root reads the key of the certificate that is in use."""
    expected = "la clé privée du certificat n'est lisible que par root"
    lines = Haproxy(expected).ask("show ssl cert").splitlines()
    files = [Path(line) for line in lines if line and not line.startswith(("#", "*"))]
    if not files:
        verdict(False, expected, "HAProxy ne tient aucun certificat")
    keys = [
        path
        for one in files
        for path in (one, one.with_name(f"{one.name}.key"), one.with_suffix(".key"))
        if path.is_file() and "PRIVATE KEY" in path.read_text(errors="replace")
    ]
    if not keys:
        verdict(False, expected, f"{files[0]} n'a pas de clé à côté de lui")
    for path in dict.fromkeys(keys):
        status = path.stat()
        if status.st_mode & 0o077 or status.st_uid != 0:
            rights = f"{status.st_mode & 0o7777:04o}"
            verdict(False, expected, f"{path} : droits {rights}, propriétaire {path.owner()}")
    verdict(True, expected, f"{keys[0]} : lu par root seul")


def cookies(expected: str, haproxy: Haproxy, web: str) -> str:
    """The cookie of a session on a web server, as HAProxy writes it."""
    rows = haproxy.rows()
    names = {
        row["pxname"]: row["cookie"]
        for row in rows
        if row["svname"] == "BACKEND" and row.get("cookie")
    }
    for row in rows:
        if WEBS.get(row.get("addr", "")) == web and row.get("cookie") and row["pxname"] in names:
            return f"{names[row['pxname']]}={row['cookie']}"
    verdict(False, expected, f"aucun cookie n'est attaché à {web}")


def relay() -> None:
    """A session whose server is gone goes on elsewhere."""
    expected = "une session de web1, si web1 s'arrête, continue sur web2"
    haproxy = Haproxy(expected)
    cookie = cookies(expected, haproxy, "web1")
    before = get(80, "/", LB, {"Cookie": cookie})
    with haproxy.out("web1"):
        after = get(80, "/", LB, {"Cookie": cookie})
    if before[:2] != (200, "web1"):
        verdict(False, expected, f"le cookie de web1 mène à {before[1] or before[0] or before[2]}")
    verdict(after[:2] == (200, "web2"), expected, f"ensuite : {after[1]} {after[0] or after[2]}")


def emptied() -> None:
    """Where new sessions are counted, web1 is draining."""
    expected = "web1 est en vidage (DRAIN) : ni arrêté, ni en service normal"
    rows = [row for row in Haproxy(expected).webs() if WEBS[row["addr"]] == "web1"]
    if not rows:
        verdict(False, expected, "aucun serveur 192.168.1.11:80")
    # A weight of zero keeps the status « UP ».
    states = {
        row["pxname"]: "DRAIN (poids 0)"
        if row["status"].startswith("UP") and row.get("weight") == "0"
        else row["status"]
        for row in rows
    }
    said = ", ".join(f"{backend} : {state}" for backend, state in sorted(states.items()))
    verdict(any(state.startswith("DRAIN") for state in states.values()), expected, said)


def old_sessions() -> None:
    """Sessions begun on web1 end there."""
    expected = "les sessions commencées sur web1 y continuent"
    cookie = cookies(expected, Haproxy(expected), "web1")
    status, server, said = get(80, "/", LB, {"Cookie": cookie})
    verdict((status, server) == (200, "web1"), expected, f"servie par {server} {status or said}")


JUDGES = {
    "sante": healthy, "page": page, "attente": waiting, "cle": private_key, "relais": relay,
    "vide": emptied, "anciennes": old_sessions,
}  # fmt: skip
JUDGES[sys.argv[1]]()
