"""`lab_sigv4` against the worked examples of AWS's own documentation, and what it refuses."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from guest_modules import guest_module

sigv4 = guest_module("lab_sigv4")

# API/sig-v4-header-based-auth.html and API/sigv4-query-string-auth.html of the S3 API Reference.
ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
HOST, STAMP = "examplebucket.s3.amazonaws.com", "20130524T000000Z"
NOW = datetime(2013, 5, 24, tzinfo=UTC)
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
WELCOME = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"
PRESIGNED = "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
EXAMPLES = {
    "get": (
        ("GET", "/test.txt", "", {"range": "bytes=0-9"}, EMPTY),
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    ),
    "put": (
        (
            "PUT",
            "/test$file.text",
            "",
            {
                "date": "Fri, 24 May 2013 00:00:00 GMT",
                "x-amz-storage-class": "REDUCED_REDUNDANCY",
            },
            WELCOME,
        ),
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
    ),
    "lifecycle": (
        ("GET", "/", "lifecycle", {}, EMPTY),
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    ),
    "list": (
        ("GET", "/", "prefix=J&max-keys=2", {}, EMPTY),
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    ),
}


def example(name: str) -> tuple[str, str, str, dict[str, str]]:
    """A worked example: method, path, query and headers, its authorization among them."""
    (method, path, query, more, body), signature = EXAMPLES[name]
    headers = {"host": HOST, "x-amz-date": STAMP, "x-amz-content-sha256": body, **more}
    names = ";".join(sorted(headers))
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={ID}/20130524/us-east-1/s3/aws4_request,"
        f"SignedHeaders={names},Signature={signature}"
    )
    return method, path, query, headers


def verify(
    method: str,
    path: str,
    query: str,
    headers: dict[str, str],
    *,
    secret: str = SECRET,
    now: datetime = NOW,
    region: str = "us-east-1",
) -> None:
    claim = sigv4.claim_of(headers["authorization"], headers)
    sigv4.verify(
        method, path, query, headers, claim=claim, secret=secret, regions=(region,), now=now
    )


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_published_signatures_are_accepted(name: str) -> None:
    verify(*example(name))


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize(
    ("part", "other"),
    [
        (0, "DELETE"),
        (1, "/test2.txt"),
        (2, "versionId=1"),
        (3, {"x-amz-content-sha256": WELCOME[::-1]}),
    ],
)
def test_a_signature_is_good_for_one_request(name: str, part: int, other: Any) -> None:
    request: list[Any] = list(example(name))
    request[part] = {**request[3], **other} if part == 3 else other
    with pytest.raises(sigv4.Refused) as refused:
        verify(*request)
    assert (refused.value.status, refused.value.code) == (403, "SignatureDoesNotMatch")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"secret": "another"}, "SignatureDoesNotMatch"),
        ({"now": NOW + timedelta(minutes=15, seconds=1)}, "RequestTimeTooSkewed"),
        ({"now": NOW - timedelta(minutes=15, seconds=1)}, "RequestTimeTooSkewed"),
        ({"region": "eu-west-3"}, "AuthorizationHeaderMalformed"),
    ],
)
def test_neither_another_secret_nor_another_time_nor_another_region(
    change: dict[str, Any], code: str
) -> None:
    with pytest.raises(sigv4.Refused) as refused:
        verify(*example("get"), **change)
    assert refused.value.code == code


@pytest.mark.parametrize("minutes", [-15, 0, 15])
def test_a_quarter_of_an_hour_is_forgiven(minutes: int) -> None:
    verify(*example("get"), now=NOW + timedelta(minutes=minutes))


def test_what_the_signature_leaves_out_is_refused() -> None:
    method, path, query, headers = example("get")
    with pytest.raises(sigv4.Refused, match="not signed"):
        verify(method, path, query, {**headers, "x-amz-meta-mtime": "1"})


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic c3J2OnNlY3JldA==",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=, SignedHeaders=, Signature=",
        f"AWS4-HMAC-SHA256 Credential=K/1/2/s3/aws3, SignedHeaders=host, Signature={'0' * 64}",
        f"AWS4-HMAC-SHA256 Credential=K/s3/aws4_request, SignedHeaders=host, Signature={'0' * 64}",
        "AWS4-HMAC-SHA256 Credential=K/1/2/s3/aws4_request, SignedHeaders=host, Signature=0",
        f"AWS4-ECDSA-P256-SHA256 Credential=K/1/2/s3/aws4_request, Signature={'0' * 64}",
    ],
)
def test_a_malformed_header_is_refused(header: str) -> None:
    with pytest.raises(sigv4.Refused) as refused:
        sigv4.claim_of(header, {})
    assert refused.value.status == 400


@pytest.mark.parametrize("stamp", ["", "2013", "20130524T000000", "20130524T250000Z"])
def test_a_date_that_is_none_is_refused(stamp: str) -> None:
    method, path, query, headers = example("get")
    with pytest.raises(sigv4.Refused, match="x-amz-date"):
        verify(method, path, query, {**headers, "x-amz-date": stamp})


def presigned(sign: str = PRESIGNED, life: str = "86400") -> str:
    return (
        f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={ID}%2F20130524%2Fus-east-1%2Fs3"
        f"%2Faws4_request&X-Amz-Date={STAMP}&X-Amz-Expires={life}&X-Amz-SignedHeaders=host"
        f"&X-Amz-Signature={sign}"
    )


def verify_presigned(query: str, now: datetime = NOW) -> None:
    claim, rest = sigv4.presigned_claim(query)
    sigv4.verify(
        "GET", "/test.txt", rest, {"host": HOST},
        claim=claim, secret=SECRET, regions=("us-east-1",), now=now,
    )  # fmt: skip


def test_the_published_signature_in_a_query_is_accepted_while_it_lives() -> None:
    verify_presigned(presigned())
    verify_presigned(presigned(), NOW + timedelta(days=1))
    with pytest.raises(sigv4.Refused, match="expired"):
        verify_presigned(presigned(), NOW + timedelta(days=1, seconds=1))
    with pytest.raises(sigv4.Refused, match="too large"):
        verify_presigned(presigned(), NOW - timedelta(minutes=16))


def test_a_query_that_was_changed_is_refused() -> None:
    with pytest.raises(sigv4.Refused, match="SignatureDoesNotMatch"):
        verify_presigned(presigned(sign="0" * 64))
    with pytest.raises(sigv4.Refused, match="SignatureDoesNotMatch"):
        verify_presigned(presigned(life="86401"))


@pytest.mark.parametrize("life", ["", "0", "-1", "604801", "1e3"])
def test_a_signature_in_a_query_lives_a_week_at_most(life: str) -> None:
    with pytest.raises(sigv4.Refused, match="X-Amz-Expires"):
        sigv4.presigned_claim(presigned(life=life))


def test_what_the_client_signs_is_verified() -> None:
    path, query = "/seau/%C3%A9t%C3%A9%20%2B1", "prefix=a%2Fb&delimiter=%2F&list-type=2"
    sent = sigv4.signed_headers(
        "PUT", path, query, {"Host": HOST, "Content-MD5": "x"},
        key=ID, secret=SECRET, region="us-east-1", body=b"contenu", now=NOW,
    )  # fmt: skip
    verify("PUT", path, query, sent)
