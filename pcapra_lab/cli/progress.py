"""Lab events as progress bars on a terminal, or as one line per phase in a log."""

import time
from types import TracebackType
from typing import IO, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from pcapra_lab.i18n import _
from pcapra_lab.lab.events import LabEvent, Phase

LOG_EVERY = 10.0
"""Seconds between two lines about one phase in a log."""


class ProgressPrinter:
    """A context manager that is also the sink of events."""

    def __init__(self, stream: IO[str]) -> None:
        self._console = Console(file=stream)
        self._live = self._console.is_terminal
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn(_("{task.percentage:>3.0f} %")),
            TimeElapsedColumn(),
            TextColumn("{task.fields[detail]}", style="dim"),
            console=self._console,
            transient=False,
        )
        self._tasks: dict[tuple[Phase, str | None], TaskID] = {}
        self._said: dict[tuple[Phase, str | None], float] = {}

    def __enter__(self) -> Self:
        if self._live:
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live:
            self._bars.stop()

    def __call__(self, event: LabEvent) -> None:
        """Show one event. Called from any thread."""
        if self._live:
            self._bar(event)
        else:
            self._line(event)

    def _bar(self, event: LabEvent) -> None:
        key = (event.phase, event.vm)
        task = self._tasks.get(key)
        if task is None or (event.fraction == 0.0 and self._bars.tasks[task].finished):
            name = f"{event.phase.word} {event.vm or ''}".strip()
            task = self._bars.add_task(f"{name:<28}", total=1.0, detail="")
            self._tasks[key] = task
        width = max(10, self._console.width - 75)
        detail = event.detail[:width]
        if event.expected and event.fraction != 1.0:
            detail = _("~{expected:.0f} s (mesuré ici)  {detail}").format(
                expected=event.expected, detail=detail
            )[:width]
        self._bars.update(task, completed=event.fraction or 0.0, detail=detail)

    def _line(self, event: LabEvent) -> None:
        key, now = (event.phase, event.vm), time.monotonic()
        done = event.fraction == 1.0
        if not done and now - self._said.get(key, -LOG_EVERY) < LOG_EVERY:
            return
        self._said[key] = now
        share = _("fait") if done else _("{share:3.0f} %").format(share=100 * (event.fraction or 0))
        name = f"{event.phase.word} {event.vm or ''}".strip()
        self._console.print(
            f"{name:<28} {share:>5} {event.elapsed:7.1f} s  {event.detail[:100]}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
