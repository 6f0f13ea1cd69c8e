"""Bacula's console, and what an ordinary account may do with Bacula's files."""

import subprocess
from pathlib import Path


def console(*commands: str) -> str:
    """What the console answers; empty where it does not reach the director."""
    run = subprocess.run(
        ["/usr/bin/env", "bconsole", "-n", "-u", "20"],
        input="\n".join([*commands, "quit", ""]),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    return run.stdout if "1000 OK" in run.stdout else ""


def anyone_may(test: str, path: Path) -> bool:
    """Whether an account without rights passes a test(1) on a file: ``-r``, ``-w``."""
    probe = subprocess.run(
        ["/usr/bin/test", test, str(path)],
        user="nobody",
        group="nogroup",
        extra_groups=[],
        check=False,
    )
    return probe.returncode == 0
