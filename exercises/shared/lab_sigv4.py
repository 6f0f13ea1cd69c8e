"""AWS Signature Version 4, in a header or in the query: signing, and what a server verifies.

From the Amazon S3 API Reference: « Signature Calculations for the Authorization Header:
Transferring Payload in a Single Chunk » (API/sig-v4-header-based-auth.html) and « Authenticating
Requests: Using Query Parameters » (API/sigv4-query-string-auth.html), which is how rclone 1.60
uploads. Their worked examples are in tests/unit/exercises/test_sigv4.py.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
STAMP = "%Y%m%dT%H%M%SZ"
SKEW = timedelta(minutes=15)
"""How far from the server's clock a request may be (API/ErrorResponses.html)."""
DIGEST = re.compile("[0-9a-f]{64}")


class Refused(Exception):
    """What is wrong with a request, as S3 says it (API/ErrorResponses.html)."""

    def __init__(self, status: int, code: str, message: str, **more: str):
        super().__init__(f"{code}: {message}")
        self.status, self.code, self.message, self.more = status, code, message, more


class Scope(NamedTuple):
    """What a signature is good for."""

    key: str
    """The access key's identifier."""
    date: str
    region: str
    service: str

    @property
    def text(self) -> str:
        return f"{self.date}/{self.region}/{self.service}/aws4_request"


class Claim(NamedTuple):
    """A signature, and what it says of itself."""

    scope: Scope
    signed: tuple[str, ...]
    signature: str
    stamp: str
    """When it was made, as it writes it."""
    body: str
    """The digest of the body, or that it is not signed."""
    life: timedelta = timedelta()
    """How long it is good for, of a query's; a header's has `SKEW`."""


def encoded(text: bytes | str, safe: str = "") -> str:
    """URI-encoded as the signature wants it: all but letters, digits, ``-._~``."""
    return quote(text, safe=f"-._~{safe}")


def canonical_query(query: str) -> str:
    """A query string's parameters, decoded, encoded again and sorted; ``+`` is a plus."""
    pairs = [part.partition("=") for part in query.split("&") if part]
    return "&".join(
        sorted(
            f"{encoded(unquote_to_bytes(name))}={encoded(unquote_to_bytes(value))}"
            for name, _, value in pairs
        )
    )


def canonical_request(
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    signed: tuple[str, ...],
    body: str,
) -> str:
    """The six lines that are hashed.

    Args:
        method: ``GET``…
        path: as it was sent, encoded; S3 does not encode it twice.
        query: as it was sent.
        headers: by name in lower case.
        signed: the names of those that count, sorted.
        body: what ``x-amz-content-sha256`` says.
    """
    lines = [f"{name}:{' '.join(headers.get(name, '').split())}\n" for name in signed]
    return "\n".join(
        (
            method,
            encoded(unquote_to_bytes(path), safe="/") or "/",
            canonical_query(query),
            "".join(lines),
            ";".join(signed),
            body,
        )
    )


def signature(secret: str, scope: Scope, stamp: str, request: str) -> str:
    """The signature of a canonical request, by the key derived from the secret."""
    key = f"AWS4{secret}".encode()
    for part in (scope.date, scope.region, scope.service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    digest = hashlib.sha256(request.encode()).hexdigest()
    to_sign = "\n".join((ALGORITHM, stamp, scope.text, digest))
    return hmac.digest(key, to_sign.encode(), "sha256").hex()


def signed_headers(
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    *,
    key: str,
    secret: str,
    region: str,
    body: bytes = b"",
    now: datetime | None = None,
) -> dict[str, str]:
    """The headers of a request, with the signature: what a client sends.

    Args:
        method: ``GET``…
        path: encoded.
        query: encoded.
        headers: those of the request, ``Host`` among them.
        key: the access key's identifier.
        secret: its secret.
        region: the endpoint's.
        body: hashed and signed.
        now: the signature's time, if not now.
    """
    stamp = (now or datetime.now(UTC)).strftime(STAMP)
    digest = hashlib.sha256(body).hexdigest()
    sent = {name.lower(): value for name, value in headers.items()}
    sent |= {"x-amz-date": stamp, "x-amz-content-sha256": digest}
    scope = Scope(key, stamp[:8], region, "s3")
    names = tuple(sorted(sent))
    request = canonical_request(method, path, query, sent, names, digest)
    sent["authorization"] = (
        f"{ALGORITHM} Credential={key}/{scope.text}, SignedHeaders={';'.join(names)}, "
        f"Signature={signature(secret, scope, stamp, request)}"
    )
    return sent


def claim_of(header: str, headers: Mapping[str, str]) -> Claim:
    """An ``Authorization`` header.

    Raises:
        Refused: it is not one, or not of this algorithm.
    """
    algorithm, _, rest = header.partition(" ")
    fields = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    return _claim(
        algorithm,
        fields.get("Credential", ""),
        fields.get("SignedHeaders", ""),
        fields.get("Signature", ""),
        headers.get("x-amz-date", ""),
        headers.get("x-amz-content-sha256", ""),
    )


def presigned_claim(query: str) -> tuple[Claim, str]:
    """A signature in a query, and the query that it signs: all but itself.

    Raises:
        Refused: it is not one.
    """
    parts = [part for part in query.split("&") if not part.startswith("X-Amz-Signature=")]
    fields = {
        name: unquote_to_bytes(value).decode(errors="replace")
        for name, _, value in (part.partition("=") for part in query.split("&"))
    }
    life = fields.get("X-Amz-Expires", "")
    if not re.fullmatch("[0-9]{1,6}", life) or not 1 <= int(life) <= 604800:
        raise Refused(400, "AuthorizationQueryParametersError", "X-Amz-Expires is not valid.")
    claim = _claim(
        fields.get("X-Amz-Algorithm", ""),
        fields.get("X-Amz-Credential", ""),
        fields.get("X-Amz-SignedHeaders", ""),
        fields.get("X-Amz-Signature", ""),
        fields.get("X-Amz-Date", ""),
        UNSIGNED,
    )
    return claim._replace(life=timedelta(seconds=int(life))), "&".join(parts)


def _claim(
    algorithm: str, credential: str, signed: str, sign: str, stamp: str, body: str
) -> Claim:  # fmt: skip
    if algorithm != ALGORITHM:
        raise Refused(400, "InvalidRequest", f"Use {ALGORITHM}.")
    key, *scope = credential.rsplit("/", 4)
    if len(scope) != 4 or scope[3] != "aws4_request" or not DIGEST.fullmatch(sign):
        raise Refused(400, "AuthorizationHeaderMalformed", "The authorization is malformed.")
    return Claim(Scope(key, *scope[:3]), tuple(signed.split(";")), sign, stamp, body)


def verify(
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    *,
    claim: Claim,
    secret: str,
    regions: tuple[str, ...],
    now: datetime,
) -> None:
    """Refuse a request whose signature is not the secret's, or not for here and now.

    The body is not read: ``claim.body`` is what was signed, to be compared with it.

    Raises:
        Refused: with what S3 answers.
    """
    stamp, body = claim.stamp, claim.body
    try:
        moment = datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
    except ValueError:
        raise Refused(403, "AccessDenied", "A valid x-amz-date is required.") from None
    if claim.life and now > moment + claim.life:
        raise Refused(403, "AccessDenied", "Request has expired", ServerTime=now.strftime(STAMP))
    if moment - now > SKEW or (not claim.life and now - moment > SKEW):
        raise Refused(
            403,
            "RequestTimeTooSkewed",
            "The difference between the request time and the server's time is too large.",
            RequestTime=stamp,
            ServerTime=now.strftime(STAMP),
        )
    if claim.scope.date != stamp[:8] or claim.scope.service != "s3":
        raise Refused(400, "AuthorizationHeaderMalformed", "The credential's scope is not this.")
    if claim.scope.region not in regions:
        raise Refused(
            400,
            "AuthorizationHeaderMalformed",
            f"The region '{claim.scope.region}' is wrong; expecting '{regions[0]}'.",
            Region=regions[0],
        )
    if body != UNSIGNED and not DIGEST.fullmatch(body):
        raise Refused(
            400, "InvalidRequest", "x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a SHA-256."
        )
    # « The CanonicalHeaders list must include the HTTP host header [and] any x-amz-* headers ».
    due = {"host", *(name for name in headers if name.startswith("x-amz-"))}
    if claim.life:
        due.discard("x-amz-content-sha256")
    if not due.issubset(claim.signed) or list(claim.signed) != sorted(set(claim.signed)):
        raise Refused(403, "AccessDenied", "There were headers present which were not signed.")
    request = canonical_request(method, path, query, headers, claim.signed, body)
    if not hmac.compare_digest(signature(secret, claim.scope, stamp, request), claim.signature):
        raise Refused(
            403, "SignatureDoesNotMatch", "The signature we calculated does not match yours."
        )
