"""What a bucket's policy allows and denies in the S3 simulator."""

import json
from typing import Any

import pytest
from guest_modules import guest_module
from s3_bench import ACCOUNT, BUCKET, Bench

policies = guest_module("lab_s3_policy")

pytest_plugins = ("s3_bench",)

HOME = f"arn:aws:s3:::{BUCKET}"


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
