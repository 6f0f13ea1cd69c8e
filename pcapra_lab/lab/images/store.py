"""The cache of built artifacts: a folder each, named by digest, there whole or not at all."""

import fcntl
import json
import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from pcapra_lab.errors import Cancelled, LabBusy, LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.images.namespace import namespace_argv
from pcapra_lab.lab.process import run

MANIFEST = "manifest.json"
LOCK_TIMEOUT = 3600.0
"""Longer than any build: whoever holds a lock beyond it is stuck."""
_LOCK_POLL = 0.2
LAYOUT = 1
"""Part of every digest: raise it when what a build makes of the same recipe changes."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was built, when, how long it took and how much room it takes."""

    kind: str
    id: str
    digest: str
    seconds: float
    bytes: int
    built_at: float


@dataclass(frozen=True, slots=True)
class Artifact:
    """A finished artifact in the store."""

    folder: Path
    manifest: Manifest

    def file(self, name: str) -> Path:
        """A file of the artifact."""
        return self.folder / name


class Store:
    """Artifacts under one folder.

    A build happens in a scratch folder beside the finished ones and is renamed into place, so a
    kill leaves nothing that looks finished; scratch folders of dead builders are swept.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def find(self, kind: str, identifier: str, digest: str) -> Artifact | None:
        """The artifact of that digest, or None if it must be built."""
        return self._read(self.root / f"{kind}-{identifier}-{digest[:16]}")

    def all(self) -> list[Artifact]:
        """Everything finished, oldest first."""
        if not self.root.is_dir():
            return []
        found = [self._read(p) for p in self.root.iterdir() if not p.name.startswith(".")]
        return sorted((a for a in found if a), key=lambda a: a.manifest.built_at)

    @contextmanager
    def building(
        self, kind: str, identifier: str, digest: str, cancel: threading.Event | None = None
    ) -> Iterator["Build"]:
        """Build an artifact under a lock; commit it with ``Build.commit``.

        Raises:
            Cancelled: ``cancel`` was set while another builder had the lock.
            LabBusy: it kept the lock for ``LOCK_TIMEOUT`` seconds.
        """
        with self.locked(f"{kind}-{identifier}", cancel):
            self._sweep()
            scratch = self.root / f".build-{os.getpid()}-{secrets.token_hex(4)}"
            scratch.mkdir(mode=0o755)
            try:
                yield Build(self, kind, identifier, digest, scratch, time.monotonic())
            finally:
                remove_tree(scratch)

    def prune(self, keep: set[Path]) -> list[Artifact]:
        """Delete artifacts whose folder is not in ``keep``; returns them."""
        gone = [a for a in self.all() if a.folder not in keep]
        for artifact in gone:
            remove_tree(artifact.folder)
        return gone

    def _read(self, folder: Path) -> Artifact | None:
        try:
            data = json.loads((folder / MANIFEST).read_text())
            return Artifact(folder, Manifest(**data))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            raise LabError(
                _("le manifeste de {folder} est illisible : {error}").format(
                    folder=folder, error=error
                ),
                hint=_("supprimez ce dossier ({folder}), il sera reconstruit").format(
                    folder=folder
                ),
            ) from error

    def _sweep(self) -> None:
        for folder in self.root.glob(".build-*"):
            builder = folder.name.split("-")[1]
            if not Path("/proc", builder).exists():
                remove_tree(folder)

    @contextmanager
    def locked(self, name: str, cancel: threading.Event | None = None) -> Iterator[None]:
        """Keep other builders of ``name`` out, in this process and in others."""
        self.root.mkdir(parents=True, exist_ok=True)
        stop = cancel or threading.Event()
        deadline = time.monotonic() + LOCK_TIMEOUT
        with (self.root / f".{name}.lock").open("w") as lock:
            while not _taken(lock):
                if stop.wait(_LOCK_POLL):
                    raise Cancelled
                if time.monotonic() > deadline:
                    raise LabBusy(
                        _("un autre processus construit {name} depuis plus d'une heure").format(
                            name=name
                        ),
                        hint=_("terminez-le, puis relancez « pcapra-lab image build »"),
                    )
            yield


@dataclass(frozen=True, slots=True)
class Build:
    """An artifact being made in ``folder``."""

    store: Store
    kind: str
    id: str
    digest: str
    folder: Path
    started: float

    def commit(self) -> Artifact:
        """Put the artifact in its place; atomic."""
        size = sum(f.stat().st_blocks * 512 for f in self.folder.rglob("*") if f.is_file())
        manifest = Manifest(
            self.kind, self.id, self.digest, time.monotonic() - self.started, size, time.time()
        )
        (self.folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2))
        target = self.store.root / f"{self.kind}-{self.id}-{self.digest[:16]}"
        os.sync()
        with suppress(FileNotFoundError):
            remove_tree(target)
        self.folder.rename(target)
        return Artifact(target, manifest)


def remove_tree(folder: Path) -> None:
    """Delete a folder, what a user namespace left in it under other owners included."""
    if folder.exists():
        run([*namespace_argv(), "rm", "-rf", "--one-file-system", "--", str(folder)], timeout=300)


def _taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
