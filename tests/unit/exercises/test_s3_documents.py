"""The documents of the S3 simulator's buckets, and what their locks hold."""

import re
import time
from pathlib import Path

import pytest
from guest_modules import guest_module
from s3_bench import BUCKET, HOST, Bench, sigv4

stores = guest_module("lab_s3_store")

pytest_plugins = ("s3_bench",)


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
