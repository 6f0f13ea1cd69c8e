"""``python -m bench.terminal.stage CORE RESULT COMMAND…``: our widget on a local PTY, nothing else.

Writes to RESULT, as JSON, the times of the command's start and of its last output drawn.
"""

import json
import sys
import time
from pathlib import Path

from local_pty import LocalShell
from textual import on
from textual.app import App, ComposeResult

from bench.terminal.cores import core
from pcapra_lab.ui.terminal import TerminalPane


class Stage(App[None]):
    """One pane over the whole screen."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, emulator: str, result: Path, command: list[str]) -> None:
        super().__init__()
        self._core = emulator
        self._result = result
        self._command = command
        self._started = 0.0

    def compose(self) -> ComposeResult:
        """Lay out the pane."""
        yield TerminalPane(core(self._core))

    def on_mount(self) -> None:
        """Start once the pane has its size."""
        self.call_after_refresh(self._start)

    def _start(self) -> None:
        pane = self.query_one(TerminalPane)
        pane.focus()
        self._started = time.perf_counter()
        pane.attach(LocalShell(self._command))

    @on(TerminalPane.LinkLost)
    def _ended(self) -> None:
        self._result.write_text(json.dumps([self._started, time.perf_counter()]))
        self.exit()


if __name__ == "__main__":
    Stage(sys.argv[1], Path(sys.argv[2]), sys.argv[3:]).run()
