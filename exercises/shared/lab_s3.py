"""The S3 host of the lesson « Restic chez un hébergeur S3 »: who is there, and a client of it.

The client signs by itself (`lab_sigv4`): a check asks what a key may do without going through
restic, which insists for minutes when it is refused.
"""

import base64
import hashlib
import http.client
import os
import ssl
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlencode

from lab_run import ENVIRONMENT
from lab_sigv4 import signed_headers
from lab_verdict import verdict

CLIENT = os.environ.get("PCAPRA_CLIENT", "")
CA = Path("/usr/local/share/nuage/ca.pem")
XMLNS = "{http://s3.amazonaws.com/doc/2006-03-01/}"


class Place(NamedTuple):
    """An endpoint and the bucket that is the customer's there."""

    host: str
    region: str
    bucket: str

    @property
    def repository(self) -> str:
        """As restic names it."""
        return f"s3:https://{self.host}/{self.bucket}/srv"


class Key(NamedTuple):
    """An access key: its identifier, and its secret's parameter."""

    id: str
    parameter: str

    @property
    def secret(self) -> str:
        return os.environ[f"PCAPRA_{self.parameter}"]


NUAGE = Place("s3.eu-west-3.nuage.test", "eu-west-3", f"sauvegardes-{CLIENT}")
B2 = Place("s3.eu-central-003.b2.test", "eu-central-003", f"secours-{CLIENT}")
PLACES = {"nuage": NUAGE, "b2": B2}
ACCOUNT = "arn:aws:iam::210987654321:user"
ADMIN = Key("AKIA2ADMINISTRATEUR1", "SECRET_ADMIN")
SRV = Key("AKIA2SERVEURSRV00001", "SECRET_SRV")
# An identifier of a key at Backblaze: 25 hexadecimal digits.
B2_WHOLE = Key("0039f2c1d7a4b600000000001", "SECRET_B2_COMPLET")
B2_DEPOSIT = Key("0039f2c1d7a4b600000000002", "SECRET_B2")


def restic(
    place: Place, key: Key, *args: str, lock: bool = False, timeout: float | None = None
) -> "subprocess.CompletedProcess[bytes]":
    """restic on the server's repository, with one of the lesson's keys; no cache is touched.

    Args:
        place: where.
        key: whose key.
        args: the subcommand and its arguments.
        lock: whether the repository may be locked, as what writes into it must.
        timeout: seconds; restic goes on asking a host that refuses for a quarter of an hour.

    Raises:
        subprocess.TimeoutExpired: it did not end in time.
    """
    free = [] if lock else ["--no-lock"]
    return subprocess.run(
        ["restic", "--cacert", str(CA), "--no-cache", *free, "--repo", place.repository, *args],
        env={
            **ENVIRONMENT,
            "AWS_ACCESS_KEY_ID": key.id,
            "AWS_SECRET_ACCESS_KEY": key.secret,
            "RESTIC_PASSWORD": os.environ["PCAPRA_PHRASE"],
        },
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        timeout=timeout,
    )


def judged(check: Callable[..., None], *args: str) -> None:
    """Run a check that asks the host; that nobody answers is said, and is no crash."""
    try:
        check(*args)
    except OSError as error:
        verdict(
            False,
            "l'hébergeur répond",
            f"{type(error).__name__} : {error.strerror or error}",
            "Sur hebergeur : `systemctl status s3-simulateur`.",
        )


class Answer(NamedTuple):
    """What the host answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """Its word for a refusal; empty when it has none."""
        try:
            return ET.fromstring(self.body).findtext("Code", "") if self.body else ""
        except ET.ParseError:
            return ""


class Client:
    """One key, at one endpoint. A connection is kept from one request to the next."""

    def __init__(self, place: Place, key_id: str, secret: str, timeout: float = 20.0):
        self.place, self.id, self.secret = place, key_id, secret
        trust = ssl.create_default_context(cafile=str(CA))
        self.link = http.client.HTTPSConnection(place.host, timeout=timeout, context=trust)

    @classmethod
    def of(cls, place: Place, key: Key) -> "Client":
        """With one of the lesson's keys."""
        return cls(place, key.id, key.secret)

    def ask(
        self,
        method: str,
        key: str = "",
        body: bytes = b"",
        *,
        headers: dict[str, str] | None = None,
        **query: str,
    ) -> Answer:
        """One request about an object of the bucket, or about the bucket.

        Raises:
            OSError: nobody answered.
        """
        path = f"/{self.place.bucket}" + (f"/{quote(key, safe='/-._~')}" if key else "")
        text = urlencode(
            {name.replace("_", "-"): value for name, value in query.items()}, quote_via=quote
        )
        heads = {"Host": self.place.host, **(headers or {})}
        if method == "PUT":
            digest = hashlib.md5(body, usedforsecurity=False).digest()
            heads["Content-MD5"] = base64.b64encode(digest).decode()
        sent = signed_headers(
            method, path, text, heads,
            key=self.id, secret=self.secret, region=self.place.region, body=body,
        )  # fmt: skip
        try:
            self.link.request(method, f"{path}?{text}" if text else path, body or None, sent)
            answer = self.link.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        except http.client.HTTPException as error:
            self.link.close()
            raise ConnectionError(f"{type(error).__name__} {error}".strip()) from error

    def names(self, prefix: str) -> list[str]:
        """The objects whose names begin so."""
        found: list[str] = []
        more: dict[str, str] = {}
        while True:
            answer = self.ask("GET", list_type="2", prefix=prefix, **more)
            tree = ET.fromstring(answer.body)
            found += (one.text or "" for one in tree.iter(f"{XMLNS}Key"))
            token = tree.findtext(f"{XMLNS}NextContinuationToken")
            if answer.status != 200 or not token:
                return found
            more = {"continuation_token": token}

    def versions(self, prefix: str) -> Iterator[tuple[str, str]]:
        """The names and identifiers of what begins so, delete markers left out."""
        more: dict[str, str] = {}
        while True:
            answer = self.ask("GET", versions="", prefix=prefix, **more)
            tree = ET.fromstring(answer.body)
            for one in tree.iter(f"{XMLNS}Version"):
                yield one.findtext(f"{XMLNS}Key", ""), one.findtext(f"{XMLNS}VersionId", "")
            if answer.status != 200 or tree.findtext(f"{XMLNS}IsTruncated") != "true":
                return
            more = {
                "key_marker": tree.findtext(f"{XMLNS}NextKeyMarker", ""),
                "version_id_marker": tree.findtext(f"{XMLNS}NextVersionIdMarker", ""),
            }
