"""Saying and asking, line after line: for screen readers, slow links and scripts."""

import os
import termios
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO, cast

import click

from pcapra_lab.cli.plain_prose import wrap
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.events import LabEvent

_PROGRESS_EVERY = 10.0
"""Seconds of work between two lines about one phase."""


class EndOfInput(Exception):
    """Nobody is there to answer any more."""


class Voice:
    """Both ends of a conversation in lines.

    Colours are an addition, never the message: they are there on a terminal without ``NO_COLOR``
    (https://no-color.org) only.

    Args:
        source: where answers come from, one a line.
        sink: where everything is said.
    """

    def __init__(self, source: TextIO, sink: TextIO) -> None:
        self._source = source
        self._sink = sink
        self._lock = threading.Lock()
        self._told: dict[tuple[str, str | None], float] = {}
        self.live = source.isatty() and sink.isatty()
        """A person at a terminal, rather than a script."""
        self._coloured = sink.isatty() and not os.environ.get("NO_COLOR")

    def write(self, text: str) -> None:
        """Text as it is, at once."""
        if text:
            with self._lock:
                self._sink.write(text)
                self._sink.flush()

    def write_bytes(self, data: bytes) -> None:
        """A program's bytes as they are, at once."""
        self._sink.flush()
        self._sink.buffer.write(data)
        self._sink.buffer.flush()

    def say(self, text: str = "", colour: str | None = None) -> None:
        """A sentence, wrapped."""
        self._line(wrap(text) if text else "", colour)

    def show(self, text: str) -> None:
        """Lines that must stay as they are."""
        self.write(text.rstrip("\n") + "\n")

    def title(self, text: str) -> None:
        """A title, after an empty line."""
        self.write("\n")
        self._line(text, "cyan")

    def problem(self, error: LabError) -> None:
        """What went wrong and what to do about it."""
        for line in _("Erreur : {message}").format(message=error.message).splitlines():
            self.say(line, "red")
        if error.hint:
            self.say(_("Remède : {hint}").format(hint=error.hint), "yellow")

    def ask(self, question: str) -> str:
        """An answer, trimmed.

        Raises:
            EndOfInput: there are no more.
        """
        self.write(f"{wrap(question)}\n> ")
        answer = self.answer()
        if not self.live:
            self.write(f"{answer}\n")
        return answer.strip()

    def answer(self) -> str:
        """The next line, without its end.

        Raises:
            EndOfInput: there are no more.
        """
        line = self._source.readline()
        if not line:
            raise EndOfInput
        return line.rstrip("\r\n")

    def agrees(self, question: str) -> bool:
        """Whether the answer is yes; anything but a clear answer is asked again."""
        while True:
            answer = self.ask(
                _("{question} o pour oui, n pour non.").format(question=question)
            ).lower()
            if answer in {"o", "oui", "y", "yes"}:
                return True
            if answer in {"n", "non", "no"}:
                return False

    def progress(self, event: LabEvent) -> None:
        """A line when a phase begins and ends, and now and then meanwhile. Of any thread."""
        key, done = (event.phase.value, event.vm), event.fraction == 1.0
        with self._lock:
            told = self._told.get(key)
            if done:
                self._told.pop(key, None)
            elif told is not None and 0 <= event.elapsed - told < _PROGRESS_EVERY:
                return
            else:
                self._told[key] = event.elapsed
        who = (
            _("{phase} de {vm}").format(phase=event.phase.word, vm=event.vm)
            if event.vm
            else event.phase.word
        )
        words = [f"{event.elapsed:.0f} s"]
        if event.fraction is not None:
            words.insert(
                0, _("fait") if done else _("{value:.0f} %").format(value=100 * event.fraction)
            )
        if event.expected and not done:
            words.append(
                _("environ {expected:.0f} s la dernière fois").format(expected=event.expected)
            )
        self.say(_("{who} : {words}.").format(who=who[0].upper() + who[1:], words=", ".join(words)))

    @contextmanager
    def keyboard(self, *, raw: bool) -> Iterator[int | None]:
        """The terminal's keys one by one, for a program elsewhere; None without a terminal.

        Args:
            raw: for a program that has the whole screen: line feeds are not translated either.
        """
        if not self.live:
            yield None
            return
        fd = self._source.fileno()
        saved = termios.tcgetattr(fd)
        try:
            if raw:
                # TCSADRAIN: what was typed ahead is kept.
                tty.setraw(fd, termios.TCSADRAIN)
            else:
                termios.tcsetattr(fd, termios.TCSADRAIN, _keys_only(fd))
            yield fd
        finally:
            termios.tcsetattr(fd, termios.TCSADRAIN, saved)

    def _line(self, text: str, colour: str | None) -> None:
        if colour and self._coloured:
            text = click.style(text, fg=colour)
        self.write(f"{text}\n")


def _keys_only(fd: int) -> list[int | list[bytes | int]]:
    """Every key goes to the program, Ctrl-C too, and it does its own echo; output is untouched."""
    wanted = termios.tcgetattr(fd)
    # Lists of bytes are the control characters, at another place.
    iflag, lflag = cast(int, wanted[0]), cast(int, wanted[3])
    wanted[0] = iflag & ~(termios.ICRNL | termios.IXON)
    wanted[3] = lflag & ~(termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN)
    return wanted
