"""A trainee in front of the app, who follows a lesson as it is written."""

import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from typing import TypeVar

from lab_process import PROGRAM, LabHome
from tmux_reading import Reading, Task, at_prompt, lesson_of, squeezed, tasks_of
from tmux_screen import Seen, TmuxScreen

from pcapra_lab.content.blocks import CommandBlock, LessonDocument, Prose

T = TypeVar("T")

PREPARATION = 600.0
"""Seconds for the machines to be made ready, under emulation."""
COMMAND = 900.0
"""Seconds between two signs of life of a command."""
GREEN = 600.0
"""Seconds for the watcher to see a step, for the next one's setup, and for its checkpoint."""
_HASTY = "rien n'a été envoyé"
FAR = 80
"""Moves after which a block is declared out of reach."""

_QUESTIONS = {
    r"\[O/n\]\s*$": "O",
    r"\[Y/n\]\s*$": "Y",
    r"\(yes/no/\[fingerprint\]\)\?\s*$": "yes",
    r"password:\s*$": None,
}
"""What programs ask, and what is typed; None for the password that the lesson gives."""


class Trainee(ABC):
    """Follows a lesson from the home screen to its end, without solutions.

    Args:
        home: the installation.
        screen: the terminal.
        exercise: of the lesson.
        title: the lesson's, as the home screen shows it.
        patient: the blocks, by their first words, that the lesson wants sent once their step is
            green.
    """

    def __init__(
        self,
        home: LabHome,
        screen: TmuxScreen,
        exercise: str,
        title: str,
        patient: Collection[str] = (),
    ) -> None:
        self._home = home
        self.screen = screen
        self._began = time.monotonic()
        self._exercise = exercise
        self._title = title
        self._patient = tuple(patient)
        self._lesson: LessonDocument | None = None
        self._tasks: list[Task] = []
        self._left: dict[str, str] = {}
        """What each machine's shell showed when it was last used in this sitting."""

    # The course of a sitting

    def open_app(self) -> None:
        """Start the program as anyone does: no argument."""
        self._tell("the app")
        self.screen.open([str(PROGRAM)])
        self.screen.shows("images prêtes")
        self.screen.shows(self._title)

    def enter_lesson(self, *, first: bool = False) -> None:
        """Choose the lesson, and wait until its machines' shells do.

        Args:
            first: machines are to be prepared; watch that, and read meanwhile.
        """
        self._left.clear()
        self._choose_lesson()
        self.screen.until(lambda seen: seen.box("Leçon"), "the lesson", timeout=60)
        if first:
            self._watch_preparation()
        self._lesson = lesson_of(self._home, self._exercise)
        self._tasks = tasks_of(self._lesson)
        vm = self._tasks[0].block.vm
        self._tell("in the lesson")
        self._until(
            lambda reading: at_prompt(reading.shell(vm) or ""), f"the shell of {vm}", PREPARATION
        )

    def _watch_preparation(self) -> None:
        self.screen.shows("Préparation du labo")
        self.screen.shows("Annuler  Échap")
        self.screen.shows("démarrage", timeout=PREPARATION)
        before = self.screen.look()
        self._read_on()
        self.screen.until(
            lambda seen: self._lesson_text(seen) != self._lesson_text(before),
            "the lesson to scroll",
        )

    def follow(self, *, until: int | None = None) -> None:
        """Do what the lesson says, to its end or to the beginning of a step."""
        # Of this moment: a step's last blocks may have to be sent once it is green.
        begin = self.step
        for task in self._tasks:
            if task.step < begin or (until is not None and task.step >= until):
                continue
            self._tell(f"{task.step}. {task.head} {task.code[:40]}")
            self._do(task)
            if task.last:
                self._see_green(task.step)

    @property
    def step(self) -> int:
        """The number of the current step, as the header tells it."""
        return self._until(lambda reading: reading.step, "the header's step")

    def see_step(self, step: int) -> None:
        """The lesson is at that step, and those before are green."""
        self._until(lambda reading: reading.step == step, f"step {step}")
        assert all(self._look().green(one) for one in range(1, step)), self.screen.look()

    def leave(self) -> int:
        """Put the machines to sleep and quit; the exit status."""
        self._tell("leaving")
        self._ask_to_leave()
        self.screen.shows("Mettre en sommeil et quitter")
        self._answer_dialog("s", "Mettre en sommeil et quitter")
        return self.screen.ended(timeout=300)

    def quit_home(self) -> int:
        """Quit from the home screen, where nothing is asked; the exit status."""
        self._ask_to_leave()
        return self.screen.ended()

    def _tell(self, what: str) -> None:
        """For whoever reads the test's output: how far it went, and when."""
        print(f"{time.monotonic() - self._began:6.0f} s  {what}", flush=True)

    # One task

    def _do(self, task: Task) -> None:
        if task.step > 1:
            self._until(lambda r: r.step >= task.step, f"step {task.step} to begin", GREEN)
        if isinstance(task.block, CommandBlock):
            self._send(task, task.block)
        else:
            self._write(task)

    def _send(self, task: Task, block: CommandBlock) -> None:
        if block.code.startswith(self._patient):
            self._see_green(task.step)
        before = self._look().shell(block.vm) or self._left.get(block.vm)
        self._run(task)
        while not at_prompt(shell := self._pause(block, before)):
            self._reply(block.vm, self._answer_to(shell))
            before = shell
        self._left[block.vm] = shell

    def _pause(self, block: CommandBlock, before: str | None) -> str:
        """Wait until the shell has moved on and waits, for a command or for an answer.

        Args:
            block: what was sent.
            before: what the shell showed then; None when nobody has seen it yet.
        """
        echo = squeezed(block.code.splitlines()[0])

        def waiting(reading: Reading) -> str | None:
            shell = reading.shell(block.vm)
            if shell is None or shell == before:
                return None
            if before is None and echo not in squeezed(shell):
                return None
            asks = any(re.search(ask, _tail(shell)) for ask in _QUESTIONS)
            return shell if asks or at_prompt(shell) else None

        return self._until(waiting, f"the end of {block.code!r}", COMMAND)

    def _write(self, task: Task) -> None:
        self._reach_and_act(task)
        label = "Créer le fichier"
        self.screen.shows(label)
        self._answer_dialog("o", label)
        # Its border may be out of sight: a file can be taller than the pane.
        self.screen.until(
            lambda seen: _done(Reading(seen, self._tasks), task) or "est écrit" in seen,
            f"{task.head} to be written",
        )

    def _run(self, task: Task) -> None:
        """Send a command; once more when the step changed under the trainee's hand."""
        self._reach_and_act(task)

        def answered(seen: Seen) -> str | None:
            if _done(Reading(seen, self._tasks), task):
                return "sent"
            return _HASTY if _HASTY in seen else None

        if self.screen.until(answered, f"{task.code} to be sent") == _HASTY:
            self.screen.until(lambda seen: _HASTY not in seen, "the warning to go")
            self._reach_and_act(task)
            self._until(lambda reading: _done(reading, task), f"{task.code} to be sent at last")

    def _see_green(self, step: int) -> None:
        """The watcher sees the step; a step that acts is verified once it says that it waits."""
        ready = "prêt à vérifier : F5"

        def passed(seen: Seen) -> str | None:
            if Reading(seen, self._tasks).step > step:
                return "green"
            return ready if ready in seen else None

        if self.screen.until(passed, f"step {step} to be seen", GREEN) == ready:
            self._verify(ready)
            self.screen.shows("Exercice terminé", timeout=600)
            self._answer_dialog("Escape", "Rester dans la leçon")
        self._until(lambda reading: reading.step > step, f"the step after {step}", GREEN)
        self._until(lambda reading: reading.green(step), f"step {step} green")

    def _answer_to(self, shell: str) -> str:
        asked = _tail(shell)
        answer = next(text for ask, text in _QUESTIONS.items() if re.search(ask, asked))
        return answer if answer is not None else self._password()

    def _password(self) -> str:
        """The last one that the lesson gives before asking for it."""
        assert self._lesson is not None
        prose = "\n".join(
            block.markdown
            for section in self._lesson.sections
            for block in section.blocks
            if isinstance(block, Prose)
        )
        found = re.search(r"ne s'affiche\s+pas\s+: `([^`]+)`", prose)
        assert found is not None, prose
        return found[1]

    # Looking

    def _look(self) -> Reading:
        return Reading(self.screen.look(), self._tasks)

    def _until(self, read: Callable[[Reading], T | None], what: str, timeout: float = 30) -> T:
        return self.screen.until(lambda seen: read(Reading(seen, self._tasks)), what, timeout)

    def _lesson_text(self, seen: Seen) -> str:
        box = seen.box("Leçon")
        return seen.text(box) if box is not None else ""

    # By hand

    @abstractmethod
    def _choose_lesson(self) -> None:
        """From the home screen, open the lesson."""

    @abstractmethod
    def _read_on(self) -> None:
        """Scroll the lesson."""

    @abstractmethod
    def _reach_and_act(self, task: Task) -> None:
        """Find a task's block, and run it or compare it."""

    @abstractmethod
    def _reply(self, vm: str, text: str) -> None:
        """Answer a program that asks in a machine's shell, and come back to the lesson."""

    @abstractmethod
    def _answer_dialog(self, key: str, label: str) -> None:
        """Choose a dialog's answer, by its key or by its button."""

    @abstractmethod
    def _verify(self, words: str) -> None:
        """Ask for the step to be verified: ``words`` say that it waits for that."""

    @abstractmethod
    def _ask_to_leave(self) -> None:
        """Ask to quit."""


def _done(reading: Reading, task: Task) -> bool:
    card = reading.card(task)
    return card is not None and card.done


def _tail(shell: str) -> str:
    """The end of a shell, its lines put together again: the pane wraps what is long."""
    return "".join(shell.splitlines()[-3:])
