"""Buckets on a disk: versions, delete markers and Object Lock, for the S3 simulator.

From the Amazon S3 User Guide: « How S3 Versioning works » (versioning-workflows.html), « Working
with delete markers » (DeleteMarker.html) and « How S3 Object Lock works »
(object-lock-overview.html): a lock is a version's, it refuses that this version be deleted, and
never refuses another version or a marker above it.

An object's name never becomes a path: its SHA-256 does. Nothing leaves the bucket's folder.
"""

import hashlib
import json
import os
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lab_sigv4 import Refused

NULL = "null"
"""The version of what was written before versioning."""
MODES = ("GOVERNANCE", "COMPLIANCE")


@dataclass
class Version:
    """One version of an object, or a delete marker."""

    key: str
    id: str
    order: int
    """When it was made, in nanoseconds; the largest is the current one."""
    size: int = 0
    etag: str = ""
    marker: bool = False
    kind: str = "application/octet-stream"
    meta: dict[str, str] = field(default_factory=dict)
    mode: str = ""
    until: float = 0.0
    """When its retention ends."""

    @property
    def modified(self) -> datetime:
        return datetime.fromtimestamp(self.order / 1e9, UTC)


@dataclass
class Rules:
    """A bucket's configuration."""

    versioned: bool = False
    lockable: bool = False
    mode: str = ""
    days: int = 0
    policy: dict[str, Any] | None = None


class Bucket:
    """A folder: ``rules.json``, then a folder an object, and in it two files a version."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.lock = threading.RLock()
        self.rules = Rules()
        self._versions: dict[str, list[Version]] = {}
        (folder / "objects").mkdir(parents=True, exist_ok=True)
        if (folder / "rules.json").is_file():
            self.rules = Rules(**json.loads((folder / "rules.json").read_text()))
        for path in (folder / "objects").glob("*/*.json"):
            version = Version(**json.loads(path.read_text()))
            self._versions.setdefault(version.key, []).append(version)
        for versions in self._versions.values():
            versions.sort(key=lambda one: one.order)

    def configure(self, **changes: Any) -> None:
        """Change rules, for good."""
        with self.lock:
            self.rules = Rules(**{**asdict(self.rules), **changes})
            _write(self.folder / "rules.json", json.dumps(asdict(self.rules)).encode())

    def keys(self, prefix: str) -> list[str]:
        """The names that begin so, sorted as S3 does, whatever their versions."""
        with self.lock:
            found = [key for key, versions in self._versions.items() if versions]
        return sorted((key for key in found if key.startswith(prefix)), key=str.encode)

    def versions(self, key: str) -> list[Version]:
        """A name's versions, newest first."""
        with self.lock:
            return self._versions.get(key, [])[::-1]

    def current(self, key: str) -> Version | None:
        """A name's object; none where there is none, or a marker."""
        newest = next(iter(self.versions(key)), None)
        return None if newest is None or newest.marker else newest

    def find(self, key: str, version_id: str) -> Version:
        """A name's object, or one of its versions.

        Raises:
            Refused: there is none.
        """
        if not version_id:
            found = self.current(key)
            if found is None:
                raise Refused(404, "NoSuchKey", "The specified key does not exist.", Key=key)
            return found
        for version in self.versions(key):
            if version.id == version_id:
                if version.marker:
                    raise Refused(405, "MethodNotAllowed", "That version is a delete marker.")
                return version
        raise Refused(404, "NoSuchVersion", "The specified version does not exist.", Key=key)

    def read(self, version: Version) -> bytes:
        """Its content."""
        return self._path(version, "data").read_bytes()

    def put(self, key: str, content: bytes, kind: str, meta: dict[str, str]) -> Version:
        """Write an object: over the one that is there, or above it where versions are kept."""
        with self.lock:
            digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
            version = self._new(key, size=len(content), etag=digest, kind=kind, meta=meta)
            if self.rules.mode:
                version.mode = self.rules.mode
                end = version.modified + timedelta(days=self.rules.days)
                version.until = end.timestamp()
            self._keep(version, content)
            return version

    def delete(self, key: str) -> Version | None:
        """Delete an object: its content, or only its sight where versions are kept."""
        with self.lock:
            if self.rules.versioned:
                marker = self._new(key, marker=True)
                self._keep(marker, b"")
                return marker
            for version in self.versions(key):
                self._drop(version)
            return None

    def delete_version(self, key: str, version_id: str, *, bypass: bool) -> Version | None:
        """Delete a version for good; none when there was none.

        Raises:
            Refused: it is locked. ``bypass`` gets past governance, nothing gets past compliance.
        """
        with self.lock:
            for version in self.versions(key):
                if version.id == version_id:
                    held = version.until > time.time()
                    if held and not (bypass and version.mode == "GOVERNANCE"):
                        raise Refused(
                            403,
                            "AccessDenied",
                            "Access Denied because object protected by object lock.",
                        )
                    self._drop(version)
                    return version
            return None

    def _new(self, key: str, **more: Any) -> Version:
        newest = next(iter(self.versions(key)), None)
        # Strictly after the one below, whatever the clock did.
        order = max(time.time_ns(), newest.order + 1 if newest else 0)
        name = f"{order:020d}.{secrets.token_hex(4)}" if self.rules.versioned else NULL
        return Version(key, name, order, **more)

    def _path(self, version: Version, ending: str) -> Path:
        name = hashlib.sha256(version.key.encode()).hexdigest()
        return self.folder / "objects" / name / f"{version.id}.{ending}"

    def _keep(self, version: Version, content: bytes) -> None:
        _write(self._path(version, "data"), content)
        _write(self._path(version, "json"), json.dumps(asdict(version)).encode())
        others = [one for one in self._versions.get(version.key, []) if one.id != version.id]
        self._versions[version.key] = [*others, version]

    def _drop(self, version: Version) -> None:
        self._path(version, "json").unlink()
        self._path(version, "data").unlink()
        left = [one for one in self._versions[version.key] if one.id != version.id]
        self._versions[version.key] = left
        if not left:
            del self._versions[version.key]
            self._path(version, "data").parent.rmdir()


def rows(bucket: Bucket, prefix: str, *, every: bool) -> Iterator[tuple[Version, bool]]:
    """The current objects of a prefix, or every version; and whether it is the current one."""
    for key in bucket.keys(prefix):
        versions = bucket.versions(key)
        if every:
            yield from ((version, number == 0) for number, version in enumerate(versions))
        elif versions and not versions[0].marker:
            yield versions[0], True


def _write(path: Path, content: bytes) -> None:
    """All of it, on the disk, or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with draft.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
