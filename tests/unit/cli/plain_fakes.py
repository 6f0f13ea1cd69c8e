"""A course whose machines are shells of this host: real prompts, real questions, no VM."""

import fcntl
import io
import os
import select
import signal
import struct
import subprocess
import termios
import threading
import weakref
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from fake_exams import FakeExams
from no_drills import NoDrills

from pcapra_lab.cli.plain_voice import Voice
from pcapra_lab.content.blocks import LessonDocument
from pcapra_lab.content.checks import Check, CommandCheck, Effect
from pcapra_lab.content.glossary import Lexicon, Term
from pcapra_lab.content.lesson import parse_lesson_text
from pcapra_lab.content.level import Level
from pcapra_lab.content.models import Exercise, GuestScript, Step, Topology, Vm
from pcapra_lab.content.search import CourseIndex, Hit
from pcapra_lab.errors import LabError
from pcapra_lab.lab.events import LabEvent, Phase
from pcapra_lab.session.api import (
    Checkpoint,
    CheckResult,
    EventSink,
    Hint,
    Outcome,
    QuestionView,
    RemoteFile,
    SessionState,
    StepReport,
    StepState,
    StepStatus,
    VmPower,
    VmStatus,
    WebConsole,
)
from pcapra_lab.session.blueprint import Blueprint
from pcapra_lab.session.drill_api import Drills
from pcapra_lab.session.health import VmHealth

BASH = ["/bin/bash", "--norc", "--noprofile", "-i"]


class PtyShell:
    """A program on a PTY of this host. Ended by ``close``, by its own pid."""

    def __init__(self, home: Path, argv: list[str] | None = None) -> None:
        self._master, slave = os.openpty()
        self._wake, self._waker = os.pipe()
        # When no thread holds this shell any more: a descriptor must not be reused under a reader.
        weakref.finalize(self, _close, self._master, self._wake, self._waker)
        self._closed = False
        self.sizes: list[tuple[int, int]] = []
        environment = {
            "PATH": os.environ["PATH"],
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "HOME": str(home),
            "PS1": "invite> ",
            "HISTFILE": "/dev/null",
        }
        self._process = subprocess.Popen(
            ["/usr/bin/setsid", "--ctty", *(argv or BASH)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            cwd=home,
        )
        os.close(slave)

    def recv(self, size: int) -> bytes:
        ready, _, _ = select.select([self._master, self._wake], [], [])
        if self._wake in ready:
            return b""
        try:
            return os.read(self._master, size)
        except OSError:  # EIO: the last process left the PTY
            return b""

    def sendall(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._master, data) :]

    def resize(self, columns: int, rows: int) -> None:
        self.sizes.append((columns, rows))
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        os.write(self._waker, b"x")
        if self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait(timeout=5)


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def _check(id: str, title: str, **more: object) -> CommandCheck:
    data = {"type": "command", "id": id, "vm": "srv", "title": title, "run": ["true"]}
    return CommandCheck.model_validate({**data, "hint": f"créez {id}", **more})


def _step(id: str, title: str, *checks: Check) -> Step:
    return Step(
        id=id,
        title=title,
        checks=list(checks),
        hints=["Lisez la leçon."],
        solution=[GuestScript(vm="srv", script="solution/x.sh")],
    )


EXERCISE = Exercise(
    schema_version=1,
    id="essai",
    title="Essai",
    lesson="1-essai/01-essai",
    level=Level.REEL,
    topology="essai",
    duration="10m",
    steps=[
        _step("creer", "Créer un fichier", _check("un", "le fichier un existe")),
        _step(
            "finir",
            "Finir",
            _check("deux", "le fichier deux existe"),
            _check("trois", "un acte le prouve", effect=Effect.ACT),
        ),
    ],
)
TOPOLOGY = Topology(
    schema_version=1,
    id="essai",
    title="Une machine",
    vms=[Vm(name="srv", title="serveur", address="192.168.1.10", memory_mib=256)],
)
LESSON = """\
---
schema_version: 1
id: 01-essai
number: "1.1"
title: Essai
level: reel
exercise: essai
duration: 10m
---

Bienvenue.

## Créer {#creer}

Un **fichier** :

```bash {vm=srv}
X=premier
touch un
```

```bash {vm=srv}
rm un; echo "valeur $X"
```

## Finir {#finir}

```ini {vm=srv file=/etc/essai.conf mode=0600}
[essai]
nom = deux
```

```bash {vm=srv}
read -p 'Continuer ? [O/n] ' reponse; echo "reçu $reponse"; touch deux
```

## À retenir

Rien.
"""


LEXICON = Lexicon(
    [
        Term(term="RPO", definition="Ce que l'on accepte de perdre."),
        Term(term="RTO", aliases=["temps de reprise"], definition="Le temps de revenir."),
    ]
)


@dataclass
class PaperCourse:
    """A course of one lesson."""

    lesson: LessonDocument
    words: Lexicon = LEXICON
    read: list[str] = field(default_factory=list)

    def search(self, query: str) -> tuple[Hit, ...]:
        return CourseIndex([("1-essai", self.lesson)]).search(query)

    def lexicon(self) -> Lexicon:
        return self.words

    def read_only(self, module: str, lesson: str) -> LessonDocument:
        self.read.append(f"{module}/{lesson}")
        return self.lesson


@dataclass
class PaperConsoles:
    """Consoles that open without a machine."""

    known: dict[str, WebConsole] = field(default_factory=dict)

    def listed(self) -> tuple[WebConsole, ...]:
        return tuple(self.known.values())

    def open(self, console_id: str) -> WebConsole:
        if console_id not in self.known:
            raise LabError(f"la console « {console_id} » n'existe pas", hint="consoles : stats")
        opened = replace(self.known[console_id], url=f"http://127.0.0.1:40000/{console_id}")
        self.known[console_id] = opened
        return opened

    def close(self) -> None:
        self.known = {name: replace(one, url=None) for name, one in self.known.items()}


@dataclass
class HostSession:
    """A session whose checks look for files in a folder, where its shells live."""

    home: Path
    exercise: Exercise = EXERCISE
    topology: Topology = TOPOLOGY
    lesson: LessonDocument = field(
        default_factory=lambda: parse_lesson_text(LESSON, Path("01-essai.md"))
    )
    web: PaperConsoles = field(default_factory=PaperConsoles)
    drills: Drills = field(default_factory=NoDrills)
    exams: FakeExams = field(default_factory=FakeExams)
    blueprint: Blueprint | None = None
    planned: float | None = None
    """Of each step, in seconds."""
    paused: bool = False
    done: int = 0
    helped: set[int] = field(default_factory=set)
    hinted: int = 0
    power: VmPower = VmPower.SAVED
    calls: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    shells: list[PtyShell] = field(default_factory=list)
    followers: list[Callable[[str, VmPower], None]] = field(default_factory=list)

    def state(self) -> SessionState:
        steps = tuple(self._status(place, step) for place, step in enumerate(self.exercise.steps))
        current = steps[self.done].id if self.done < len(steps) else None
        vms = tuple(VmStatus(v.name, v.title, v.address, self.power) for v in self.topology.vms)
        return SessionState(
            "essai",
            current,
            steps,
            vms,
            self.power is VmPower.RUNNING,
            0.0,
            paused=self.paused,
            exam=self.exams.view(),
        )

    def _status(self, place: int, step: Step) -> StepStatus:
        state = StepState.CURRENT if place == self.done else StepState.LOCKED
        if place < self.done:
            state = StepState.HELPED if place in self.helped else StepState.DONE
        earned = step.points if state is StepState.DONE else 0
        used = self.hinted if place == self.done else 0
        told = (earned, used, len(step.hints), 600.0 if self.planned else 0.0, self.planned)
        return StepStatus(step.id, step.title, state, step.points, *told)

    def start(self, on_event: EventSink, cancel: threading.Event) -> None:
        on_event(LabEvent(Phase.BOOT, "srv", 0.0, 0.0))
        on_event(LabEvent(Phase.BOOT, "srv", 1.0, 12.0))
        self.power = VmPower.RUNNING

    def stop(self, on_event: EventSink) -> None:
        self.power = VmPower.SAVED

    def pause(self, on_event: EventSink) -> None:
        self.calls.append("pause")
        self.paused = True

    def resume(self, on_event: EventSink, cancel: threading.Event) -> None:
        self.calls.append("resume")
        self.paused = False

    def survey(self) -> None:
        self.calls.append("survey")

    def reset(self, on_event: EventSink, cancel: threading.Event, vm: str | None = None) -> None:
        self.done = 0

    def rewind(self, step_id: str, on_event: EventSink, cancel: threading.Event) -> None:
        self.calls.append(f"rewind {step_id}")
        self.done = [step.id for step in self.exercise.steps].index(step_id)

    def checkpoints(self) -> tuple[Checkpoint, ...]:
        return tuple(Checkpoint(s.id, s.title, 1.0, 9) for s in self.exercise.steps[: self.done])

    def check(
        self,
        *,
        observe_only: bool = False,
        on_event: EventSink = lambda _event: None,
        cancel: threading.Event | None = None,
    ) -> StepReport:
        self.calls.append("watch" if observe_only else "check")
        step = self.exercise.steps[self.done]
        results = tuple(self._result(check, observe_only) for check in step.checks)
        report = StepReport(step.id, results, 1, 0.1)
        if report.green and not observe_only:
            self.done, self.hinted = self.done + 1, 0
        return report

    def _result(self, check: Check, observe_only: bool) -> CheckResult:
        there = (self.home / check.id).exists() or check.id == "trois"
        outcome = Outcome.PASS if there else Outcome.FAIL
        if observe_only and check.effect is Effect.ACT:
            outcome = Outcome.PENDING
        return CheckResult(
            check.id, check.title, "srv", outcome, f"{check.id} existe", "absent", check.hint
        )

    def way_back(self) -> str | None:
        return self.exercise.steps[self.done].id

    def questions(self) -> tuple[QuestionView, ...]:
        return ()

    def answer(self, question: str, answer: str) -> QuestionView:
        raise AssertionError("no step of this exercise asks anything")

    def give_up(self, question: str) -> QuestionView:
        raise AssertionError("no step of this exercise asks anything")

    def hint(self) -> Hint:
        self.hinted += 1
        return Hint(self.hinted, 2, self.exercise.steps[self.done].hints[0])

    def solve(self, on_event: EventSink, cancel: threading.Event | None = None) -> StepReport:
        for check in self.exercise.steps[self.done].checks:
            (self.home / check.id).touch()
        self.helped.add(self.done)
        return self.check()

    def follow(self, on_power: Callable[[str, VmPower], None]) -> Callable[[], None]:
        self.followers.append(on_power)
        return lambda: self.followers.remove(on_power)

    def health(self, vms: Collection[str]) -> tuple[VmHealth, ...]:
        raise AssertionError("the plain mode asks for no one's health")

    def open_shell(self, vm: str, columns: int, rows: int) -> PtyShell:
        if vm != "srv":
            raise LabError(f"la machine « {vm} » n'existe pas", hint="machines : srv")
        self.shells.append(PtyShell(self.home))
        return self.shells[-1]

    def read_file(self, vm: str, path: str) -> RemoteFile:
        return RemoteFile(vm, path, self.files.get(path))

    def write_file(self, vm: str, path: str, content: str, mode: str) -> None:
        self.calls.append(f"write {path} {mode}")
        self.files[path] = content

    def close(self) -> None:
        self.calls.append("close")


def never_cancelled() -> AbstractContextManager[threading.Event]:
    return nullcontext(threading.Event())


def scripted(*answers: str) -> tuple[Voice, io.StringIO]:
    """A voice whose answers are written beforehand, and where it speaks."""
    said = io.StringIO()
    return Voice(io.StringIO("".join(f"{answer}\n" for answer in answers)), said), said
