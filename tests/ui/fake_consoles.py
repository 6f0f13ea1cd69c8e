"""Web consoles without a machine behind them."""

from collections import deque
from dataclasses import dataclass, field, replace

from pcapra_lab.errors import LabError
from pcapra_lab.session.api import WebConsole


@dataclass
class FakeConsoles:
    """Consoles that open without a machine."""

    known: dict[str, WebConsole] = field(default_factory=dict)
    errors: deque[LabError] = field(default_factory=deque)

    def listed(self) -> tuple[WebConsole, ...]:
        return tuple(self.known.values())

    def open(self, console_id: str) -> WebConsole:
        if self.errors:
            raise self.errors.popleft()
        port = 40_000 + list(self.known).index(console_id)
        opened = replace(self.known[console_id], url=f"http://127.0.0.1:{port}/stats")
        self.known[console_id] = opened
        return opened

    def close(self) -> None:
        self.known = {name: replace(one, url=None) for name, one in self.known.items()}
