"""The S3 simulator of « Restic chez un hébergeur S3 », asked over HTTP by a client that signs."""

import base64
import hashlib
import http.client
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from guest_modules import guest_module

sigv4 = guest_module("lab_sigv4")
server = guest_module("lab_s3_server")
objects = guest_module("lab_s3_objects")
policies = guest_module("lab_s3_policy")
stores = guest_module("lab_s3_store")

HOST, REGION, BUCKET = "s3.test", "eu-west-3", "seau"
ACCOUNT = "arn:aws:iam::210987654321:user"
HOME = f"arn:aws:s3:::{BUCKET}"
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


def test_an_object_goes_and_comes_back_whole_or_in_part(bench: Bench) -> None:
    body = bytes(range(256)) * 8
    assert bench.put(f"/{BUCKET}/srv/data/00/a", body).status == 200
    got = bench.ask("GET", f"/{BUCKET}/srv/data/00/a")
    assert (got.status, got.body) == (200, body)
    assert got.headers["etag"] == f'"{hashlib.md5(body).hexdigest()}"'  # noqa: S324
    head = bench.ask("HEAD", f"/{BUCKET}/srv/data/00/a")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", "2048")
    for span, wanted in {
        "bytes=0-9": body[:10],
        "bytes=2040-": body[2040:],
        "bytes=2040-9999": body[2040:],
        "bytes=-8": body[-8:],
    }.items():
        part = bench.ask("GET", f"/{BUCKET}/srv/data/00/a", headers={"Range": span})
        assert (part.status, part.body) == (206, wanted)
    beyond = bench.ask("GET", f"/{BUCKET}/srv/data/00/a", headers={"Range": "bytes=2048-"})
    assert (beyond.status, beyond.code) == (416, "InvalidRange")


@pytest.mark.parametrize(
    "span", ["", "bytes=", "bytes=-", "bytes=5-2", "bytes=0-1,4-5", "lines=1-2"]
)
def test_a_range_that_is_none_gives_everything(span: str) -> None:
    assert objects.span(span, 10) == (0, 10)


def test_nobody_enters_without_a_key_of_the_endpoint(bench: Bench) -> None:
    target = f"/{BUCKET}/srv/config"
    assert bench.raw("GET", target, {"Host": HOST}).code == "AccessDenied"
    assert bench.ask("GET", target, key="Z").code == "InvalidAccessKeyId"
    assert bench.ask("GET", target, secret="faux").code == "SignatureDoesNotMatch"
    assert bench.raw("GET", target, {"Host": "ailleurs.test"}).code == "NoSuchEndpoint"
    assert bench.raw("GET", target, {}).code == "NoSuchEndpoint"


def test_the_body_is_the_one_that_was_signed(bench: Bench) -> None:
    other = bench.ask("PUT", f"/{BUCKET}/a", b"signe", sent=b"envoi")
    assert (other.status, other.code) == (400, "XAmzContentSHA256Mismatch")
    bad = bench.ask(
        "PUT", f"/{BUCKET}/a", b"x", headers={"Content-MD5": base64.b64encode(b"0" * 16).decode()}
    )
    assert (bad.status, bad.code) == (400, "BadDigest")
    worse = bench.ask("PUT", f"/{BUCKET}/a", b"x", headers={"Content-MD5": "***"})
    assert (worse.status, worse.code) == (400, "InvalidDigest")
    assert bench.names() == []


@pytest.mark.parametrize(
    "name",
    [
        "..", "../etc/passwd", "a/../../b", ".", "./a", "%2e%2e/%2e%2e/etc/passwd", "a/%2E%2E/b",
        "%00", "a%0Ab", "%FF", "a" * 1025,
    ],
)  # fmt: skip
def test_a_name_that_could_lead_out_is_refused(bench: Bench, name: str) -> None:
    before = bench.files()
    answer = bench.put(f"/{BUCKET}/{name}")
    assert answer.status == 400 and answer.code in ("InvalidURI", "KeyTooLongError")
    assert bench.files() == before


@pytest.mark.parametrize("name", ["/etc/passwd", "a//b", "-rf", "~", "a\\..\\b", "é à", "a" * 1000])
def test_a_strange_name_is_a_name(bench: Bench, name: str) -> None:
    encoded = sigv4.encoded(name, safe="/")
    assert bench.put(f"/{BUCKET}/{encoded}", b"la").status == 200
    assert bench.ask("GET", f"/{BUCKET}/{encoded}").body == b"la"
    objects = bench.folder / REGION / BUCKET / "objects"
    assert all(objects in path.parents for path in bench.files())
    assert all(re.fullmatch("[0-9a-f]{64}", path.parent.name) for path in bench.files())


@pytest.mark.parametrize("bucket", ["..", "%2e%2e", "autre%2f..%2fseau", "inconnu", "SEAU"])
def test_a_bucket_is_one_of_the_configuration(bench: Bench, bucket: str) -> None:
    assert bench.put(f"/{bucket}/a").status in (400, 404)


def test_names_are_listed_by_prefix_folder_and_page(bench: Bench) -> None:
    names = sorted(["srv/config", *(f"srv/data/{n:02d}/p" for n in range(5)), "srv/keys/k", "z"])
    for name in names:
        bench.put(f"/{BUCKET}/{name}")
    assert bench.names() == names
    assert bench.names("&prefix=srv%2Fdata%2F") == names[1:6]
    shallow = bench.ask("GET", f"/{BUCKET}?list-type=2&prefix=srv%2F&delimiter=%2F").body
    assert re.findall(rb"<Key>([^<]*)", shallow) == [b"srv/config"]
    folders = re.findall(rb"<CommonPrefixes><Prefix>([^<]*)", shallow)
    assert folders == [b"srv/data/", b"srv/keys/"]

    for delimiter, whole in (("", names), ("&delimiter=%2F", ["srv/", "z"])):
        for kind, token, field in (
            ("list-type=2&", "continuation-token", "NextContinuationToken"),
            ("", "marker", "NextMarker"),
        ):
            found: list[str] = []
            after = ""
            while True:
                page = bench.ask(
                    "GET", f"/{BUCKET}?{kind}max-keys=1{delimiter}{after}"
                ).body.decode()
                found += re.findall(r"<(?:Contents><Key|CommonPrefixes><Prefix)>([^<]*)", page)
                following = re.search(rf"<{field}>([^<]*)<", page)
                if following is None:
                    break
                after = f"&{token}={sigv4.encoded(following[1])}"
            assert found == whole


def test_versions_are_listed_across_pages(bench: Bench) -> None:
    bench.versioned()
    made = []
    for name in ("a", "b", "a", "c", "a"):
        made.append((name, bench.put(f"/{BUCKET}/{name}").headers["x-amz-version-id"]))
    bench.ask("DELETE", f"/{BUCKET}/b")
    found, after = [], ""
    while True:
        page = bench.ask("GET", f"/{BUCKET}?versions=&max-keys=1{after}").body.decode()
        found += re.findall(r"<Version><VersionId>([^<]*)</VersionId>.*?<Key>(\w)</Key>", page)
        if "<IsTruncated>true" not in page:
            break
        key, version = (
            re.search(rf"<{name}>([^<]*)<", page)  # one of each, while truncated
            for name in ("NextKeyMarker", "NextVersionIdMarker")
        )
        assert key and version
        after = f"&key-marker={key[1]}&version-id-marker={version[1]}"
    wanted = [made[4], made[2], made[0], made[1], made[3]]
    assert [(name, version) for version, name in found] == wanted


def test_without_versions_what_is_deleted_is_gone(bench: Bench) -> None:
    bench.put(f"/{BUCKET}/a", b"un")
    assert "x-amz-version-id" not in bench.put(f"/{BUCKET}/a", b"deux").headers
    assert bench.ask("DELETE", f"/{BUCKET}/a").status == 204
    assert bench.ask("GET", f"/{BUCKET}/a").code == "NoSuchKey"
    assert bench.ask("DELETE", f"/{BUCKET}/a").status == 204
    assert bench.files() == []


def test_with_versions_nothing_is_lost_but_by_name_of_version(bench: Bench) -> None:
    bench.put(f"/{BUCKET}/a", b"zero")
    bench.versioned()
    first = bench.put(f"/{BUCKET}/a", b"un").headers["x-amz-version-id"]
    gone = bench.ask("DELETE", f"/{BUCKET}/a")
    assert (gone.status, gone.headers["x-amz-delete-marker"]) == (204, "true")
    assert bench.ask("GET", f"/{BUCKET}/a").status == 404 and bench.names() == []
    assert bench.ask("GET", f"/{BUCKET}/a?versionId={first}").body == b"un"
    assert bench.ask("GET", f"/{BUCKET}/a?versionId=null").body == b"zero"
    marker = gone.headers["x-amz-version-id"]
    assert bench.ask("GET", f"/{BUCKET}/a?versionId={marker}").status == 405
    assert bench.ask("DELETE", f"/{BUCKET}/a?versionId={marker}").status == 204
    assert bench.ask("GET", f"/{BUCKET}/a").body == b"un"
    assert bench.ask("DELETE", f"/{BUCKET}/a?versionId={first}").status == 204
    assert bench.ask("GET", f"/{BUCKET}/a").body == b"zero"
    assert bench.ask("GET", f"/{BUCKET}/a?versionId={first}").code == "NoSuchVersion"


def test_compliance_yields_to_nobody_governance_to_who_may(bench: Bench) -> None:
    assert bench.locked().code == "InvalidBucketState"  # versions first
    bench.versioned()
    bypass = {"x-amz-bypass-governance-retention": "true"}
    for mode, ends in (("COMPLIANCE", 403), ("GOVERNANCE", 204)):
        assert bench.locked(mode).status == 200
        version = bench.put(f"/{BUCKET}/{mode}").headers["x-amz-version-id"]
        target = f"/{BUCKET}/{mode}?versionId={version}"
        head = bench.ask("HEAD", f"/{BUCKET}/{mode}").headers
        assert head["x-amz-object-lock-mode"] == mode
        assert bench.ask("DELETE", target).code == "AccessDenied"
        assert bench.ask("DELETE", target, headers=bypass).status == ends
        # A lock is a version's: neither another version nor a marker is refused.
        assert bench.put(f"/{BUCKET}/{mode}", b"autre").status == 200
        assert bench.ask("DELETE", f"/{BUCKET}/{mode}").status == 204
    answer = bench.set_versioning("Suspended")
    assert (answer.status, answer.code) == (409, "InvalidBucketState")
    assert bench.ask("PUT", f"/{BUCKET}/sans-md5", b"x").code == "InvalidRequest"


def test_a_lock_ends(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.versioned()
    bench.locked(days=1)
    version = bench.put(f"/{BUCKET}/a").headers["x-amz-version-id"]
    assert bench.ask("DELETE", f"/{BUCKET}/a?versionId={version}").status == 403
    later = time.time() + 86401
    monkeypatch.setattr(stores.time, "time", lambda: later)
    assert bench.ask("DELETE", f"/{BUCKET}/a?versionId={version}").status == 204


def test_all_is_still_there_after_a_restart(bench: Bench) -> None:
    bench.versioned()
    bench.locked()
    version = bench.put(f"/{BUCKET}/a", b"un", mtime="12").headers["x-amz-version-id"]
    bench.put(f"/{BUCKET}/a", b"deux")
    bench.ask("DELETE", f"/{BUCKET}/a")
    bench.stop()
    bench.start()
    assert bench.names() == []
    old = bench.ask("GET", f"/{BUCKET}/a?versionId={version}")
    assert (old.body, old.headers["x-amz-meta-mtime"]) == (b"un", "12")
    assert bench.ask("DELETE", f"/{BUCKET}/a?versionId={version}").status == 403


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<", b"<a/>", b"<VersioningConfiguration><Status>Enabled</Status>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><VersioningConfiguration><Status>Enabled</Status>'
        b"</VersioningConfiguration>",
        b"<VersioningConfiguration>" + b" " * 5000 + b"</VersioningConfiguration>",
    ],
)  # fmt: skip
def test_a_document_that_is_none_changes_nothing(bench: Bench, body: bytes) -> None:
    answer = bench.put(f"/{BUCKET}?versioning=", body)
    assert (answer.status, answer.code) == (400, "MalformedXML")
    assert b"Enabled" not in bench.ask("GET", f"/{BUCKET}?versioning=").body


@pytest.mark.parametrize(
    ("method", "target", "headers"),
    [
        ("POST", f"/{BUCKET}/a?uploads=", {}),
        ("PUT", f"/{BUCKET}/a?partNumber=1&uploadId=x", {}),
        ("POST", f"/{BUCKET}?delete=", {}),
        ("GET", f"/{BUCKET}/a?acl=", {}),
        ("GET", f"/{BUCKET}?lifecycle=", {}),
        ("PUT", f"/{BUCKET}", {}),
        ("DELETE", f"/{BUCKET}", {}),
        ("PUT", f"/{BUCKET}/a", {"x-amz-copy-source": "/seau/b"}),
        ("PUT", f"/{BUCKET}/a", {"x-amz-acl": "public-read"}),
        ("PUT", f"/{BUCKET}/a?X-Amz-Acl=public-read", {}),
        ("PUT", f"/{BUCKET}/a", {"if-none-match": "*"}),
        ("PUT", f"/{BUCKET}/a", {"x-amz-object-lock-mode": "COMPLIANCE"}),
    ],
)
def test_what_is_not_simulated_says_so(
    bench: Bench, method: str, target: str, headers: dict[str, str]
) -> None:
    answer = bench.ask(method, target, headers=headers)
    assert (answer.status, answer.code) == (501, "NotImplemented")


def test_private_is_what_an_object_is(bench: Bench) -> None:
    """rclone says so of each."""
    assert bench.ask("PUT", f"/{BUCKET}/a", headers={"x-amz-acl": "private"}).status == 200


def test_malformed_requests_are_answered(bench: Bench) -> None:
    signed = sigv4.signed_headers(
        "PUT", f"/{BUCKET}/a", "", {"Host": HOST}, key="A", secret="sa", region=REGION
    )
    for length, code in (
        ("-1", "InvalidArgument"),
        ("x", "InvalidArgument"),
        ("9" * 12, "EntityTooLarge"),
    ):
        answer = bench.raw("PUT", f"/{BUCKET}/a", {**signed, "content-length": length})
        assert (answer.status, answer.code) == (400, code)
    chunked = bench.raw("PUT", f"/{BUCKET}/a", {**signed, "transfer-encoding": "chunked"})
    assert chunked.status == 501
    for text in (
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET seau HTTP/1.1\r\nHost: s3.test\r\n\r\n",
        b"\x16\x03\x01",
    ):
        with socket.create_connection(("127.0.0.1", bench.host.server_port), timeout=10) as link:
            link.sendall(text)
            link.shutdown(socket.SHUT_WR)
            while link.recv(4096):
                pass
    assert bench.put(f"/{BUCKET}/a").status == 200


@pytest.mark.parametrize(
    "head",
    [
        "Host: s3.test\r\nHost: s3.test",
        "Host: s3.test\r\nX-Amz-Meta-A: 1\r\n Set-Cookie: 2",
    ],
)
def test_a_header_twice_or_folded_is_refused(bench: Bench, head: str) -> None:
    with socket.create_connection(("127.0.0.1", bench.host.server_port), timeout=10) as link:
        link.sendall(f"GET / HTTP/1.1\r\n{head}\r\nConnection: close\r\n\r\n".encode())
        said = b"".join(iter(lambda: link.recv(4096), b""))
    assert said.startswith(b"HTTP/1.1 400 ") and b"InvalidRequest" in said


def test_what_was_not_read_is_not_the_next_request(bench: Bench) -> None:
    inside = f"DELETE /{BUCKET}/a HTTP/1.1\r\nHost: {HOST}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", bench.host.server_port), timeout=10) as link:
        link.sendall(
            f"PUT /{BUCKET}/a HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {len(inside)}\r\n\r\n"
            f"{inside}".encode()
        )
        said = b"".join(iter(lambda: link.recv(4096), b""))
    assert said.count(b"HTTP/1.1 ") == 1 and b"AccessDenied" in said


def policy(*statements: dict[str, Any]) -> bytes:
    who = {"Principal": {"AWS": f"{ACCOUNT}/srv"}, "Effect": "Allow"}
    whole = [{**who, **statement} for statement in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": whole}).encode()


APPEND_ONLY = policy(
    {"Action": ["s3:PutObject", "s3:GetObject"], "Resource": f"{HOME}/srv/*"},
    {"Action": "s3:DeleteObject", "Resource": f"{HOME}/srv/locks/*"},
    {"Action": ["s3:ListBucket", "s3:GetBucketLocation"], "Resource": HOME},
)


def test_a_key_that_deposits_and_does_not_delete(bench: Bench) -> None:
    assert bench.put(f"/{BUCKET}/srv/a", key="S").code == "AccessDenied"
    assert bench.put(f"/{BUCKET}?policy=", APPEND_ONLY).status == 204
    assert bench.put(f"/{BUCKET}/srv/data/a", key="S").status == 200
    assert bench.put(f"/{BUCKET}/srv/locks/a", key="S").status == 200
    assert bench.ask("GET", f"/{BUCKET}/srv/data/a", key="S").status == 200
    assert bench.ask("GET", f"/{BUCKET}?list-type=2", key="S").status == 200
    assert bench.ask("GET", f"/{BUCKET}?location", key="S").status == 200
    assert bench.ask("DELETE", f"/{BUCKET}/srv/locks/a", key="S").status == 204
    for method, target in (
        ("DELETE", "/srv/data/a"), ("DELETE", "/srv/data/a?versionId=null"),
        ("DELETE", "/srv/locks/a?versionId=null"), ("GET", "/srv/data/a?versionId=null"),
        ("PUT", "/recette/a"), ("GET", "/recette/a"), ("GET", "?versions="), ("GET", "?policy="),
        ("PUT", "?policy="), ("DELETE", "?policy="), ("PUT", "?versioning="),
        ("PUT", "?object-lock="), ("GET", "?object-lock="),
    ):  # fmt: skip
        answer = bench.ask(method, f"/{BUCKET}{target}", key="S")
        assert (answer.status, answer.code) == (403, "AccessDenied"), target
    # The bucket's name in another's: its policy says nothing there.
    assert bench.put("/autre/srv/a", key="S").code == "AccessDenied"
    assert bench.ask("GET", "/", key="S").code == "AccessDenied"
    assert b"<Name>seau</Name>" in bench.ask("GET", "/").body


def test_what_is_denied_is_denied_whatever_allows_it(bench: Bench) -> None:
    bench.put(f"/{BUCKET}/srv/a")
    bench.put(
        f"/{BUCKET}?policy=",
        policy(
            {"Action": "s3:*", "Resource": [HOME, f"{HOME}/*"]},
            {"Effect": "Deny", "Action": "s3:Delete*", "NotResource": f"{HOME}/srv/locks/*"},
            {"Effect": "Deny", "Action": "s3:PutBucketPolicy", "Resource": HOME, "Principal": "*"},
        ),
    )
    assert bench.ask("DELETE", f"/{BUCKET}/srv/a", key="S").status == 403
    assert bench.ask("DELETE", f"/{BUCKET}/srv/locks/a", key="S").status == 204
    assert bench.put(f"/{BUCKET}?policy=", APPEND_ONLY).status == 403  # the administrator too


@pytest.mark.parametrize(
    ("pattern", "text", "wanted"),
    [
        ("s3:*", "s3:getobject", True), ("s3:Get?bject", "s3:GetObject", True),
        ("a.c", "abc", False), ("*", "", True), ("?", "", False),
        (f"{HOME}/srv/*", f"{HOME}/srv/a/b", True), (f"{HOME}/srv/*", f"{HOME}/srv", False),
        (f"{HOME}/srv*", f"{HOME}/srv2/a", True), (HOME, f"{HOME}/a", False),
        ("[a-z]", "b", False),
    ],
)  # fmt: skip
def test_wildcards(pattern: str, text: str, wanted: bool) -> None:
    assert policies.matches(pattern, text) is wanted


@pytest.mark.parametrize(
    "text",
    [
        b"", b"[]", b"{}", b'{"Statement": []}', policy({}), policy({"Action": "s3:*"}),
        policy({"Action": "s3:*", "Resource": "*"}),
        policy({"Action": "s3:*", "Resource": "arn:aws:s3:::autre/*"}),
        policy({"Action": "s3:*", "Resource": "arn:aws:s3:::seaux/*"}),
        policy({"Action": "iam:*", "Resource": HOME}),
        policy({"Action": "s3:*", "NotAction": "s3:*", "Resource": HOME}),
        policy({"Action": "s3:*", "Resource": HOME, "Effect": "Maybe"}),
        policy({"Action": "s3:*", "Resource": HOME, "Principal": {"Service": "x"}}),
        policy({"Action": "s3:*", "Resource": HOME, "Condition": {"Bool": {"a": "b"}}}),
        policy({"Action": [1], "Resource": HOME}), policy({"Action": {}, "Resource": HOME}),
        b'{"Version": "2026", "Statement": [{}]}',
    ],
)  # fmt: skip
def test_a_policy_that_would_be_half_obeyed_is_refused(bench: Bench, text: bytes) -> None:
    bench.put(f"/{BUCKET}?policy=", APPEND_ONLY)
    answer = bench.put(f"/{BUCKET}?policy=", text)
    assert (answer.status, answer.code) == (400, "MalformedPolicy")
    assert json.loads(bench.ask("GET", f"/{BUCKET}?policy=").body) == json.loads(APPEND_ONLY)


def test_a_bucket_says_where_it_is(bench: Bench) -> None:
    assert b">eu-west-3<" in bench.ask("GET", f"/{BUCKET}?location").body
    # A client that does not know asks in the default region, and may ask that only.
    for target, wanted in ((f"/{BUCKET}", 400), (f"/{BUCKET}?location=", 200)):
        path, _, query = target.partition("?")
        signed = sigv4.signed_headers(
            "GET", path, query, {"Host": HOST}, key="A", secret="sa", region="us-east-1"
        )
        assert bench.raw("GET", target, signed).status == wanted


def test_the_documents_of_the_lesson_are_accepted(bench: Bench) -> None:
    lesson = Path(__file__).parents[3] / "modules/1-sauvegarde/03b-restic-s3.md"
    text = lesson.read_text(encoding="utf-8").replace("sauvegardes-{{client}}", BUCKET)
    blocks = dict(re.findall(r"file=/root/(\w+\.\w+) [^\n]*\n(.*?)```", text, re.DOTALL))
    subresources = {
        "versions.xml": "versioning",
        "verrou.xml": "object-lock",
        "politique.json": "policy",
        "lecture.json": "policy",
    }
    assert blocks.keys() == subresources.keys()
    for name, subresource in subresources.items():
        answer = bench.put(f"/{BUCKET}?{subresource}=", blocks[name].encode())
        assert answer.status < 300, (name, answer)
    # The last one: what is left to srv once its key is known.
    bench.put(f"/{BUCKET}/srv/config", b"config")
    assert bench.ask("GET", f"/{BUCKET}/srv/config", key="S").body == b"config"
    assert bench.put(f"/{BUCKET}/srv/config", key="S").status == 403
