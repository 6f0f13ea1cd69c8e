"""Commands that a check runs as root: without a terminal, in an environment of its own."""

import subprocess
from collections.abc import Mapping

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENVIRONMENT = {"PATH": PATH, "HOME": "/root", "LC_ALL": "C.UTF-8"}
Done = subprocess.CompletedProcess[str]


def run(
    *command: str,
    env: Mapping[str, str] | None = None,
    cwd: str | None = None,
    timeout: float | None = None,
) -> Done:
    """The outcome of a command, whatever it is; nothing is typed to it.

    Args:
        command: the program and its arguments.
        env: what its environment has besides, or instead.
        cwd: where it runs.
        timeout: seconds that it may take.
    """
    return subprocess.run(
        command,
        env={**ENVIRONMENT, **(env or {})},
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout,
    )


def last_line(text: str, otherwise: str) -> str:
    """The last line of an output; other words where there is none."""
    return (text.strip().splitlines() or [otherwise])[-1]


def reason(done: Done, signs: Mapping[str, str]) -> str:
    """Why a command failed: words for the first sign found, or the last line that it printed."""
    for sign, words in signs.items():
        if sign in done.stderr:
            return words
    return last_line(done.stderr, f"code de retour {done.returncode}")
