"""Requests that the S3 simulator refuses, or answers in spite of their strangeness."""

import base64
import re
import socket

import pytest
from s3_bench import BUCKET, HOST, REGION, Bench, sigv4

pytest_plugins = ("s3_bench",)


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
