"""A VM's login shell that lasts the whole lesson, driven in lines."""

import fcntl
import os
import select
import shutil
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pcapra_lab.cli.plain_output import PlainOutput, Reader
from pcapra_lab.cli.plain_voice import EndOfInput, Voice
from pcapra_lab.errors import VmError
from pcapra_lab.i18n import _
from pcapra_lab.remote.shell import Shell
from pcapra_lab.terminal import encode_paste

COLUMNS, ROWS = 80, 24
LEAVE = b"\x1b[24~"
"""F12, as in the full application: the one key that leaves the shell."""

_SETTLED = 0.25
"""Seconds of quiet after which a prompt is one: a script may cross it."""
_NOISY = 2.0
"""Seconds at the prompt after which it is one, though a program behind it goes on writing."""
_TURN = 0.2
"""Seconds of quiet after which a question is told."""
_STILL = 2.0
"""Seconds of quiet after which an unfinished line that asks nothing is told: a counter would
otherwise be read aloud at each of its steps."""
_QUESTION = 1.0
"""Seconds of quiet after which a line that looks like a question awaits an answer."""
_PROMPT_PATIENCE = 60.0
"""Seconds for a shell to show its first prompt: under emulation a login is slow."""
_PROMPT_BACK = 3.0
"""Seconds for a later prompt: what was just interrupted ends slowly on a busy machine."""
_SILENCE = 900.0
"""Seconds a program may say nothing to a script; a person has Ctrl-C and F12."""
_ECHO = 1.0
"""Seconds after a key during which what comes is taken for its echo, and told at once."""
_BACKLOG = 4096
"""Chunks of ``_CHUNK`` bytes at most that wait to be told."""
_CHUNK = 8192
_INTERRUPT = b"\x03"
_FULL_SCREEN = _(
    "Ce programme occupe tout l'écran, et ne se lit pas ligne à ligne. q le quitte souvent ; "
    "F12 rend la main, puis s ouvre un vrai terminal."
)


class PlainShell:
    """One persistent shell. Raises ``VmError`` when its link is lost.

    Args:
        vm: the machine's name, for messages.
        shell: just opened, ``COLUMNS`` by ``ROWS``.
        voice: where its output goes, and answers come from.
    """

    def __init__(self, vm: str, shell: Shell, voice: Voice) -> None:
        self.vm = vm
        self._shell = shell
        self._voice = voice
        self._output = PlainOutput()
        self._chunks: deque[bytes] = deque()
        self._ended = False
        self._closing = False
        self._bell, self._ring = os.pipe()
        # One byte a chunk: bounds what a program may write ahead of whoever reads.
        fcntl.fcntl(self._ring, fcntl.F_SETPIPE_SZ, _BACKLOG)
        self._reader = threading.Thread(target=self._read, name=f"plain-{vm}", daemon=True)
        self._reader.start()

    @property
    def alive(self) -> bool:
        """Whether its link is up, as far as is known."""
        return not self._ended

    @property
    def prompt(self) -> str:
        """The prompt as last seen."""
        return self._output.prompt.strip()

    def run(self, code: str) -> bool:
        """Run commands at the prompt, their output relayed as it comes.

        Returns:
            Whether they are done. If not, the person left them running with F12.

        Raises:
            VmError: no prompt to type at, or the link is lost.
            EndOfInput: a program asks a question that nobody answers; it is interrupted.
        """
        self._await_prompt()
        before = self._output.prompts
        # The brackets keep several lines together, so that none is read by the one before it.
        self._send(encode_paste(code.rstrip("\n"), bracketed=True) + b"\r")
        with self._voice.keyboard(raw=False) as keys:
            return self._relay(before, keys)

    def join(self, command: str = "") -> None:
        """Join the terminal to this shell as it is, until F12 or the shell's end.

        Args:
            command: run first, at the prompt.

        Raises:
            VmError: ``command`` has no prompt to be typed at, or the link is lost.
        """
        if command:
            self._await_prompt()
        with self._voice.keyboard(raw=True) as keys, _resizes() as resized:
            self._fit()
            if self._output.reader is Reader.PROMPT:
                # Without a command, makes the prompt appear again.
                self._send(command.encode() + b"\r")
            while self.alive:
                data, typed = self._next(None, keys, resized)
                self._output.feed(data)
                self._voice.write_bytes(data)
                if not self._type(typed):
                    break
        if self.alive:
            self._shell.resize(COLUMNS, ROWS)

    def close(self) -> None:
        """End the shell. Idempotent."""
        if not self._closing:
            self._closing = True
            self._ended = True
            self._shell.close()
            # Before the join: the reader may be blocked writing to it.
            os.close(self._bell)
            self._reader.join()
            os.close(self._ring)

    def _fit(self) -> None:
        size = shutil.get_terminal_size()
        self._shell.resize(size.columns, size.lines)

    def _await_prompt(self) -> None:
        fresh = not self._output.prompts
        deadline = time.monotonic() + (_PROMPT_PATIENCE if fresh else _PROMPT_BACK)
        while True:
            data, _key = self._next(_SETTLED, None)
            said = self._output.feed(data)
            # What a login says is no answer to the command.
            self._voice.write("" if fresh else said)
            if not self.alive:
                raise self._lost()
            if data and time.monotonic() < deadline + _NOISY:
                continue
            if self._output.reader is Reader.PROMPT:
                return
            if time.monotonic() >= deadline:
                raise VmError(
                    self.vm,
                    _("le terminal n'est pas à l'invite : un programme y tourne encore"),
                    hint=_("s ouvre ce terminal ; terminez-y le programme (q, Ctrl-C ou Ctrl-D)"),
                )

    def _relay(self, before: int, keys: int | None) -> bool:
        last, typed_at = time.monotonic(), -_ECHO
        done_at: float | None = None
        warned = answered = False
        while True:
            data, typed = self._next(_TURN, keys)
            now = time.monotonic()
            self._voice.write(self._output.feed(data))
            if not self._type(typed):
                self._voice.write(self._output.rest() + "\n")
                return False
            typed_at = now if typed else typed_at
            done = self._done(before)
            done_at = done_at or now if done else None
            if data and done_at is not None and now - done_at >= _NOISY:
                return True
            if data:
                last, answered = now, False
                if now - typed_at < _ECHO:
                    self._voice.write(self._output.rest())
                continue
            if not self.alive:
                self._voice.write(self._output.rest() + "\n")
                raise self._lost()
            quiet = now - last
            if self._output.asking or quiet >= _STILL:
                self._voice.write(self._output.rest())
            if self._output.full_screen and not warned:
                warned = True
                self._voice.say(_FULL_SCREEN)
            if done and quiet >= _SETTLED:
                return True
            if keys is None and not answered and self._output.asking and quiet >= _QUESTION:
                last, answered = now, True
                self._reply()
            elif keys is None and quiet >= _SILENCE:
                self._send(_INTERRUPT)
                raise VmError(
                    self.vm,
                    _(
                        "la commande ne dit plus rien depuis {silence:.0f} s ; elle est interrompue"
                    ).format(silence=_SILENCE),
                    hint=_("lancez-la dans un terminal : pcapra-lab shell {vm}").format(vm=self.vm),
                )

    def _done(self, before: int) -> bool:
        return self._output.reader is Reader.PROMPT and self._output.prompts > before

    def _reply(self) -> None:
        self._voice.write(_("\n({vm} attend une réponse)\n").format(vm=self.vm))
        try:
            answer = self._voice.answer()
        except EndOfInput:
            self._send(_INTERRUPT)
            raise
        self._send(answer.encode() + b"\r")

    def _type(self, typed: bytes) -> bool:
        """Pass keys on; False once one of them was F12."""
        kept, leaving, __ = typed.partition(LEAVE)
        if kept:
            self._send(kept)
        return not leaving

    def _send(self, data: bytes) -> None:
        try:
            self._shell.sendall(data)
        except OSError as error:
            self._ended = True
            raise self._lost() from error

    def _next(
        self, patience: float | None, keys: int | None, resized: int | None = None
    ) -> tuple[bytes, bytes]:
        """Output and keys that came within ``patience`` seconds (None: however long).

        The shell follows the terminal's size when ``resized`` can be read.
        """
        watched = [fd for fd in (self._bell, keys, resized) if fd is not None]
        ready = select.select(watched, [], [], 0 if self._chunks else patience)[0]
        if self._bell in ready:
            os.read(self._bell, 65536)
        if resized is not None and resized in ready:
            os.read(resized, 4096)
            self._fit()
        typed = b""
        if keys is not None and keys in ready:
            typed = os.read(keys, 4096)
            if not typed:
                # The terminal was closed.
                raise EndOfInput
        data = b""
        while self._chunks:
            data += self._chunks.popleft()
        return data, typed

    def _read(self) -> None:
        # Of the link that is lost, or of the bell that close() has taken away.
        with suppress(OSError):
            while data := self._shell.recv(_CHUNK):
                self._chunks.append(data)
                os.write(self._ring, b".")
        self._ended = True
        with suppress(OSError):
            os.write(self._ring, b".")

    def _lost(self) -> VmError:
        return VmError(
            self.vm,
            _("la liaison avec le terminal est perdue (machine arrêtée, ou shell quitté)"),
            hint=_("relancez la commande : un nouveau terminal s'ouvre"),
        )


@contextmanager
def _resizes() -> Iterator[int | None]:
    """What can be read once the terminal has another size; None off the main thread, which alone
    may listen to signals."""
    if threading.current_thread() is not threading.main_thread():
        yield None
        return
    heard, told = os.pipe()
    os.set_blocking(told, False)
    # By a descriptor: a resize sent from the handler would cut into what is being sent.
    previous = signal.signal(signal.SIGWINCH, lambda _number, _frame: None)
    before = signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    try:
        yield heard
    finally:
        signal.set_wakeup_fd(before)
        signal.signal(signal.SIGWINCH, previous)
        os.close(told)
        os.close(heard)
