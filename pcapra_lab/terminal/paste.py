"""What may be pasted, and what must be asked before."""

import re
from dataclasses import dataclass

ASKED_ABOVE = 5
"""Lines up to which a paste is sent without a question."""

# All of C0 but tab and line ends, DEL, C1.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Paste:
    """A clipboard's text, fit to be sent."""

    text: str
    """Without control characters; line ends are newlines."""
    removed: int
    """How many control characters there were."""

    @property
    def suspect(self) -> bool:
        """Whether to ask before sending it."""
        return self.removed > 0 or len(self.text.splitlines()) > ASKED_ABOVE


def prepare_paste(text: str) -> Paste:
    """Take away what would act rather than be typed; tabs and line ends stay."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    cleaned, removed = _CONTROL.subn("", unified)
    return Paste(cleaned, removed)
