"""The S3 simulator's lists, asked page after page."""

import re

from s3_bench import BUCKET, Bench, sigv4

pytest_plugins = ("s3_bench",)


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
