"""Namespaces that last as long as a test needs them."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest


@contextmanager
def held(unshare: Sequence[str], set_up: str, *arguments: str) -> Iterator[int]:
    """A process in namespaces of its own, to enter them by; the test is skipped where none may be.

    Args:
        unshare: unshare(1) and its options.
        set_up: shell commands run there first, with ``arguments`` as ``$1`` and so on.
    """
    # Ends when its standard input is closed, so with the test whatever happens to it.
    script = f"set -e; {set_up}; echo ready; exec cat"
    holder = subprocess.Popen(
        [*unshare, "--", "sh", "-c", script, "sh", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None and holder.stderr is not None
        if holder.stdout.readline() != "ready\n":
            pytest.skip(f"no such namespaces here: {holder.stderr.read().strip()}")
        # Leaving closes its standard input, and waits for it.
        yield holder.pid
