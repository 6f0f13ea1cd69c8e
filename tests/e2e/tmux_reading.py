"""What a person reads on the lesson's screen: where they stand, the blocks, the shells."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lab_process import LabHome
from tmux_screen import Box, Seen, Spot

from pcapra_lab.content.blocks import CommandBlock, FileBlock, LessonDocument
from pcapra_lab.lab.paths import Paths
from pcapra_lab.session.application import LabApplication
from pcapra_lab.ui.theme import PCAPRA

PROMPT = re.compile(r"\w+@[\w-]+:\S*[$#]")
"""A whole line of the machines' shells that waits for a command."""

_UNWANTED = ("Pas à l'invite", "Déjà envoyé", "pas encore commencée", " a échoué", "✘ Préparation")
"""Nothing of this comes to a person who follows the lesson in its order."""

_STEP = re.compile(r"étape (\d+)/(\d+) : ")
_FINISHED = "✔ exercice terminé"


@dataclass(frozen=True, slots=True)
class Task:
    """A block of the lesson that is to be done, and its step's number, from 1."""

    step: int
    block: CommandBlock | FileBlock
    last: bool
    """Of its step."""

    @property
    def head(self) -> str:
        """What the block's border says first."""
        block = self.block
        return f"$ {block.vm}" if isinstance(block, CommandBlock) else f"▤ {block.vm} {block.path}"

    @property
    def code(self) -> str:
        """The block's text, squeezed."""
        block = self.block
        return squeezed(block.code if isinstance(block, CommandBlock) else block.content)


@dataclass(frozen=True, slots=True)
class Card:
    """A block as it is shown, perhaps in part."""

    spot: Spot
    """A cell of its left border."""
    head: str | None
    """Its upper border; None when that is out of sight."""
    code: str
    action: Spot | None
    """Where a click runs it or compares it; None when that is out of sight."""

    def may_be(self, task: Task) -> bool:
        if self.head is not None and not self.head.startswith(task.head):
            return False
        if self.head is not None and self.action is not None:
            return self.code == task.code
        return bool(self.code) and self.code in task.code

    @property
    def done(self) -> bool:
        """Sent or written."""
        return self.head is not None and "✓" in self.head


def lesson_of(home: LabHome, exercise: str) -> LessonDocument:
    """The lesson as this trainee reads it, the values drawn for them filled in."""
    paths = Paths(home.root / "cache", home.root / "data", home.root / "state")
    application = LabApplication(paths, home.content)
    try:
        beside = application.look(exercise)
        try:
            return beside.lesson
        finally:
            beside.close()
    finally:
        application.close()


def tasks_of(lesson: LessonDocument) -> list[Task]:
    """Every command and file of the lesson's steps, in its order."""
    tasks: list[Task] = []
    steps = [section for section in lesson.sections if section.step is not None]
    for number, section in enumerate(steps, start=1):
        blocks = [b for b in section.blocks if isinstance(b, CommandBlock | FileBlock)]
        tasks += [Task(number, block, block is blocks[-1]) for block in blocks]
    looks = {(task.head, task.code) for task in tasks}
    assert len(looks) == len(tasks), "two blocks that nobody could tell apart"
    return tasks


class Reading:
    """One look at the lesson's screen, at 120 columns or more.

    Raises:
        AssertionError: the screen shows a trouble that no one should meet.
    """

    def __init__(self, seen: Seen, tasks: Sequence[Task]) -> None:
        self._seen = seen
        self._tasks = tasks
        for words in _UNWANTED:
            assert words not in seen, f"{words!r} came:\n{seen}"

    @property
    def step(self) -> int:
        """The number of the step in the header; past the last one once all are done; or 0."""
        first = self._seen.lines[0]
        if _FINISHED in first:
            return self._tasks[-1].step + 1
        found = _STEP.search(first)
        return int(found[1]) if found else 0

    def green(self, step: int) -> bool:
        """The line of the steps says that one is done, and without help."""
        return re.search(rf"✔ {step}(?! aidée)\b", self._seen.lines[1]) is not None

    # The lesson

    @property
    def lesson(self) -> Box | None:
        """The lesson's pane."""
        return self._seen.box("Leçon")

    def cards(self) -> list[Card]:
        """The blocks in sight, from top to bottom."""
        box, seen = self.lesson, self._seen
        if box is None:
            return []
        column = next(
            (c for c in range(box.left, box.left + 4) for r in _rows(box) if _border(seen, c, r)),
            None,
        )
        cards: list[Card] = []
        start: int | None = None
        for row in _rows(box) if column is not None else ():
            char = seen.char(column or 0, row)
            if char in "╭│" and start is None:
                start = row
            last = row == box.bottom - 1
            if start is not None and (char == "╰" or (last and char in "╭│")):
                cards.append(self._card(box, column or 0, start, row))
                start = None
        return cards

    def _card(self, box: Box, column: int, top: int, bottom: int) -> Card:
        seen = self._seen
        headed = seen.char(column, top) == "╭"
        ended = seen.char(column, bottom) == "╰"
        line = Box(column, top, box.right, top + 1)
        head = seen.text(line).strip("╭╮─ │") if headed else None
        inside = seen.rows(Box(column + 1, top + headed, box.right, bottom + 1 - ended))
        code = squeezed("".join(row.rpartition("│")[0] for row in inside))
        action = seen.find("↵", Box(column, bottom, box.right, bottom + 1)) if ended else None
        return Card(Spot(column, top), head, code, action)

    def card(self, task: Task) -> Card | None:
        """A task's block, if it can be told from others in what is in sight."""
        for card in self.cards():
            if [t for t in self._tasks if card.may_be(t)] == [task]:
                return card
        return None

    def known(self) -> list[int]:
        """The tasks in sight that can be told from others, by their place in the lesson."""
        found = []
        for card in self.cards():
            matching = [n for n, task in enumerate(self._tasks) if card.may_be(task)]
            found += matching if len(matching) == 1 else []
        return found

    def focused(self) -> int | None:
        """The task whose block has the focus, which its border tells."""
        for card in self.cards():
            colour = self._seen.style(card.spot).color
            if colour is not None and colour.name == PCAPRA.accent:
                matching = [n for n, task in enumerate(self._tasks) if card.may_be(task)]
                return matching[0] if len(matching) == 1 else None
        return None

    # The shells

    def shell(self, vm: str) -> str | None:
        """What a machine's shell shows; None when it is not shown, or something lies over it."""
        box, seen = self._seen.box(f"{vm} — "), self._seen
        if box is None:
            return None
        bare = all(
            seen.char(column, row) == "│"
            for row in _rows(box)
            for column in (box.left - 1, box.right)
        )
        return seen.text(box).rstrip() if bare else None

    def in_shell(self, vm: str) -> bool:
        """Keys go to that machine."""
        return f"quitter le terminal de {vm}" in self._seen.lines[-1]


def at_prompt(shell: str) -> bool:
    """The shell waits for a command."""
    return PROMPT.fullmatch(shell.rpartition("\n")[2]) is not None


def _rows(box: Box) -> range:
    return range(box.top, box.bottom)


def _border(seen: Seen, column: int, row: int) -> bool:
    return seen.char(column, row) in "╭│╰"


def squeezed(text: str) -> str:
    """Without any space: lines are wrapped to a pane's width."""
    return "".join(text.split())
