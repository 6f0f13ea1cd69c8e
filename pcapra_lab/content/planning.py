"""How long steps are meant to take: what a trainee's pace is measured against."""

import re
from typing import Annotated

from pydantic import AfterValidator

_FORM = re.compile(r"([1-9][0-9]{0,3})(min|m|h)")
MOST = 8 * 3600.0
"""Seconds: a step planned for longer than a day's work is a mistake of unit."""


def planned_seconds(planned: str) -> float:
    """The length of a ``Planned`` in seconds.

    Raises:
        ValueError: it is none.
    """
    match = _FORM.fullmatch(planned)
    if match is None:
        raise ValueError("une durée en minutes ou en heures est attendue : 30min, 1h")
    return int(match[1]) * (3600.0 if match[2] == "h" else 60.0)


def _sensible(value: str) -> str:
    if planned_seconds(value) > MOST:
        raise ValueError("une étape de plus de huit heures n'est pas une étape")
    return value


Planned = Annotated[str, AfterValidator(_sensible)]
"""``30min`` (or ``30m``) or ``1h``: whole minutes or hours."""
