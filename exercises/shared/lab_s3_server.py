"""A simulator of an S3 host, for what restic and rclone ask of one. Not an S3 server.

It answers the REST API of the Amazon S3 API Reference, path style, for: ListBuckets,
HeadBucket, GetBucketLocation, ListObjectsV2, ListObjects, ListObjectVersions; GetObject (one
range), HeadObject, PutObject, DeleteObject, each of the last two with versions; and a bucket's
versioning, Object Lock and policy. All else is refused (NotImplemented), multipart uploads among
them: restic makes one part of all that is under 200 MiB, and a pack is of 16 (restic 0.14,
internal/backend/s3/s3.go, ``PartSize``; doc/047_tuning_backup_parameters.rst, « Pack Size »).

It does not have what makes a host worth paying: several disks and rooms, lifecycle rules,
replication, bills. Users and keys come from its configuration: there is no IAM to ask.

The file of configuration, JSON::

    {"port": 443, "certificate": "…", "private_key": "…", "store": "/var/lib/…",
     "endpoints": [{"hosts": ["s3.eu-west-3.nuage.test"], "region": "eu-west-3",
                    "buckets": ["seau"],
                    "keys": [{"id": "…", "secret": "…", "user": "arn:…", "statements": […]}]}]}
"""

import base64
import binascii
import hashlib
import json
import re
import secrets
import ssl
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote
from xml.sax.saxutils import escape

from lab_s3_policy import allowed, concerning, policy_of
from lab_s3_store import MODES, Bucket, Version, rows
from lab_sigv4 import UNSIGNED, Refused, claim_of, presigned_claim, verify

XMLNS = "http://s3.amazonaws.com/doc/2006-03-01/"
LARGEST = 64 << 20
"""Of a body; a restic pack is of 16 MiB unless one asks for more."""
PAGE = 1000
OURS = {
    "prefix", "delimiter", "max-keys", "marker", "continuation-token", "start-after", "list-type",
    "encoding-type", "key-marker", "version-id-marker", "versionId", "fetch-owner", "metadata",
}  # fmt: skip
"""Parameters that choose among answers; others name a subresource."""
UNKNOWN = (
    "x-amz-copy-source", "x-amz-object-lock", "x-amz-server-side-encryption", "x-amz-tagging",
    "x-amz-acl", "x-amz-grant", "x-amz-website", "x-amz-trailer", "if-none-match", "x-amz-security",
)  # fmt: skip
"""Headers whose promise would not be kept: better refused than ignored."""


@dataclass(frozen=True)
class User:
    """Who holds an access key."""

    secret: str
    arn: str
    statements: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Endpoint:
    """A region of a host: its names, its buckets, its keys."""

    region: str
    buckets: dict[str, Bucket]
    users: dict[str, User]


@dataclass
class Answer:
    """What goes back."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] | None = None


class Host(ThreadingHTTPServer):
    """The server: endpoints by the name that the client asks for."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], configuration: dict[str, Any]):
        self.endpoints: dict[str, Endpoint] = {}
        store = Path(configuration["store"])
        for one in configuration["endpoints"]:
            endpoint = Endpoint(
                one["region"],
                {name: Bucket(store / one["region"] / name) for name in one["buckets"]},
                {
                    key["id"]: User(key["secret"], key["user"], tuple(key["statements"]))
                    for key in one["keys"]
                },
            )
            self.endpoints |= dict.fromkeys(one["hosts"], endpoint)
        self.tls: ssl.SSLContext | None = None
        if "certificate" in configuration:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(configuration["certificate"], configuration["private_key"])
        super().__init__(address, Handler)

    def get_request(self) -> Any:
        """A connection; the handshake is left to its own thread."""
        link, address = super().get_request()
        link.settimeout(120)
        if self.tls is not None:
            link = self.tls.wrap_socket(link, server_side=True, do_handshake_on_connect=False)
        return link, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves, or does not want our certificate, is no event."""
        print(f"{client_address[0]}: {sys.exc_info()[1]!r}", file=sys.stderr, flush=True)


def xml(root: str, *children: str, namespace: bool = True) -> bytes:
    """A document; children are XML."""
    attribute = f' xmlns="{XMLNS}"' if namespace else ""
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}{attribute}>{"".join(children)}</{root}>'
    )
    return text.encode()


def tag(name: str, value: object) -> str:
    """An element; true and false as XML has them."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name}>{escape(text)}</{name}>"


def iso(moment: datetime) -> str:
    """A date, to the millisecond."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Host
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "S3-simulator", ""

    def handle(self) -> None:
        """Requests, until the client leaves."""
        if isinstance(self.connection, ssl.SSLSocket):
            self.connection.do_handshake()
        super().handle()

    def log_message(self, format: str, *args: Any) -> None:
        """Said in `_serve`, with who asked."""

    def _serve(self) -> None:
        self.asker, self.taken = "-", False
        try:
            answer = self._answer()
        except Refused as why:
            answer = self._refusal(why)
        except FileNotFoundError:
            answer = self._refusal(Refused(404, "NoSuchKey", "It has just been deleted."))
        except Exception as error:
            print(f"{self.command} {self.path}: {error!r}", file=sys.stderr, flush=True)
            answer = self._refusal(
                Refused(500, "InternalError", "We encountered an internal error.")
            )
        left = self.headers.get("content-length", "0")
        if not self.taken and (left != "0" or "transfer-encoding" in self.headers):
            # What was not read would be taken for the next request; and closing upon it would
            # reset the connection before the client reads why.
            self.close_connection = True
            if re.fullmatch("[0-9]{1,6}", left):
                self.rfile.read(int(left))
        print(f"{self.asker} {self.command} {self.path} {answer.status}", flush=True)
        self.send_response(answer.status)
        self.send_header("x-amz-request-id", secrets.token_hex(8).upper())
        headers = dict(answer.headers or {})
        if answer.status != 204:
            headers.setdefault("Content-Length", str(len(answer.body)))
        if answer.body and "Content-Type" not in headers:
            headers["Content-Type"] = "application/xml"
        if self.close_connection:
            headers["Connection"] = "close"
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _serve

    def _refusal(self, why: Refused) -> Answer:
        more = "".join(tag(name, value) for name, value in why.more.items())
        body = xml(
            "Error", tag("Code", why.code), tag("Message", why.message), more, namespace=False
        )
        return Answer(why.status, body)

    def _answer(self) -> Answer:
        path, _, query = self.path.partition("?")
        names = [name.lower() for name in self.headers]
        heads = {name.lower(): value for name, value in self.headers.items()}
        if len(set(names)) != len(names):
            raise Refused(400, "InvalidRequest", "A header is there twice.")
        if any(re.search(r"[\r\n]", value) for value in heads.values()):
            raise Refused(400, "InvalidRequest", "A header is folded.")
        endpoint = self.server.endpoints.get(heads.get("host", "").partition(":")[0].lower())
        if endpoint is None:
            raise Refused(404, "NoSuchEndpoint", "No endpoint of this host has that name.")
        if not path.startswith("/"):
            raise Refused(400, "InvalidURI", "Couldn't parse the specified URI.")
        bucket, _, key = path[1:].partition("/")
        parameters = dict(parse_qsl(query.replace("+", "%2B"), keep_blank_values=True))
        # A signature in the query may take headers there with it.
        hoisted = {
            name.lower(): value for name, value in parameters.items() if name.startswith("X-Amz-")
        }
        for name, value in {**hoisted, **heads}.items():
            if name.startswith(UNKNOWN) and (name, value) != ("x-amz-acl", "private"):
                raise Refused(501, "NotImplemented", f"Not simulated: {name}", Header=name)
        user, signed = self._user(endpoint, path, query, heads, parameters)
        body = self._body(heads, signed)
        parameters = {
            name: value for name, value in parameters.items() if not name.startswith("X-Amz-")
        }
        asked = Request(
            self.command, name_of(bucket), name_of(key), parameters, heads, body, endpoint, user
        )
        return asked.answer()

    def _user(
        self, endpoint: Endpoint, path: str, query: str, heads: dict[str, str], more: dict[str, str]
    ) -> tuple[User, str]:
        """Whose signature it is, and what it says of the body."""
        if "authorization" in heads:
            claim = claim_of(heads["authorization"], heads)
        elif "X-Amz-Signature" in more:
            claim, query = presigned_claim(query)
        else:
            raise Refused(403, "AccessDenied", "Access Denied")
        user = endpoint.users.get(claim.scope.key)
        if user is None:
            raise Refused(403, "InvalidAccessKeyId", "The access key Id does not exist.")
        # A client asks for a bucket's region in the default one (API_GetBucketLocation.html).
        regions = (endpoint.region, *(["us-east-1"] if "location" in more else []))
        verify(
            self.command,
            path,
            query,
            heads,
            claim=claim,
            secret=user.secret,
            regions=regions,
            now=datetime.now(UTC),
        )
        self.asker = user.arn.rpartition("/")[2]
        return user, claim.body

    def _body(self, heads: dict[str, str], signed: str) -> bytes:
        """What was sent, which is what was signed."""
        if "transfer-encoding" in heads:
            raise Refused(501, "NotImplemented", "Not simulated: Transfer-Encoding")
        length = heads.get("content-length", "" if self.command == "PUT" else "0")
        if not length:
            raise Refused(411, "MissingContentLength", "You must provide Content-Length.")
        if not length.isascii() or not length.isdigit():
            raise Refused(400, "InvalidArgument", "Content-Length is no number.")
        if int(length) > LARGEST:
            raise Refused(400, "EntityTooLarge", "Your proposed upload is too large.")
        body = self.rfile.read(int(length))
        self.taken = True
        if len(body) != int(length):
            raise Refused(400, "IncompleteBody", "You did not provide Content-Length bytes.")
        if signed not in (UNSIGNED, hashlib.sha256(body).hexdigest()):
            raise Refused(400, "XAmzContentSHA256Mismatch", "The body is not what was signed.")
        if "content-md5" in heads:
            try:
                digest = base64.b64decode(heads["content-md5"], validate=True)
            except binascii.Error:
                digest = b""
            if len(digest) != 16:
                raise Refused(400, "InvalidDigest", "The Content-MD5 is not valid.")
            if digest != hashlib.md5(body, usedforsecurity=False).digest():
                raise Refused(400, "BadDigest", "The Content-MD5 did not match.")
        return body


def name_of(encoded: str) -> str:
    """A bucket or an object, decoded.

    Raises:
        Refused: no object has such a name, or another reader would take it for something else.
    """
    try:
        name = unquote(encoded, errors="strict")
    except UnicodeDecodeError:
        raise Refused(400, "InvalidURI", "Couldn't parse the specified URI.") from None
    if len(name.encode()) > 1024:
        raise Refused(400, "KeyTooLongError", "Your key is too long.")
    if re.search(r"[\x00-\x1f\x7f]", name) or {".", ".."} & set(name.split("/")):
        raise Refused(400, "InvalidURI", "Couldn't parse the specified URI.")
    return name


@dataclass
class Request:
    """A request of somebody known, and how it is answered."""

    method: str
    bucket_name: str
    key: str
    parameters: dict[str, str]
    headers: dict[str, str]
    body: bytes
    endpoint: Endpoint
    user: User

    def answer(self) -> Answer:
        """Do what is asked, if it may be."""
        if not self.bucket_name:
            return self._buckets()
        for_key = {"HEAD": self._get, "GET": self._get, "PUT": self._put, "DELETE": self._delete}
        subresources = self.parameters.keys() - OURS
        subresources.discard("x-id")
        if self.key:
            if subresources or self.method not in for_key:
                raise self._unknown()
            return for_key[self.method]()
        match self.method, *sorted(subresources):
            case ("HEAD",):
                self._bucket("s3:ListBucket")
                return Answer(headers={"x-amz-bucket-region": self.endpoint.region})
            case ("GET",):
                return self._list(self._bucket("s3:ListBucket"))
            case ("GET", "versions"):
                return self._list_versions(self._bucket("s3:ListBucketVersions"))
            case ("GET", "location"):
                self._bucket("s3:GetBucketLocation")
                # The default region has no name (API_GetBucketLocation.html).
                region = "" if self.endpoint.region == "us-east-1" else self.endpoint.region
                return Answer(body=xml("LocationConstraint", escape(region)))
            case ("GET", "versioning"):
                versioned = self._bucket("s3:GetBucketVersioning").rules.versioned
                status = tag("Status", "Enabled") if versioned else ""
                return Answer(body=xml("VersioningConfiguration", status))
            case ("PUT", "versioning"):
                return self._set_versioning(self._bucket("s3:PutBucketVersioning"))
            case ("GET", "object-lock"):
                return self._get_lock(self._bucket("s3:GetBucketObjectLockConfiguration"))
            case ("PUT", "object-lock"):
                return self._set_lock(self._bucket("s3:PutBucketObjectLockConfiguration"))
            case ("GET", "policy"):
                policy = self._bucket("s3:GetBucketPolicy").rules.policy
                if policy is None:
                    raise Refused(404, "NoSuchBucketPolicy", "The bucket policy does not exist")
                body = json.dumps(policy, ensure_ascii=False).encode()
                return Answer(body=body, headers={"Content-Type": "application/json"})
            case ("PUT", "policy"):
                bucket = self._bucket("s3:PutBucketPolicy")
                bucket.configure(policy=policy_of(self.body, self.bucket_name))
                return Answer(204)
            case ("DELETE", "policy"):
                self._bucket("s3:DeleteBucketPolicy").configure(policy=None)
                return Answer(204)
            case _:
                raise self._unknown()

    def _unknown(self) -> Refused:
        what = "&".join(sorted(self.parameters.keys() - OURS))
        return Refused(501, "NotImplemented", f"Not simulated: {self.method} {what}".strip())

    def _bucket(self, action: str, *, key: str = "") -> Bucket:
        """The bucket, if the user may do that to it, or to one of its objects."""
        bucket = self.endpoint.buckets.get(self.bucket_name)
        resource = f"arn:aws:s3:::{self.bucket_name}" + (f"/{key}" if key else "")
        policy = bucket.rules.policy if bucket is not None else None
        statements = [*self.user.statements, *concerning(policy, self.user.arn)]
        if not allowed(statements, action, resource):
            raise Refused(403, "AccessDenied", f"Access Denied: {action}")
        if bucket is None:
            raise Refused(404, "NoSuchBucket", "The specified bucket does not exist")
        return bucket

    def _buckets(self) -> Answer:
        if self.method != "GET":
            raise self._unknown()
        if not allowed(self.user.statements, "s3:ListAllMyBuckets", "arn:aws:s3:::"):
            raise Refused(403, "AccessDenied", "Access Denied: s3:ListAllMyBuckets")
        made = tag("CreationDate", "2026-01-01T00:00:00.000Z")
        names = (f"<Bucket>{tag('Name', one)}{made}</Bucket>" for one in self.endpoint.buckets)
        return Answer(body=xml("ListAllMyBucketsResult", f"<Buckets>{''.join(names)}</Buckets>"))

    def _get(self) -> Answer:
        """GetObject and HeadObject (API_GetObject.html)."""
        version_id = self.parameters.get("versionId", "")
        action = "s3:GetObjectVersion" if version_id else "s3:GetObject"
        bucket = self._bucket(action, key=self.key)
        version = bucket.find(self.key, version_id)
        wanted = self.headers.get("if-match", "").strip('"')
        if wanted not in ("", "*", version.etag):
            raise Refused(412, "PreconditionFailed", "If-Match does not hold.")
        content = bucket.read(version)
        headers = {
            "Content-Type": version.kind,
            "ETag": f'"{version.etag}"',
            "Last-Modified": format_datetime(version.modified.replace(microsecond=0), usegmt=True),
            "Accept-Ranges": "bytes",
            **{f"x-amz-meta-{name}": value for name, value in version.meta.items()},
            **self._lock_of(version),
        }
        if bucket.rules.versioned:
            headers["x-amz-version-id"] = version.id
        first, last = span(self.headers.get("range", ""), len(content))
        if (first, last) == (0, len(content)):
            status = 200
        else:
            status, whole = 206, len(content)
            content = content[first:last]
            headers["Content-Range"] = f"bytes {first}-{last - 1}/{whole}"
        if self.method == "HEAD":
            headers["Content-Length"] = str(len(content))
            return Answer(status, b"", headers)
        return Answer(status, content, headers)

    @staticmethod
    def _lock_of(version: Version) -> dict[str, str]:
        if not version.mode:
            return {}
        until = datetime.fromtimestamp(version.until, UTC)
        return {
            "x-amz-object-lock-mode": version.mode,
            "x-amz-object-lock-retain-until-date": iso(until),
        }

    def _put(self) -> Answer:
        """PutObject (API_PutObject.html)."""
        bucket = self._bucket("s3:PutObject", key=self.key)
        # « The Content-MD5 […] header is required for any request to upload an object with a
        # retention period configured using Amazon S3 Object Lock » (API_PutObject.html).
        if bucket.rules.mode and "content-md5" not in self.headers:
            raise Refused(400, "InvalidRequest", "Content-MD5 is required with Object Lock.")
        meta = {
            name.removeprefix("x-amz-meta-"): value
            for name, value in self.headers.items()
            if name.startswith("x-amz-meta-")
        }
        kind = self.headers.get("content-type", "application/octet-stream")
        version = bucket.put(self.key, self.body, kind, meta)
        headers = {"ETag": f'"{version.etag}"'}
        if bucket.rules.versioned:
            headers["x-amz-version-id"] = version.id
        return Answer(200, b"", headers)

    def _delete(self) -> Answer:
        """DeleteObject (API_DeleteObject.html): of an object, or of a version for good."""
        if version_id := self.parameters.get("versionId"):
            bucket = self._bucket("s3:DeleteObjectVersion", key=self.key)
            bypass = self.headers.get("x-amz-bypass-governance-retention", "").lower() == "true"
            if bypass:
                self._bucket("s3:BypassGovernanceRetention", key=self.key)
            gone = bucket.delete_version(self.key, version_id, bypass=bypass)
            headers = {"x-amz-version-id": version_id}
            if gone is not None and gone.marker:
                headers["x-amz-delete-marker"] = "true"
            return Answer(204, b"", headers)
        marker = self._bucket("s3:DeleteObject", key=self.key).delete(self.key)
        if marker is None:
            return Answer(204)
        return Answer(204, b"", {"x-amz-delete-marker": "true", "x-amz-version-id": marker.id})

    def _shown(self, text: str) -> str:
        """A name, as the client asked to read it."""
        url = self.parameters.get("encoding-type") == "url"
        return quote(text, safe="/-._~") if url else text

    def _count(self) -> int:
        try:
            return max(0, min(PAGE, int(self.parameters.get("max-keys", PAGE))))
        except ValueError:
            raise Refused(400, "InvalidArgument", "max-keys is no number.") from None

    def _page(
        self, found: Iterable[tuple[Version, bool]], key: str, version_id: str = ""
    ) -> tuple[list[tuple[Version, bool]], list[str], bool]:
        """A page of `rows`: the versions, the common prefixes, and whether more is left.

        Args:
            found: what there is, in order.
            key: the last name of the page before.
            version_id: the last of its versions there; all of them if left out.
        """
        prefix, delimiter = (self.parameters.get(name, "") for name in ("prefix", "delimiter"))
        count = self._count()
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

    def _entry(self, version: Version) -> str:
        return (
            tag("Key", self._shown(version.key))
            + tag("LastModified", iso(version.modified))
            + tag("ETag", f'"{version.etag}"')
            + tag("Size", version.size)
            + tag("StorageClass", "STANDARD")
        )

    def _list(self, bucket: Bucket) -> Answer:
        """ListObjectsV2 and ListObjects (API_ListObjectsV2.html, API_ListObjects.html)."""
        second = self.parameters.get("list-type") == "2"
        token = self.parameters.get("continuation-token", "")
        if second:
            after = unquote(token) or self.parameters.get("start-after", "")
        else:
            after = self.parameters.get("marker", "")
        prefix = self.parameters.get("prefix", "")
        taken, folders, more = self._page(rows(bucket, prefix, every=False), after)
        last = max([*(version.key for version, _ in taken), *folders], key=str.encode, default="")
        tail = tag("KeyCount", len(taken) + len(folders)) if second else ""
        if more and second:
            tail += tag("NextContinuationToken", quote(last, safe=""))
        elif more:
            tail += tag("NextMarker", self._shown(last))
        return Answer(
            body=xml(
                "ListBucketResult",
                *self._heading(more),
                tail,
                *(f"<Contents>{self._entry(version)}</Contents>" for version, _ in taken),
                *self._folders(folders),
            )
        )

    def _list_versions(self, bucket: Bucket) -> Answer:
        """ListObjectVersions (API_ListObjectVersions.html)."""
        after = [self.parameters.get(name, "") for name in ("key-marker", "version-id-marker")]
        prefix = self.parameters.get("prefix", "")
        taken, folders, more = self._page(rows(bucket, prefix, every=True), *after)
        lines, tail = [], ""
        for version, latest in taken:
            one = tag("VersionId", version.id) + tag("IsLatest", latest)
            if version.marker:
                one += tag("Key", self._shown(version.key))
                one += tag("LastModified", iso(version.modified))
                lines.append(f"<DeleteMarker>{one}</DeleteMarker>")
            else:
                lines.append(f"<Version>{one}{self._entry(version)}</Version>")
        if more:
            last = taken[-1][0] if taken else None
            names = [*(version.key for version, _ in taken), *folders]
            tail += tag("NextKeyMarker", self._shown(max(names, key=str.encode, default="")))
            if last is not None and last.key == max(names, key=str.encode):
                tail += tag("NextVersionIdMarker", last.id)
        return Answer(
            body=xml(
                "ListVersionsResult", *self._heading(more), tail, *lines, *self._folders(folders)
            )
        )

    def _heading(self, more: bool) -> list[str]:
        asked = {"Prefix": "prefix", "Delimiter": "delimiter"}
        parts = [tag("Name", self.bucket_name)]
        parts += [
            tag(name, self._shown(self.parameters.get(parameter, "")))
            for name, parameter in asked.items()
        ]
        if "encoding-type" in self.parameters:
            parts.append(tag("EncodingType", "url"))
        return [*parts, tag("MaxKeys", self._count()), tag("IsTruncated", more)]

    def _folders(self, folders: list[str]) -> list[str]:
        return [
            f"<CommonPrefixes>{tag('Prefix', self._shown(folder))}</CommonPrefixes>"
            for folder in folders
        ]

    def _document(self, root: str) -> dict[str, str]:
        """The leaves of a small XML document, by name, from a body whose digest came with it."""
        # « Content-MD5: […] For requests made using the AWS CLI or SDKs, this field is calculated
        # automatically » (API_PutObjectLockConfiguration.html, API_PutBucketVersioning.html).
        if "content-md5" not in self.headers:
            raise Refused(
                400, "InvalidRequest", "Missing required header for this request: Content-MD5"
            )
        bad = Refused(400, "MalformedXML", "The XML you provided was not well-formed.")
        # No document of these has a DTD, and a DTD can make a small one huge.
        if len(self.body) > 4096 or b"<!" in self.body:
            raise bad
        try:
            tree = ET.fromstring(self.body)
        except ET.ParseError:
            raise bad from None
        leaves = {}
        for element in tree.iter():
            name = element.tag.removeprefix(f"{{{XMLNS}}}")
            leaves[name] = (element.text or "").strip()
        if tree.tag.removeprefix(f"{{{XMLNS}}}") != root:
            raise bad
        return leaves

    def _set_versioning(self, bucket: Bucket) -> Answer:
        """PutBucketVersioning (API_PutBucketVersioning.html)."""
        status = self._document("VersioningConfiguration").get("Status")
        if status == "Suspended" and bucket.rules.lockable:
            raise Refused(
                409, "InvalidBucketState", "An Object Lock configuration is present on this bucket."
            )
        if status != "Enabled":
            raise Refused(501, "NotImplemented", "Not simulated: versioning other than Enabled")
        bucket.configure(versioned=True)
        return Answer()

    def _get_lock(self, bucket: Bucket) -> Answer:
        """GetObjectLockConfiguration (API_GetObjectLockConfiguration.html)."""
        rules = bucket.rules
        if not rules.lockable:
            raise Refused(
                404,
                "ObjectLockConfigurationNotFoundError",
                "Object Lock configuration does not exist for this bucket",
            )
        rule = tag("Mode", rules.mode) + tag("Days", rules.days)
        rule = f"<Rule><DefaultRetention>{rule}</DefaultRetention></Rule>" if rules.mode else ""
        return Answer(
            body=xml("ObjectLockConfiguration", tag("ObjectLockEnabled", "Enabled"), rule)
        )

    def _set_lock(self, bucket: Bucket) -> Answer:
        """PutObjectLockConfiguration (API_PutObjectLockConfiguration.html)."""
        asked = self._document("ObjectLockConfiguration")
        if asked.get("ObjectLockEnabled") != "Enabled":
            raise Refused(400, "MalformedXML", "The XML you provided was not well-formed.")
        if not bucket.rules.versioned:
            raise Refused(409, "InvalidBucketState", "Versioning must be 'Enabled' on the bucket.")
        if "Years" in asked:
            raise Refused(501, "NotImplemented", "Not simulated: Years")
        mode, days = asked.get("Mode", ""), asked.get("Days", "")
        if ("Rule" in asked) and (mode not in MODES or not re.fullmatch("[1-9][0-9]{0,4}", days)):
            raise Refused(400, "MalformedXML", "The XML you provided was not well-formed.")
        bucket.configure(lockable=True, mode=mode, days=int(days or 0))
        return Answer()


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


def main(configuration: str) -> None:
    """Serve, until stopped."""
    settings = json.loads(Path(configuration).read_text())
    Host(("", settings["port"]), settings).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
