"""The customer's site of the final exercise: what its setup plants, and what a page says."""

import hashlib
import http.client
import os
import random
import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path("/srv/www")
WEBS = {"web1": "192.168.1.11", "web2": "192.168.1.12"}


class Planted(NamedTuple):
    """A file of the site; all are root's."""

    content: bytes
    mode: int = 0o644
    group: str = "root"


def planted() -> dict[str, Planted]:
    """The files that the setup puts under `ROOT` on both web servers, by name."""
    client = os.environ["PCAPRA_CLIENT"]
    drawn = random.Random(f"site {client}")
    lines = [f"{number:04d};{drawn.randrange(100, 99999) / 100:.2f}" for number in range(1, 401)]
    return {
        "catalogue.csv": Planted("\n".join(["article;prix", *lines, ""]).encode()),
        "conditions.txt": Planted(os.environ["PCAPRA_CANARY"].encode()),
        "images/vitrine.raw": Planted(drawn.randbytes(256 << 10)),
        "prive/remises.csv": Planted(f"{client};12\n".encode(), 0o640, "www-data"),
    }


def digest(content: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


class Page(NamedTuple):
    """What an URL answered; status 0 when nothing came."""

    status: int
    body: bytes
    said: str
    """The headers and the body, as text; or why there is none."""

    @property
    def servers(self) -> set[str]:
        """The web servers that the answer names, in a header or in its body."""
        return {name for name in WEBS if re.search(rf"\b{name}\b", self.said)}


def get(
    address: str, path: str = "/", *, port: int = 80, patience: float = 8.0, **more: str
) -> Page:
    """One answer, its connection closed; other arguments are headers."""
    connection = http.client.HTTPConnection(address, port, timeout=patience)
    try:
        connection.request("GET", path, headers=more)
        answer = connection.getresponse()
        body = answer.read()
        heads = "\n".join(f"{name}: {value}" for name, value in answer.getheaders())
        return Page(answer.status, body, f"{heads}\n\n{body.decode(errors='replace')}")
    except TimeoutError:
        return Page(0, b"", f"pas de réponse en {patience:.0f} s")
    except ConnectionRefusedError:
        return Page(0, b"", "connexion refusée")
    except (OSError, http.client.HTTPException) as error:
        return Page(0, b"", f"{type(error).__name__} {error}".strip())
    finally:
        connection.close()
