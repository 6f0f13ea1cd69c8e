"""A remote Borg repository, read by Borg's own classes in this process, over one connection.

Starting ``borg`` for each question would cost minutes on an emulated machine. Root's Borg cache and
locks are left alone. What is Borg's is imported late: it may not be installed, and it is slow.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from lab_borg import environment
from lab_verdict import verdict

WORDS = {
    "IntegrityError": "un bloc est abîmé",
    "ObjectNotFound": "un bloc a disparu du dépôt",
    "ConnectionClosed": "SSH n'aboutit pas sans intervention",
    "ConnectionClosedWithHint": "SSH n'aboutit pas sans intervention",
}
"""Borg's exceptions that mean the same everywhere."""


@contextmanager
def opened(
    location: str, expected: str, words: Mapping[str, str], *, patience: int = 10, **wanted: Any
) -> Iterator[Any]:
    """The repository as root would open it; what goes wrong on the way is the trainee's.

    Args:
        location: its address.
        expected: what the verdict of a failure says.
        words: what to say of it, by exception's name, or by a word of its message.
        patience: seconds to wait for the SSH server.
        wanted: options of RemoteRepository: ``lock``, ``exclusive``, ``lock_wait``.
    """
    with tempfile.TemporaryDirectory() as base:
        os.environ |= environment(base, patience=patience)
        import argparse

        from borg.helpers import Location
        from borg.logger import setup_logging
        from borg.remote import RemoteRepository

        setup_logging(level="critical")
        options = argparse.Namespace(
            remote_path=None, umask=0o077, log_level="critical", debug_topics=[], rsh=None,
            show_rc=False, upload_ratelimit=None, upload_buffer=None, remote_ratelimit=None,
            remote_buffer=None,
        )  # fmt: skip
        try:
            with RemoteRepository(Location(location), args=options, **wanted) as repository:
                yield repository
        except Exception as error:
            kind = type(error).__name__
            said = " ".join(str(error).split()) or kind
            # What the server alone knows of comes as text, the exception's name within.
            within = next((text for name, text in words.items() if name in said), said[:200])
            verdict(False, expected, words.get(kind, within))


def manifest_of(repository: Any) -> tuple[Any, Any]:
    """The list of a repository's archives, and its key."""
    from borg.helpers import Manifest

    manifest, key = Manifest.load(repository, (Manifest.Operation.READ,))
    return manifest, key
