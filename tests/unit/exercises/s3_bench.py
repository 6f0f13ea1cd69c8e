"""The S3 simulator of « Restic chez un hébergeur S3 », asked over HTTP by a client that signs."""

import base64
import hashlib
import http.client
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from guest_modules import guest_module

sigv4 = guest_module("lab_sigv4")
server = guest_module("lab_s3_server")

HOST, REGION, BUCKET = "s3.test", "eu-west-3", "seau"
ACCOUNT = "arn:aws:iam::210987654321:user"
SECRETS = {"A": "sa", "S": "ss"}
NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        found = re.search(rb"<Code>(\w+)</Code>", self.body)
        return found[1].decode() if found else ""


class Bench:
    """A simulator, and requests to it."""

    def __init__(self, folder: Path, port: int = 0):
        self.folder = folder
        admin = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
        self.configuration = {
            "store": str(folder),
            "endpoints": [
                {
                    "hosts": [HOST],
                    "region": REGION,
                    "buckets": [BUCKET, "autre"],
                    "keys": [
                        {
                            "id": "A",
                            "secret": "sa",
                            "user": f"{ACCOUNT}/admin",
                            "statements": [admin],
                        },
                        {"id": "S", "secret": "ss", "user": f"{ACCOUNT}/srv", "statements": []},
                    ],
                }
            ],
        }
        self.start()

    def start(self) -> None:
        self.host = server.Host(("127.0.0.1", 0), self.configuration)
        self.thread = threading.Thread(target=self.host.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.host.shutdown()
        self.host.server_close()
        self.thread.join(10)

    def ask(
        self,
        method: str,
        target: str,
        body: bytes = b"",
        *,
        key: str = "A",
        secret: str = "",
        sent: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """A signed request; ``sent`` is another body than the one that was signed."""
        path, _, query = target.partition("?")
        signed = sigv4.signed_headers(
            method, path, query, {"Host": HOST, **(headers or {})},
            key=key, secret=secret or SECRETS.get(key, "?"), region=REGION, body=body,
        )  # fmt: skip
        return self.raw(method, target, signed, body if sent is None else sent)

    def raw(self, method: str, target: str, headers: dict[str, str], body: bytes = b"") -> Answer:
        link = http.client.HTTPConnection("127.0.0.1", self.host.server_port, timeout=20)
        try:
            link.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            heads = {name.lower(): value for name, value in headers.items()}
            if body or method in ("PUT", "POST"):
                heads.setdefault("content-length", str(len(body)))
            for name, value in heads.items():
                link.putheader(name, value)
            link.endheaders(body or None)
            answer = link.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        finally:
            link.close()

    def put(
        self, name: str, body: bytes = b"contenu", *, key: str = "A", mtime: str = ""
    ) -> Answer:
        digest = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
        more = {"x-amz-meta-mtime": mtime} if mtime else {}
        return self.ask("PUT", name, body, key=key, headers={"Content-MD5": digest, **more})

    def versioned(self) -> None:
        assert self.set_versioning("Enabled").status == 200

    def set_versioning(self, status: str) -> Answer:
        body = f"<Status>{status}</Status></VersioningConfiguration>"
        body = f"<VersioningConfiguration {NAMESPACE}>{body}"
        return self.put(f"/{BUCKET}?versioning=", body.encode())

    def locked(self, mode: str = "COMPLIANCE", days: int = 30) -> Answer:
        rule = f"<Mode>{mode}</Mode><Days>{days}</Days>"
        rule = f"<Rule><DefaultRetention>{rule}</DefaultRetention></Rule>"
        body = (
            f"<ObjectLockConfiguration {NAMESPACE}><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
            f"{rule}</ObjectLockConfiguration>"
        )
        return self.put(f"/{BUCKET}?object-lock=", body.encode())

    def names(self, query: str = "") -> list[str]:
        answer = self.ask("GET", f"/{BUCKET}?list-type=2{query}")
        return [name.decode() for name in re.findall(rb"<Key>([^<]*)</Key>", answer.body)]

    def files(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "store")
    yield made
    made.stop()
