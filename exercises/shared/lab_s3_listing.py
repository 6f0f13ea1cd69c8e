"""Lists of a bucket of the S3 simulator: its objects or their versions, by prefix and by page."""

from collections.abc import Iterable
from urllib.parse import quote, unquote

from lab_s3_answer import Answer, iso, tag, xml
from lab_s3_request import Request
from lab_s3_store import Bucket, Version, rows
from lab_sigv4 import Refused

PAGE = 1000


def list_objects(asked: Request, bucket: Bucket) -> Answer:
    """ListObjectsV2 and ListObjects (API_ListObjectsV2.html, API_ListObjects.html)."""
    second = asked.parameters.get("list-type") == "2"
    token = asked.parameters.get("continuation-token", "")
    if second:
        after = unquote(token) or asked.parameters.get("start-after", "")
    else:
        after = asked.parameters.get("marker", "")
    prefix = asked.parameters.get("prefix", "")
    taken, folders, more = _page(asked, rows(bucket, prefix, every=False), after)
    last = max([*(version.key for version, _ in taken), *folders], key=str.encode, default="")
    tail = tag("KeyCount", len(taken) + len(folders)) if second else ""
    if more and second:
        tail += tag("NextContinuationToken", quote(last, safe=""))
    elif more:
        tail += tag("NextMarker", _shown(asked, last))
    return Answer(
        body=xml(
            "ListBucketResult",
            *_heading(asked, more),
            tail,
            *(f"<Contents>{_entry(asked, version)}</Contents>" for version, _ in taken),
            *_folders(asked, folders),
        )
    )


def list_versions(asked: Request, bucket: Bucket) -> Answer:
    """ListObjectVersions (API_ListObjectVersions.html)."""
    after = [asked.parameters.get(name, "") for name in ("key-marker", "version-id-marker")]
    prefix = asked.parameters.get("prefix", "")
    taken, folders, more = _page(asked, rows(bucket, prefix, every=True), *after)
    lines, tail = [], ""
    for version, latest in taken:
        one = tag("VersionId", version.id) + tag("IsLatest", latest)
        if version.marker:
            one += tag("Key", _shown(asked, version.key))
            one += tag("LastModified", iso(version.modified))
            lines.append(f"<DeleteMarker>{one}</DeleteMarker>")
        else:
            lines.append(f"<Version>{one}{_entry(asked, version)}</Version>")
    if more:
        last = taken[-1][0] if taken else None
        names = [*(version.key for version, _ in taken), *folders]
        tail += tag("NextKeyMarker", _shown(asked, max(names, key=str.encode, default="")))
        if last is not None and last.key == max(names, key=str.encode):
            tail += tag("NextVersionIdMarker", last.id)
    return Answer(
        body=xml(
            "ListVersionsResult", *_heading(asked, more), tail, *lines, *_folders(asked, folders)
        )
    )


def _page(
    asked: Request, found: Iterable[tuple[Version, bool]], key: str, version_id: str = ""
) -> tuple[list[tuple[Version, bool]], list[str], bool]:
    """A page of `rows`: the versions, the common prefixes, and whether more is left.

    Args:
        asked: whose ``prefix``, ``delimiter`` and ``max-keys`` these are.
        found: what there is, in order.
        key: the last name of the page before.
        version_id: the last of its versions there; all of them if left out.
    """
    prefix, delimiter = (asked.parameters.get(name, "") for name in ("prefix", "delimiter"))
    count = _count(asked)
    taken: list[tuple[Version, bool]] = []
    folders: list[str] = []
    reached = False
    for version, latest in found:
        if version.key.encode() < key.encode():
            continue
        if key and version.key == key and not (version_id and reached):
            reached = version.id == version_id
            continue
        folder = ""
        inside = version.key[len(prefix) :]
        if delimiter and delimiter in inside:
            folder = prefix + inside.partition(delimiter)[0] + delimiter
            if folder in folders or folder == key:
                continue
        if len(taken) + len(folders) >= count:
            return taken, folders, True
        if folder:
            folders.append(folder)
        else:
            taken.append((version, latest))
    return taken, folders, False


def _count(asked: Request) -> int:
    try:
        return max(0, min(PAGE, int(asked.parameters.get("max-keys", PAGE))))
    except ValueError:
        raise Refused(400, "InvalidArgument", "max-keys is no number.") from None


def _heading(asked: Request, more: bool) -> list[str]:
    said = {"Prefix": "prefix", "Delimiter": "delimiter"}
    parts = [tag("Name", asked.bucket_name)]
    parts += [
        tag(name, _shown(asked, asked.parameters.get(parameter, "")))
        for name, parameter in said.items()
    ]
    if "encoding-type" in asked.parameters:
        parts.append(tag("EncodingType", "url"))
    return [*parts, tag("MaxKeys", _count(asked)), tag("IsTruncated", more)]


def _entry(asked: Request, version: Version) -> str:
    return (
        tag("Key", _shown(asked, version.key))
        + tag("LastModified", iso(version.modified))
        + tag("ETag", f'"{version.etag}"')
        + tag("Size", version.size)
        + tag("StorageClass", "STANDARD")
    )


def _folders(asked: Request, folders: list[str]) -> list[str]:
    return [
        f"<CommonPrefixes>{tag('Prefix', _shown(asked, folder))}</CommonPrefixes>"
        for folder in folders
    ]


def _shown(asked: Request, text: str) -> str:
    """A name, as the client asked to read it."""
    url = asked.parameters.get("encoding-type") == "url"
    return quote(text, safe="/-._~") if url else text
