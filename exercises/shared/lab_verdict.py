"""What a check says: one JSON object, that the lab reads (docs/authoring.md, « script »)."""

import json
from typing import NoReturn


def verdict(ok: bool, expected: str, observed: str, hint: str = "") -> NoReturn:
    """Print the result and stop."""
    print(json.dumps({"ok": ok, "expected": expected, "observed": observed, "hint": hint}))
    raise SystemExit
