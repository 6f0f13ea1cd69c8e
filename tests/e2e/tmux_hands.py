"""The trainees of ``tmux_trainee`` by their hands: only a keyboard, or only a mouse."""

from tmux_reading import Reading, Task
from tmux_screen import Seen, Spot
from tmux_trainee import FAR, Trainee

from pcapra_lab.ui.theme import PCAPRA

_INSIDE = 6
"""A column of the home screen that every lesson's line goes through."""


class KeyboardTrainee(Trainee):
    """Only keys."""

    def _choose_lesson(self) -> None:
        here = self.screen.until(_chosen, "a lesson to have the focus")
        for _ in range(FAR):
            if self._title in here:
                self.screen.press("Enter")
                return
            here = self._next_lesson(here)
        raise AssertionError(f"{self._title!r} is out of reach:\n{self.screen.look()}")

    def _next_lesson(self, here: str) -> str:
        self.screen.press("Down")
        return self.screen.until(lambda seen: _chosen(seen).replace(here, ""), "the next lesson")

    def _read_on(self) -> None:
        self.screen.press("PageDown")

    def _reach_and_act(self, task: Task) -> None:
        wanted = self._tasks.index(task)
        for _ in range(FAR):
            here = self._look().focused()
            if here == wanted:
                self.screen.press("Enter")
                return
            self._step_towards(here, wanted)
        raise AssertionError(f"{task} is out of reach:\n{self.screen.look()}")

    def _step_towards(self, here: int | None, wanted: int) -> None:
        self.screen.press("F2" if here is None else "Down" if here < wanted else "Up")
        self._until(
            lambda reading: reading.focused() not in (here, None),
            f"the focus to go from block {here} to {wanted}",
        )

    def _reply(self, vm: str, text: str) -> None:
        self.screen.press("F3")
        self._until(lambda reading: reading.in_shell(vm), f"the focus in {vm}")
        self.screen.type(text)
        self.screen.press("Enter", "F12")
        self._until(lambda reading: not reading.in_shell(vm), "the focus out of the shell")

    def _answer_dialog(self, key: str, label: str) -> None:
        self.screen.press(key)
        self.screen.until(lambda seen: label not in seen, f"{label!r} to be gone")

    def _verify(self, words: str) -> None:
        self.screen.press("F5")

    def _ask_to_leave(self) -> None:
        self.screen.press("F10")


class MouseTrainee(Trainee):
    """Only the mouse. What a program asks in a shell is typed: see ``_reply``."""

    def _choose_lesson(self) -> None:
        self.screen.click_words(self._title)

    def _read_on(self) -> None:
        self._turn(3, self.screen.look())

    def _turn(self, turns: int, judged: Seen) -> None:
        """Scroll away from the look that was judged: the lesson may have moved since by itself."""
        box = self._until(lambda reading: reading.lesson, "the lesson's pane")
        self.screen.wheel(box.centre, turns)
        self.screen.until(
            lambda seen: self._lesson_text(seen) != self._lesson_text(judged),
            "the lesson to scroll",
        )

    def _reach_and_act(self, task: Task) -> None:
        wanted = self._tasks.index(task)
        for _ in range(FAR):
            seen = self.screen.look()
            reading = Reading(seen, self._tasks)
            card = reading.card(task)
            if card is not None and card.action is not None:
                self.screen.click(card.action)
                return
            known = reading.known()
            self._turn(-2 if known and min(known) > wanted else 2, seen)
        raise AssertionError(f"{task} is out of reach:\n{self.screen.look()}")

    def _reply(self, vm: str, text: str) -> None:
        """The shell is reached and left by clicks; the answer itself can only be typed."""
        box = self.screen.until(lambda seen: seen.box(f"{vm} — "), f"the shell of {vm}")
        self.screen.click(box.centre)
        self._until(lambda reading: reading.in_shell(vm), f"the focus in {vm}")
        self.screen.type(text)
        self.screen.press("Enter")
        self.screen.click_words("quitter le terminal")
        self._until(lambda reading: not reading.in_shell(vm), "the focus out of the shell")

    def _answer_dialog(self, key: str, label: str) -> None:
        self.screen.click_words(label)
        self.screen.until(lambda seen: label not in seen, f"{label!r} to be gone")

    def _verify(self, words: str) -> None:
        self.screen.click_words(words)

    def _ask_to_leave(self) -> None:
        self.screen.click_words("F10 quitter")


def _chosen(seen: Seen) -> str:
    """The lesson that has the focus on the home screen, which its background tells; or nothing."""
    plain = {PCAPRA.surface, PCAPRA.background, PCAPRA.panel}
    lines = []
    for row, line in enumerate(seen.lines):
        ground = seen.style(Spot(_INSIDE, row)).bgcolor if len(line) > _INSIDE else None
        if ground is not None and ground.name not in plain:
            lines.append(line)
    return "\n".join(lines)
