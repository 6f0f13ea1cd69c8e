"""An object of the S3 simulator: read it, write it, delete it, or one of its versions."""

import re
from datetime import UTC, datetime
from email.utils import format_datetime

from lab_s3_answer import Answer, iso
from lab_s3_request import Request
from lab_s3_store import Version
from lab_sigv4 import Refused


def get_object(asked: Request) -> Answer:
    """GetObject and HeadObject (API_GetObject.html)."""
    version_id = asked.parameters.get("versionId", "")
    action = "s3:GetObjectVersion" if version_id else "s3:GetObject"
    bucket = asked.bucket_for(action, key=asked.key)
    version = bucket.find(asked.key, version_id)
    wanted = asked.headers.get("if-match", "").strip('"')
    if wanted not in ("", "*", version.etag):
        raise Refused(412, "PreconditionFailed", "If-Match does not hold.")
    content = bucket.read(version)
    headers = {
        "Content-Type": version.kind,
        "ETag": f'"{version.etag}"',
        "Last-Modified": format_datetime(version.modified.replace(microsecond=0), usegmt=True),
        "Accept-Ranges": "bytes",
        **{f"x-amz-meta-{name}": value for name, value in version.meta.items()},
        **_lock_of(version),
    }
    if bucket.rules.versioned:
        headers["x-amz-version-id"] = version.id
    first, last = span(asked.headers.get("range", ""), len(content))
    if (first, last) == (0, len(content)):
        status = 200
    else:
        status, whole = 206, len(content)
        content = content[first:last]
        headers["Content-Range"] = f"bytes {first}-{last - 1}/{whole}"
    if asked.method == "HEAD":
        headers["Content-Length"] = str(len(content))
        return Answer(status, b"", headers)
    return Answer(status, content, headers)


def put_object(asked: Request) -> Answer:
    """PutObject (API_PutObject.html)."""
    bucket = asked.bucket_for("s3:PutObject", key=asked.key)
    # « The Content-MD5 […] header is required for any request to upload an object with a
    # retention period configured using Amazon S3 Object Lock » (API_PutObject.html).
    if bucket.rules.mode and "content-md5" not in asked.headers:
        raise Refused(400, "InvalidRequest", "Content-MD5 is required with Object Lock.")
    meta = {
        name.removeprefix("x-amz-meta-"): value
        for name, value in asked.headers.items()
        if name.startswith("x-amz-meta-")
    }
    kind = asked.headers.get("content-type", "application/octet-stream")
    version = bucket.put(asked.key, asked.body, kind, meta)
    headers = {"ETag": f'"{version.etag}"'}
    if bucket.rules.versioned:
        headers["x-amz-version-id"] = version.id
    return Answer(200, b"", headers)


def delete_object(asked: Request) -> Answer:
    """DeleteObject (API_DeleteObject.html): of an object, or of a version for good."""
    if version_id := asked.parameters.get("versionId"):
        bucket = asked.bucket_for("s3:DeleteObjectVersion", key=asked.key)
        bypass = asked.headers.get("x-amz-bypass-governance-retention", "").lower() == "true"
        if bypass:
            asked.bucket_for("s3:BypassGovernanceRetention", key=asked.key)
        gone = bucket.delete_version(asked.key, version_id, bypass=bypass)
        headers = {"x-amz-version-id": version_id}
        if gone is not None and gone.marker:
            headers["x-amz-delete-marker"] = "true"
        return Answer(204, b"", headers)
    marker = asked.bucket_for("s3:DeleteObject", key=asked.key).delete(asked.key)
    if marker is None:
        return Answer(204)
    return Answer(204, b"", {"x-amz-delete-marker": "true", "x-amz-version-id": marker.id})


def span(header: str, size: int) -> tuple[int, int]:
    """The bytes that a ``Range`` asks for, all where it asks for none (RFC 9110, 14.1.2).

    Raises:
        Refused: none of them exists.
    """
    found = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", header.strip())
    if found is None or found[0] == "bytes=-":
        # Several ranges, or another unit: S3 gives the whole object.
        return 0, size
    if not found[1]:
        first, last = max(0, size - int(found[2])), size
    else:
        first, last = int(found[1]), min(size, int(found[2] or size - 1) + 1)
        if found[2] and int(found[2]) < int(found[1]):
            return 0, size
    if first >= size or first >= last:
        raise Refused(416, "InvalidRange", "The requested range is not satisfiable")
    return first, last


def _lock_of(version: Version) -> dict[str, str]:
    if not version.mode:
        return {}
    until = datetime.fromtimestamp(version.until, UTC)
    return {
        "x-amz-object-lock-mode": version.mode,
        "x-amz-object-lock-retain-until-date": iso(until),
    }
