"""Exams of a session without machines: they move when told to, and write no journal."""

import threading
from dataclasses import dataclass, field, replace

from pcapra_lab.errors import LabError
from pcapra_lab.session.api import EventSink
from pcapra_lab.session.exam_api import Counted, ExamPhase, ExamView, StepVerdict

FINGERPRINT = "9f3c0a77d2b1e644" + "0" * 48


@dataclass
class FakeExams:
    """Three steps of ten points, of which the first is right."""

    exam: ExamView | None = None
    calls: list[str] = field(default_factory=list)
    error: LabError | None = None

    def view(self) -> ExamView | None:
        return self.exam

    @property
    def running(self) -> bool:
        return self.exam is not None and self.exam.running

    def start(self, on_event: EventSink, cancel: threading.Event) -> ExamView:
        self.calls.append("start")
        self.exam = ExamView(
            ExamPhase.RUNNING, 1000.0, 3600.0, 600.0, (), "/journal.jsonl", FINGERPRINT
        )
        return self.exam

    def submit(self, on_event: EventSink) -> ExamView:
        self.calls.append("submit")
        return self._become(submitted=("depot",))

    def finish(self, on_event: EventSink) -> ExamView:
        self.calls.append("finish")
        steps = [("depot", "Initialiser le dépôt", 10), ("cron", "Automatiser", 0)]
        verdicts = tuple(
            StepVerdict(name, title, 10, earned, earned > 0, Counted.FINAL, earned // 5, 2)
            for name, title, earned in steps
        )
        return self._become(phase=ExamPhase.FINISHED, verdicts=verdicts)

    def abandon(self) -> ExamView:
        self.calls.append("abandon")
        return self._become(phase=ExamPhase.ABANDONED)

    def _become(self, **changes: object) -> ExamView:
        if self.error is not None:
            raise self.error
        assert self.exam is not None
        self.exam = replace(self.exam, **changes)  # type: ignore[arg-type]
        return self.exam
