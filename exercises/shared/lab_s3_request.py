"""One request to the S3 simulator, of somebody known, and what they may do."""

from dataclasses import dataclass
from typing import Any

from lab_s3_policy import allowed, concerning
from lab_s3_store import Bucket
from lab_sigv4 import Refused

OURS = {
    "prefix", "delimiter", "max-keys", "marker", "continuation-token", "start-after", "list-type",
    "encoding-type", "key-marker", "version-id-marker", "versionId", "fetch-owner", "metadata",
}  # fmt: skip
"""Parameters that choose among answers; others name a subresource."""


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
class Request:
    """A request of somebody known."""

    method: str
    bucket_name: str
    key: str
    parameters: dict[str, str]
    headers: dict[str, str]
    """By names in lower case."""
    body: bytes
    endpoint: Endpoint
    user: User

    @property
    def subresources(self) -> set[str]:
        """What it names of a bucket or of an object, other than itself."""
        return self.parameters.keys() - OURS

    def unknown(self) -> Refused:
        """The refusal of what is not simulated."""
        what = "&".join(sorted(self.subresources))
        return Refused(501, "NotImplemented", f"Not simulated: {self.method} {what}".strip())

    def bucket_for(self, action: str, *, key: str = "") -> Bucket:
        """The bucket, if the user may do that to it, or to one of its objects.

        Raises:
            Refused: they may not, or there is none.
        """
        bucket = self.endpoint.buckets.get(self.bucket_name)
        resource = f"arn:aws:s3:::{self.bucket_name}" + (f"/{key}" if key else "")
        policy = bucket.rules.policy if bucket is not None else None
        statements = [*self.user.statements, *concerning(policy, self.user.arn)]
        if not allowed(statements, action, resource):
            raise Refused(403, "AccessDenied", f"Access Denied: {action}")
        if bucket is None:
            raise Refused(404, "NoSuchBucket", "The specified bucket does not exist")
        return bucket
