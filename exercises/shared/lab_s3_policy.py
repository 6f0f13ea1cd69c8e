"""Who may do what in a bucket: statements of a key, and a bucket's policy, for the S3 simulator.

From the AWS IAM User Guide, « Policy evaluation logic »
(reference_policies_evaluation-logic.html): refused unless something allows it, and refused
whatever allows it when something denies it; « IAM JSON policy elements » for the wildcards. From
the Amazon S3 User Guide, « Bucket policies » and « Policies and permissions ». No Condition here:
a policy that has one is refused, not half obeyed.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from lab_sigv4 import Refused

KEYS = {"Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource"}
DATES = {"2012-10-17", "2008-10-17"}


def listed(value: Any) -> list[str]:
    """One text, or a list of them."""
    return [value] if isinstance(value, str) else list(value or [])


def matches(pattern: str, text: str) -> bool:
    """``*`` is anything, ``?`` one character."""
    parts = (
        ".*" if part == "*" else "." if part == "?" else re.escape(part)
        for part in re.split(r"([*?])", pattern)
    )
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def covers(statement: dict[str, Any], action: str, resource: str) -> bool:
    """Whether a statement speaks of an action, whose case does not matter, on a resource."""

    def some(patterns: Iterable[str], text: str) -> bool:
        return any(matches(pattern, text) for pattern in patterns)

    action = action.lower()
    actions = (
        some(map(str.lower, listed(statement["Action"])), action)
        if "Action" in statement
        else not some(map(str.lower, listed(statement["NotAction"])), action)
    )
    return actions and (
        some(listed(statement["Resource"]), resource)
        if "Resource" in statement
        else not some(listed(statement["NotResource"]), resource)
    )


def concerning(policy: dict[str, Any] | None, user: str) -> Iterator[dict[str, Any]]:
    """The statements of a bucket's policy about a user."""
    for statement in (policy or {}).get("Statement", []):
        principal = statement["Principal"]
        names = [principal] if isinstance(principal, str) else listed(principal["AWS"])
        if "*" in names or user in names:
            yield statement


def allowed(statements: Iterable[dict[str, Any]], action: str, resource: str) -> bool:
    """Whether something allows it, and nothing denies it."""
    effects = {one["Effect"] for one in statements if covers(one, action, resource)}
    return "Allow" in effects and "Deny" not in effects


def policy_of(text: bytes, bucket: str) -> dict[str, Any]:
    """A bucket's policy, read.

    Raises:
        Refused: it is not one, or says what is not simulated.
    """

    def bad(why: str) -> Refused:
        return Refused(400, "MalformedPolicy", why)

    try:
        policy = json.loads(text)
    except ValueError:
        raise bad("This policy contains invalid Json") from None
    if not isinstance(policy, dict) or policy.get("Version", "2008-10-17") not in DATES:
        raise bad("The policy must contain a valid version string")
    statements = policy.get("Statement")
    statements = [statements] if isinstance(statements, dict) else statements
    if not isinstance(statements, list) or not statements:
        raise bad("Missing required field Statement")
    home = f"arn:aws:s3:::{bucket}"
    for one in statements:
        if not isinstance(one, dict) or one.keys() - KEYS:
            raise bad(f"A statement has only {', '.join(sorted(KEYS))} here")
        if one.get("Effect") not in ("Allow", "Deny"):
            raise bad("Invalid effect")
        principal = one.get("Principal")
        if principal != "*" and not (isinstance(principal, dict) and set(principal) == {"AWS"}):
            raise bad("Invalid principal in policy")
        for name in ("Action", "Resource"):
            if (name in one) == (f"Not{name}" in one):
                raise bad(f"Missing required field {name}")
            value = one.get(name, one.get(f"Not{name}"))
            texts = [value] if isinstance(value, str) else value
            if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
                raise bad(f"Invalid {name}")
            if name == "Action" and not all(re.match(r"s3:|\*$", text) for text in texts):
                raise bad("Policy has invalid action")
            if name == "Resource" and not all(
                text == home or text.startswith((f"{home}/", f"{home}*")) for text in texts
            ):
                raise bad("Policy has invalid resource")
    return {**policy, "Statement": statements}
