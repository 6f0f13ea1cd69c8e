"""A bucket's documents in the S3 simulator: its versioning, its Object Lock, its policy."""

import json
import re
import xml.etree.ElementTree as ET

from lab_s3_answer import XMLNS, Answer, tag, xml
from lab_s3_policy import policy_of
from lab_s3_request import Request
from lab_s3_store import MODES, Bucket
from lab_sigv4 import Refused


def get_versioning(bucket: Bucket) -> Answer:
    """GetBucketVersioning (API_GetBucketVersioning.html)."""
    status = tag("Status", "Enabled") if bucket.rules.versioned else ""
    return Answer(body=xml("VersioningConfiguration", status))


def set_versioning(asked: Request, bucket: Bucket) -> Answer:
    """PutBucketVersioning (API_PutBucketVersioning.html)."""
    status = _document(asked, "VersioningConfiguration").get("Status")
    if status == "Suspended" and bucket.rules.lockable:
        raise Refused(
            409, "InvalidBucketState", "An Object Lock configuration is present on this bucket."
        )
    if status != "Enabled":
        raise Refused(501, "NotImplemented", "Not simulated: versioning other than Enabled")
    bucket.configure(versioned=True)
    return Answer()


def get_lock(bucket: Bucket) -> Answer:
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
    return Answer(body=xml("ObjectLockConfiguration", tag("ObjectLockEnabled", "Enabled"), rule))


def set_lock(asked: Request, bucket: Bucket) -> Answer:
    """PutObjectLockConfiguration (API_PutObjectLockConfiguration.html)."""
    wanted = _document(asked, "ObjectLockConfiguration")
    if wanted.get("ObjectLockEnabled") != "Enabled":
        raise Refused(400, "MalformedXML", "The XML you provided was not well-formed.")
    if not bucket.rules.versioned:
        raise Refused(409, "InvalidBucketState", "Versioning must be 'Enabled' on the bucket.")
    if "Years" in wanted:
        raise Refused(501, "NotImplemented", "Not simulated: Years")
    mode, days = wanted.get("Mode", ""), wanted.get("Days", "")
    if ("Rule" in wanted) and (mode not in MODES or not re.fullmatch("[1-9][0-9]{0,4}", days)):
        raise Refused(400, "MalformedXML", "The XML you provided was not well-formed.")
    bucket.configure(lockable=True, mode=mode, days=int(days or 0))
    return Answer()


def get_policy(bucket: Bucket) -> Answer:
    """GetBucketPolicy (API_GetBucketPolicy.html)."""
    policy = bucket.rules.policy
    if policy is None:
        raise Refused(404, "NoSuchBucketPolicy", "The bucket policy does not exist")
    body = json.dumps(policy, ensure_ascii=False).encode()
    return Answer(body=body, headers={"Content-Type": "application/json"})


def set_policy(asked: Request, bucket: Bucket) -> Answer:
    """PutBucketPolicy (API_PutBucketPolicy.html)."""
    bucket.configure(policy=policy_of(asked.body, asked.bucket_name))
    return Answer(204)


def delete_policy(bucket: Bucket) -> Answer:
    """DeleteBucketPolicy (API_DeleteBucketPolicy.html)."""
    bucket.configure(policy=None)
    return Answer(204)


def _document(asked: Request, root: str) -> dict[str, str]:
    """The leaves of a small XML document, by name, from a body whose digest came with it."""
    # « Content-MD5: […] For requests made using the AWS CLI or SDKs, this field is calculated
    # automatically » (API_PutObjectLockConfiguration.html, API_PutBucketVersioning.html).
    if "content-md5" not in asked.headers:
        raise Refused(
            400, "InvalidRequest", "Missing required header for this request: Content-MD5"
        )
    bad = Refused(400, "MalformedXML", "The XML you provided was not well-formed.")
    # No document of these has a DTD, and a DTD can make a small one huge.
    if len(asked.body) > 4096 or b"<!" in asked.body:
        raise bad
    try:
        tree = ET.fromstring(asked.body)
    except ET.ParseError:
        raise bad from None
    leaves = {}
    for element in tree.iter():
        name = element.tag.removeprefix(f"{{{XMLNS}}}")
        leaves[name] = (element.text or "").strip()
    if tree.tag.removeprefix(f"{{{XMLNS}}}") != root:
        raise bad
    return leaves
