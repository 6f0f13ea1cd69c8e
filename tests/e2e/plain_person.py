"""A trainee in plain mode, who follows a lesson as it is written, without solutions."""

import os
import re
import select
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence

PATIENCE = 900.0
"""Seconds between two questions: the first one comes once the machines are prepared."""
_CHOICE = "\n> "
_ASKED = "attend une réponse)\n"
_TO_DECLARE = "d objectifs RTO RPO"
_STRUCK = "quelque chose vient d'arriver"


class Person:
    """Someone at the other end of two pipes, who reads what is asked and answers it.

    Args:
        argv: the plain mode on an exercise.
        env: the program's environment.
    """

    def __init__(self, argv: Sequence[str], env: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            argv,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.heard = ""
        self._answered = 0
        self._drill: Iterator[str] = iter(())

    def follow_the_lesson(self) -> int:
        """Answer until the program ends; its exit status."""
        while self._listen():
            new = self.heard[self._answered :]
            self._answered = len(self.heard)
            self._say(self._reply(new) if new.endswith(_ASKED) else self._choose(new))
        return self._process.wait(timeout=60)

    def leave(self) -> None:
        """End the program if a failure left it there."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(timeout=30)
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()

    def _listen(self) -> bool:
        """Read until something is asked; False once the program has ended."""
        assert self._process.stdout is not None
        source = self._process.stdout.fileno()
        deadline = time.monotonic() + PATIENCE
        pending = b""
        while True:
            ready = select.select([source], [], [], max(0.0, deadline - time.monotonic()))[0]
            assert ready, f"nothing was asked in {PATIENCE:.0f} s:\n{self.heard[-3000:]}"
            data = os.read(source, 65536)
            if not data:
                return False
            pending += data
            try:
                self.heard += pending.decode()
            except UnicodeDecodeError:
                # Cut inside a character.
                continue
            pending = b""
            if self.heard[self._answered :].endswith((_CHOICE, _ASKED)):
                return True

    def _choose(self, new: str) -> str:
        assert "L'étape n'est pas encore réussie" not in new, self.heard[-5000:]
        assert "Erreur :" not in new, self.heard[-5000:]
        if _TO_DECLARE in new:
            self._drill = self._live_drill()
        return next(self._drill, "")

    def _live_drill(self) -> Iterator[str]:
        """What is said of a drill that has just been presented, until its fault is told."""
        began = len(self.heard)
        yield "d objectifs 15m 2m"
        yield "d commencer"
        while _STRUCK not in self.heard[began:]:
            # A look at the machines: it takes a while, and tells the news.
            yield "d"
        yield "d diagnostic les fichiers du site ont changé"

    def _reply(self, new: str) -> str:
        question = new.removesuffix(_ASKED).rstrip("(").splitlines()
        asked = "\n".join(question[-3:])
        if "(yes/no" in asked:
            return "yes"
        if "password" in asked or "mot de passe" in asked:
            given = re.findall(r"ne s'affiche\s+pas\s+:\s+`([^`]+)`", self.heard)
            return str(given[-1])
        if "[O/n]" in asked:
            return "O"
        assert "[Y/n]" in asked, f"an unexpected question:\n{new[-2000:]}"
        return "Y"

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()
