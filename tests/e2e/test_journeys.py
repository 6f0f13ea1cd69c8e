"""Whole lessons in a real terminal, without solutions: with only a keyboard, with only a mouse."""

from dataclasses import dataclass
from typing import Any

import pytest
import small_workshop
from lab_process import lab_home, qemu_pids
from tmux_hands import KeyboardTrainee, MouseTrainee
from tmux_screen import tmux_screen
from tmux_trainee import Trainee


@dataclass(frozen=True)
class Course:
    """A lesson to be followed."""

    small: bool
    exercise: str
    title: str
    steps: int
    patient: tuple[str, ...] = ()
    """What the lesson wants sent only once its step is green."""


SMALL = Course(True, small_workshop.EXERCISE, "1.2 Atelier", 3)
BORG = Course(False, "borgbackup", "1.2 BorgBackup", 8, ("cd / && borg umount",))

lessons = pytest.mark.parametrize(
    "course",
    [
        pytest.param(SMALL, marks=pytest.mark.e2e, id="small"),
        pytest.param(BORG, marks=pytest.mark.long, id="borgbackup"),
    ],
)


def travel(kind: type[Trainee], course: Course) -> Any:
    """Follow a lesson in two sittings; what ``status`` says of it at the end.

    No question is asked before the machines are prepared: the home screen told what it costs.
    """
    with lab_home(small=course.small) as home, tmux_screen(home.env) as screen:
        trainee = kind(home, screen, course.exercise, course.title, course.patient)
        built = home.run("image", "build", timeout=1200)
        assert built.returncode == 0, built.stderr
        trainee.open_app()
        screen.shows("première préparation : quelques minutes")
        trainee.enter_lesson(first=True)
        trainee.see_step(1)
        trainee.follow(until=2)
        trainee.see_step(2)
        assert trainee.leave() == 0
        assert not qemu_pids(home)

        trainee.open_app()
        screen.shows(f"▶ Reprendre : {course.title}, étape 2/{course.steps}")
        trainee.enter_lesson()
        trainee.see_step(2)
        trainee.follow()
        trainee.see_step(course.steps + 1)
        assert trainee.leave() == 0

        trainee.open_app()
        screen.shows("✔ terminé")
        assert trainee.quit_home() == 0
        assert not qemu_pids(home)
        return home.json("status", course.exercise)


def assert_done_alone(state: Any, course: Course) -> None:
    """Everything is done, without a hint nor a solution."""
    assert [step["state"] for step in state["steps"]] == ["done"] * course.steps
    assert [step["hints_used"] for step in state["steps"]] == [0] * course.steps
    assert state["earned"] == state["total"]
    assert state["current_step"] is None


@lessons
def test_a_whole_lesson_with_only_the_keyboard(course: Course) -> None:
    assert_done_alone(travel(KeyboardTrainee, course), course)


@lessons
def test_a_whole_lesson_with_only_the_mouse(course: Course) -> None:
    """Typed all the same, since no mouse can: what a program asks in a shell.

    In the small lesson, ``O`` to ``read``. In Borg's: ``O`` or ``Y`` to apt, ``yes`` and the
    account's password to ssh-copy-id.
    """
    assert_done_alone(travel(MouseTrainee, course), course)
