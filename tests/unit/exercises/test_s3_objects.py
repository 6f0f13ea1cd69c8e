"""The S3 simulator's objects: read, written, deleted, with their versions or without."""

import hashlib

import pytest
from guest_modules import guest_module
from s3_bench import BUCKET, Bench

objects = guest_module("lab_s3_objects")

pytest_plugins = ("s3_bench",)


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
