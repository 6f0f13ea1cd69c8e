"""A job run as cron runs it: its poor environment, no terminal."""

import subprocess
from collections.abc import Mapping

from lab_run import Done

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "HOME": "/root", "LOGNAME": "root"}


def run_as_cron(*command: str, env: Mapping[str, str] | None = None, typed: str = "") -> Done:
    """The outcome of a job of root's.

    Args:
        command: the program and its arguments.
        env: what its environment has besides, or instead.
        typed: what it reads.
    """
    given = {**ENVIRONMENT, **(env or {})}
    return subprocess.run(
        command,
        env=given,
        cwd=given["HOME"],
        input=typed,
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
        start_new_session=True,
    )
