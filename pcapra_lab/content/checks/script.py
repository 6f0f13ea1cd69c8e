"""The exercise's own judge."""

from typing import Literal

from pcapra_lab.content.base import GuestUser, RelativePath
from pcapra_lab.content.checks.base import BaseCheck


class ScriptCheck(BaseCheck):
    """A Python or shell script of the exercise that runs on the VM and judges.

    It prints one JSON object: ``{"ok": bool, "expected": str, "observed": str}`` with an
    optional ``"hint"``. Anything else (no JSON, a deadline passed) is an ERROR, which never
    counts against the trainee. Parameters arrive as ``PCAPRA_<NAME>`` variables.
    """

    type: Literal["script"]
    run: RelativePath
    user: GuestUser = GuestUser.ROOT
    args: list[str] = []
