"""What the S3 simulator verifies of a request before anything is done of it.

Headers and names that have one reading, a signature of one of the endpoint's keys
(`lab_sigv4`), a body that is the one that was signed; and nothing whose promise would not be kept.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from urllib.parse import unquote

from lab_s3_request import Endpoint, User
from lab_sigv4 import UNSIGNED, Refused, claim_of, presigned_claim, verify

LARGEST = 64 << 20
"""Of a body; a restic pack is of 16 MiB unless one asks for more."""
UNKNOWN = (
    "x-amz-copy-source", "x-amz-object-lock", "x-amz-server-side-encryption", "x-amz-tagging",
    "x-amz-acl", "x-amz-grant", "x-amz-website", "x-amz-trailer", "if-none-match", "x-amz-security",
)  # fmt: skip
"""Headers whose promise would not be kept: better refused than ignored."""


def headers_of(received: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers, by names in lower case.

    Raises:
        Refused: another reader might read them otherwise.
    """
    pairs = [(name.lower(), value) for name, value in received]
    heads = dict(pairs)
    if len(heads) != len(pairs):
        raise Refused(400, "InvalidRequest", "A header is there twice.")
    if any(re.search(r"[\r\n]", value) for value in heads.values()):
        raise Refused(400, "InvalidRequest", "A header is folded.")
    return heads


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


def refuse_unknown(heads: Mapping[str, str], parameters: Mapping[str, str]) -> None:
    """Refuse what asks for more than is simulated.

    Raises:
        Refused: it does.
    """
    # A signature in the query may take headers there with it.
    hoisted = {
        name.lower(): value for name, value in parameters.items() if name.startswith("X-Amz-")
    }
    for name, value in {**hoisted, **heads}.items():
        if name.startswith(UNKNOWN) and (name, value) != ("x-amz-acl", "private"):
            raise Refused(501, "NotImplemented", f"Not simulated: {name}", Header=name)


def signer(
    endpoint: Endpoint,
    method: str,
    path: str,
    query: str,
    heads: Mapping[str, str],
    parameters: Mapping[str, str],
) -> tuple[User, str]:
    """Whose signature it is, and what it says of the body.

    Args:
        endpoint: where the request came.
        method: its method.
        path: as it was sent.
        query: as it was sent.
        heads: see `headers_of`.
        parameters: the query, decoded.

    Raises:
        Refused: nobody's.
    """
    if "authorization" in heads:
        claim = claim_of(heads["authorization"], heads)
    elif "X-Amz-Signature" in parameters:
        claim, query = presigned_claim(query)
    else:
        raise Refused(403, "AccessDenied", "Access Denied")
    user = endpoint.users.get(claim.scope.key)
    if user is None:
        raise Refused(403, "InvalidAccessKeyId", "The access key Id does not exist.")
    # A client asks for a bucket's region in the default one (API_GetBucketLocation.html).
    regions = (endpoint.region, *(["us-east-1"] if "location" in parameters else []))
    verify(
        method,
        path,
        query,
        heads,
        claim=claim,
        secret=user.secret,
        regions=regions,
        now=datetime.now(UTC),
    )
    return user, claim.body


def length_of(method: str, heads: Mapping[str, str]) -> int:
    """How many bytes of body follow.

    Raises:
        Refused: it is not said, or is too many.
    """
    if "transfer-encoding" in heads:
        raise Refused(501, "NotImplemented", "Not simulated: Transfer-Encoding")
    length = heads.get("content-length", "" if method == "PUT" else "0")
    if not length:
        raise Refused(411, "MissingContentLength", "You must provide Content-Length.")
    if not length.isascii() or not length.isdigit():
        raise Refused(400, "InvalidArgument", "Content-Length is no number.")
    if int(length) > LARGEST:
        raise Refused(400, "EntityTooLarge", "Your proposed upload is too large.")
    return int(length)


def verify_body(body: bytes, length: int, signed: str, heads: Mapping[str, str]) -> None:
    """What was sent is what was signed.

    Args:
        body: what was read of it.
        length: see `length_of`.
        signed: see `signer`.
        heads: see `headers_of`.

    Raises:
        Refused: it is not.
    """
    if len(body) != length:
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
