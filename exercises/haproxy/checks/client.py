#!/usr/bin/env python3
"""What a client sees of the load balancer: who answers, how often, and for how long.

Usage: client.py partage | tour WEIGHT | moins | source | dernier | fidele | nouvelles | continu

Each answer names its server in the header X-Serveur.
"""

import http.client
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from lab_verdict import verdict

LB = "192.168.1.21"
WAIT = 8.0
SOURCES = [f"192.168.1.{last}" for last in range(201, 213)]
MARK = os.environ["PCAPRA_REPERE"]


class Answer:
    """One answer, its connection closed."""

    def __init__(self, expected: str, port: int = 80, cookie: str = "", source: str = "") -> None:
        connection = http.client.HTTPConnection(
            LB, port, timeout=WAIT, source_address=(source, 0) if source else None
        )
        try:
            connection.request("GET", "/", headers={"Cookie": cookie} if cookie else {})
            answer = connection.getresponse()
            self.status = answer.status
            self.body = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            verdict(False, expected, f"lb1, port {port} : {reason(error)}")
        finally:
            connection.close()
        self.server = answer.headers.get("X-Serveur", "")
        cookies = answer.headers.get_all("Set-Cookie") or []
        self.cookie = "; ".join(one.partition(";")[0] for one in cookies)


def reason(error: Exception) -> str:
    """An error in words."""
    if isinstance(error, TimeoutError):
        return f"pas de réponse en {WAIT:.0f} s"
    if isinstance(error, ConnectionRefusedError):
        return "connexion refusée"
    return f"{type(error).__name__} {error}".strip()


def site(expected: str, count: int, port: int = 80, cookie: str = "") -> list[str]:
    """The servers of ``count`` answers, each of them the customer's page."""
    servers = []
    for number in range(count):
        answer = Answer(expected, port, cookie)
        if answer.status != 200 or MARK not in answer.body:
            what = f"réponse {answer.status}"
            if answer.status == 200:
                what += ", qui n'est pas la page du client"
            verdict(False, expected, f"requête {number + 1} sur {count} : {what}")
        servers.append(answer.server)
    return servers


def counted(servers: Sequence[str]) -> str:
    """« web1 : 10, web2 : 10 »."""
    return ", ".join(f"{name or '?'} : {n}" for name, n in sorted(Counter(servers).items()))


def shared() -> None:
    """Both servers answer."""
    expected = "dix requêtes, dix pages du client, servies par web1 et par web2"
    servers = site(expected, 10)
    verdict(set(servers) == {"web1", "web2"}, expected, counted(servers))


def turns(weight: str) -> None:
    """In turn, web1 so many times as often as web2."""
    rounds, weights = 4, int(weight)
    expected = f"port 8001, à tour de rôle : web1 {weight} fois pour une fois web2"
    servers = site(expected, rounds * (weights + 1), port=8001)
    found = Counter(servers)
    ok = abs(found["web1"] - rounds * weights) <= 1 and abs(found["web2"] - rounds) <= 1
    verdict(ok, expected, counted(servers))


@contextmanager
def download(expected: str, port: int) -> Iterator[str]:
    """A download that goes on, and the server it comes from."""
    connection = http.client.HTTPConnection(LB, port, timeout=WAIT)
    try:
        connection.request("GET", "/archive.bin")
        answer = connection.getresponse()
        if answer.status != 200:
            verdict(False, expected, f"port {port}, /archive.bin : réponse {answer.status}")
        yield answer.headers.get("X-Serveur", "")
    except (OSError, http.client.HTTPException) as error:
        verdict(False, expected, f"lb1, port {port} : {reason(error)}")
    finally:
        connection.close()


def least() -> None:
    """While one server is busy with a long download, the other takes what comes."""
    expected = "port 8002 : pendant un long téléchargement, l'autre serveur prend les requêtes"
    with download(expected, 8002) as busy:
        servers = site(expected, 6, port=8002)
    observed = f"téléchargement depuis {busy} ; puis {counted(servers)}"
    verdict(busy not in servers and len(set(servers)) == 1, expected, observed)


@contextmanager
def addresses() -> Iterator[None]:
    """This machine is several clients for a moment."""

    def each(verb: str, *, check: bool) -> None:
        lines = "".join(f"addr {verb} {one}/32 dev eth0\n" for one in SOURCES)
        subprocess.run(
            ["ip", "-force", "-batch", "-"], input=lines, text=True, check=check,
            capture_output=True,
        )  # fmt: skip

    each("del", check=False)
    each("add", check=True)
    try:
        yield
    finally:
        each("del", check=False)


def by_source() -> None:
    """A client's address decides, and not all clients go to one server."""
    expected = f"port 8003 : {len(SOURCES)} clients, chacun fidèle à un serveur, les deux servent"
    with addresses():
        seen = {
            one: [Answer(expected, 8003, source=one).server for _ in range(3)] for one in SOURCES
        }
    for source, servers in seen.items():
        if len(set(servers)) != 1:
            verdict(False, expected, f"{source} passe d'un serveur à l'autre : {counted(servers)}")
    firsts = [servers[0] for servers in seen.values()]
    verdict(set(firsts) == {"web1", "web2"}, expected, f"clients par serveur : {counted(firsts)}")


def last_resort() -> None:
    """As long as a web server answers, nobody sees the waiting page."""
    expected = "tant que web1 et web2 répondent, dix requêtes, dix pages du site"
    servers = site(expected, 10)
    strangers = sorted({one for one in servers if one not in ("web1", "web2")})
    verdict(not strangers, expected, counted(servers))


def faithful() -> None:
    """A session comes back to its server; two sessions of one address may differ."""
    expected = "huit sessions de la même adresse sur deux serveurs, chacune fidèle au sien"
    sessions = [Answer(expected) for _ in range(8)]
    bare = [one for one in sessions if not one.cookie]
    if bare:
        verdict(False, expected, f"réponse sans cookie, de {bare[0].server or 'lb1'}")
    for one in sessions:
        again = site(expected, 3, cookie=one.cookie)
        if set(again) != {one.server}:
            verdict(False, expected, f"session commencée sur {one.server}, puis {counted(again)}")
    servers = [one.server for one in sessions]
    places = {one.server for one in sessions}
    verdict(places == {"web1", "web2"}, expected, f"sessions par serveur : {counted(servers)}")


def new_sessions() -> None:
    """New sessions avoid web1."""
    expected = "huit sessions nouvelles, toutes servies par web2"
    servers = site(expected, 8)
    verdict(set(servers) == {"web2"}, expected, counted(servers))


def continuous() -> None:
    """No request fails."""
    expected = "vingt requêtes, vingt pages du client"
    verdict(True, expected, counted(site(expected, 20)))


JUDGES = {
    "partage": shared, "tour": turns, "moins": least, "source": by_source, "dernier": last_resort,
    "fidele": faithful, "nouvelles": new_sessions, "continu": continuous,
}  # fmt: skip
JUDGES[sys.argv[1]](*sys.argv[2:])
