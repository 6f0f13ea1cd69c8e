"""What every command shares: the application, errors in words, progress, and the exercise meant.

Every start imports this module: what makes an application is loaded by what returns one.
"""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial, wraps
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, TypeVar

import click

from pcapra_lab.content.locate import course_root
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import FRENCH, _
from pcapra_lab.session.deferred import DeferredApplication

if TYPE_CHECKING:
    from pcapra_lab.cli.progress import ProgressPrinter
    from pcapra_lab.content.catalogue import Catalogue
    from pcapra_lab.session.application import LabApplication
    from pcapra_lab.session.trainee import LabSession

P = ParamSpec("P")
R = TypeVar("R")

EXERCISE = click.argument("exercise", required=False, metavar=_("[EXERCICE]"))
JSON = click.option("--json", "as_json", is_flag=True, help=_("Résultat en JSON."))


def tell_error(error: LabError) -> None:
    """Say what went wrong and what to do."""
    click.secho("✘ ", fg="red", err=True, nl=False)
    click.echo(error.message, err=True)
    if error.hint:
        click.secho(f"  → {error.hint}", fg="yellow", err=True)


def fail(error: LabError) -> NoReturn:
    """Say what went wrong and what to do, then leave with the error's exit status."""
    tell_error(error)
    sys.exit(error.exit_code)


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """Render ``LabError``s; nothing else in the command line does."""

    @wraps(command)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except LabError as error:
            fail(error)

    return wrapper


def _content() -> Path | None:
    """The folder given by ``--content``, seen to hold a course."""
    context = click.get_current_context().find_root()
    content: Path | None = (context.obj or {}).get("content")
    return None if content is None else course_root(content, "--content")


def course() -> Catalogue:
    """The course alone, for a command that looks at nothing of this host's."""
    from pcapra_lab.content.catalogue import Catalogue

    return Catalogue.load(_content())


def _made(content: Path | None) -> LabApplication:
    from pcapra_lab.session.application import LabApplication

    return LabApplication(content=content)


@contextlib.contextmanager
def application() -> Iterator[LabApplication]:
    """The application for one command."""
    with contextlib.closing(_made(_content())) as opened:
        yield opened


@contextlib.contextmanager
def deferred_application() -> Iterator[DeferredApplication]:
    """The application for a screen, which is painted before the application is made."""
    content = _content()
    with contextlib.closing(DeferredApplication(lambda: _made(content))) as opened:
        yield opened


def chosen(app: LabApplication, exercise: str | None, *, by_option: bool = False) -> str:
    """The exercise meant: the one named, else the one in progress, else the only one.

    Args:
        app: what knows them.
        exercise: the one named, if any.
        by_option: the command takes it by ``--exercise``, not as its argument.

    Raises:
        LabError: there are several and none is in progress.
    """
    if exercise is not None:
        # A draft is played by name too, and not told of.
        if exercise not in app.exercises(drafts=True):
            known = app.exercises()
            raise LabError(
                _("l'exercice « {exercise} » n'existe pas").format(exercise=exercise),
                hint=_("exercices : {known} (pcapra-lab list)").format(known=", ".join(known)),
            )
        return exercise
    point = app.progress.resume()
    if point is not None and point.exercise in app.exercises(drafts=True):
        return point.exercise
    # Last: telling the drafts apart reads every exercise.
    known = app.exercises()
    if len(known) == 1:
        return known[0]
    named = _("nommez-le par --exercise : {known}") if by_option else _("nommez-le : {known}")
    raise LabError(_("quel exercice ?"), hint=named.format(known=", ".join(known)))


@contextlib.contextmanager
def session(
    exercise: str | None, *, exclusive: bool = True, by_option: bool = False
) -> Iterator[LabSession]:
    """A trainee's session for one command; not exclusive, it works beside an open application."""
    with (
        application() as app,
        session_of(app, exercise, exclusive=exclusive, by_option=by_option) as opened,
    ):
        yield opened


@contextlib.contextmanager
def session_of(
    app: LabApplication, exercise: str | None, *, exclusive: bool, by_option: bool = False
) -> Iterator[LabSession]:
    """``session``, for a command that needs the application too."""
    from pcapra_lab.lab.lock import Patience

    name = chosen(app, exercise, by_option=by_option)
    if exclusive:
        with cancellable() as cancel:
            opened = app.open(name, Patience(cancel, partial(click.echo, err=True)))
    else:
        opened = app.look(name)
    with contextlib.closing(opened):
        yield opened


@contextlib.contextmanager
def cancellable() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set; a second Ctrl-C interrupts at once."""
    event = threading.Event()

    def stop(number: int, _frame: FrameType | None) -> None:
        if event.is_set():
            signal.signal(number, previous[signal.Signals(number)])
            raise KeyboardInterrupt
        click.echo(_("\nArrêt demandé, un instant… (Ctrl-C encore pour couper court)"), err=True)
        event.set()

    with _handled_by(stop) as previous:
        yield event


@contextlib.contextmanager
def _handled_by(handler: signal._HANDLER) -> Iterator[dict[signal.Signals, signal._HANDLER]]:
    """Ctrl-C and SIGTERM go to ``handler``; gives those that they went to before."""
    previous = {n: signal.signal(n, handler) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield previous
    finally:
        for number, before in previous.items():
            signal.signal(number, before)


def progress() -> ProgressPrinter:
    """A printer of lab events on standard error, fit for a terminal or a log."""
    from pcapra_lab.cli.progress import ProgressPrinter

    return ProgressPrinter(sys.stderr)


def confirm(question: str, *, default: bool = False) -> None:
    """Ask; anything but a yes ends the command.

    Raises:
        click.exceptions.Exit: the answer is no.
        click.Abort: Ctrl-C, or nobody is there to answer.
    """
    choices = _("[O/n]") if default else _("[o/N]")
    while True:
        # Within ``cancellable`` too: while a question waits, nothing is under way that could be
        # asked to stop.
        with _handled_by(signal.default_int_handler):
            answer = click.prompt(
                f"{question} {choices}",
                default="",
                show_default=False,
                prompt_suffix=" : " if FRENCH else ": ",
                err=True,
            )
        word = answer.strip().lower()
        if word in {"o", "oui", "y", "yes"} or (not word and default):
            return
        if not word or word in {"n", "non", "no"}:
            click.echo(_("Abandonné : rien n'a changé."), err=True)
            raise click.exceptions.Exit(1)
        click.echo(_("Répondez par o (oui) ou n (non)."), err=True)


def print_json(data: Any) -> None:
    """JSON for programs."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))
