"""What the S3 simulator does of a request: its method and subresource choose the operation."""

from xml.sax.saxutils import escape

from lab_s3_answer import Answer, tag, xml
from lab_s3_documents import (
    delete_policy,
    get_lock,
    get_policy,
    get_versioning,
    set_lock,
    set_policy,
    set_versioning,
)
from lab_s3_listing import list_objects, list_versions
from lab_s3_objects import delete_object, get_object, put_object
from lab_s3_policy import allowed
from lab_s3_request import Request
from lab_sigv4 import Refused

OF_AN_OBJECT = {
    "HEAD": get_object,
    "GET": get_object,
    "PUT": put_object,
    "DELETE": delete_object,
}


def perform(asked: Request) -> Answer:
    """Do what is asked, if it may be.

    Raises:
        Refused: it may not be, or it is not simulated.
    """
    if not asked.bucket_name:
        return _buckets(asked)
    subresources = asked.subresources - {"x-id"}
    if asked.key:
        if subresources or asked.method not in OF_AN_OBJECT:
            raise asked.unknown()
        return OF_AN_OBJECT[asked.method](asked)
    match asked.method, *sorted(subresources):
        case ("HEAD",):
            asked.bucket_for("s3:ListBucket")
            return Answer(headers={"x-amz-bucket-region": asked.endpoint.region})
        case ("GET",):
            return list_objects(asked, asked.bucket_for("s3:ListBucket"))
        case ("GET", "versions"):
            return list_versions(asked, asked.bucket_for("s3:ListBucketVersions"))
        case ("GET", "location"):
            asked.bucket_for("s3:GetBucketLocation")
            # The default region has no name (API_GetBucketLocation.html).
            region = "" if asked.endpoint.region == "us-east-1" else asked.endpoint.region
            return Answer(body=xml("LocationConstraint", escape(region)))
        case ("GET", "versioning"):
            return get_versioning(asked.bucket_for("s3:GetBucketVersioning"))
        case ("PUT", "versioning"):
            return set_versioning(asked, asked.bucket_for("s3:PutBucketVersioning"))
        case ("GET", "object-lock"):
            return get_lock(asked.bucket_for("s3:GetBucketObjectLockConfiguration"))
        case ("PUT", "object-lock"):
            return set_lock(asked, asked.bucket_for("s3:PutBucketObjectLockConfiguration"))
        case ("GET", "policy"):
            return get_policy(asked.bucket_for("s3:GetBucketPolicy"))
        case ("PUT", "policy"):
            return set_policy(asked, asked.bucket_for("s3:PutBucketPolicy"))
        case ("DELETE", "policy"):
            return delete_policy(asked.bucket_for("s3:DeleteBucketPolicy"))
        case _:
            raise asked.unknown()


def _buckets(asked: Request) -> Answer:
    """ListBuckets (API_ListBuckets.html)."""
    if asked.method != "GET":
        raise asked.unknown()
    if not allowed(asked.user.statements, "s3:ListAllMyBuckets", "arn:aws:s3:::"):
        raise Refused(403, "AccessDenied", "Access Denied: s3:ListAllMyBuckets")
    made = tag("CreationDate", "2026-01-01T00:00:00.000Z")
    names = (f"<Bucket>{tag('Name', one)}{made}</Bucket>" for one in asked.endpoint.buckets)
    return Answer(body=xml("ListAllMyBucketsResult", f"<Buckets>{''.join(names)}</Buckets>"))
