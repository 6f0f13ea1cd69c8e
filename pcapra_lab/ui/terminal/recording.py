"""Recording what a shell says, from when the person asks to when they have had enough."""

from collections.abc import Callable

from pcapra_lab.terminal import Emulator
from pcapra_lab.terminal.recording import Recorder
from pcapra_lab.ui.terminal.messages import RecordingEnded
from pcapra_lab.ui.terminal.searching import SearchingView


class RecordingView(SearchingView):
    """A view whose shell can be recorded: its output alone, never what is typed."""

    def __init__(
        self, emulator: Emulator, *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(emulator, id=id, classes=classes)
        self._recorder: Recorder | None = None

    @property
    def recording(self) -> bool:
        """Whether what the shell says is being recorded."""
        return self._recorder is not None and self._recorder.active

    def record(self, recorder: Recorder) -> None:
        """Record from now on, beginning with what is on the screen."""
        self.stop_recording()
        rows = "\r\n".join(line.text.rstrip() for line in self._lines)
        place = f"\x1b[{self._cursor.y + 1};{self._cursor.x + 1}H"
        recorder.output(f"\x1b[2J\x1b[H{rows}{place}".encode())
        self._recorder = recorder

    def stop_recording(self) -> None:
        """Close the recording. Idempotent; it outlives shells, but not the view."""
        if self._recorder is not None:
            self._recorder.close()
            self._recorder = None

    def _listener(self) -> Callable[[bytes], None]:
        """What the reader thread calls with all that one shell says."""
        copy = self._copier()

        def hear(data: bytes) -> None:
            copy(data)
            recorder = self._recorder
            if recorder is not None and recorder.active:
                recorder.output(data)
                if recorder.problem:
                    self.post_message(RecordingEnded(self, recorder.problem))

        return hear

    def _record_size(self, columns: int, rows: int) -> None:
        if self._recorder is not None:
            self._recorder.resize(columns, rows)
