"""A home of a tool's own, on this account's built images."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from pcapra_lab.lab.paths import Paths, default_paths
from pcapra_lab.session.application import LabApplication


@contextmanager
def own_paths(prefix: str) -> Iterator[Paths]:
    """Folders that go at the end; only the cache is the account's.

    Args:
        prefix: of their name, to tell what was left by a tool that was killed.
    """
    paths = default_paths()
    paths.create()
    # As root, QEMU's account must reach the disks: beside the account's data, not in /tmp.
    base = paths.data.parent if os.geteuid() == 0 else paths.data
    root = Path(tempfile.mkdtemp(prefix=prefix, dir=base))
    root.chmod(0o711)
    try:
        yield replace(paths, data=root / "data", state=root / "state")
    finally:
        shutil.rmtree(root)


@contextmanager
def own_application(prefix: str) -> Iterator[LabApplication]:
    """The program there, with nobody's progress."""
    with own_paths(prefix) as paths, closing(LabApplication(paths)) as made:
        yield made
