"""A Borg repository looked at on the disk, and tried on a copy without its locks."""

import configparser
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from lab_borg import borg
from lab_run import Done
from lab_verdict import verdict

SLACK = 64 << 10
"""Bytes that ``borg compact`` may free in a repository already compacted: old manifests."""


def config_of(repository: Path) -> configparser.ConfigParser:
    """A repository's configuration; empty if there is none."""
    config = configparser.ConfigParser(interpolation=None)
    config.read(repository / "config")
    return config


def copied(repository: Path, copy: Path, config: configparser.ConfigParser) -> None:
    """Copy a repository without its locks, with another configuration."""
    shutil.copytree(repository, copy, ignore=shutil.ignore_patterns("lock.*"))
    with (copy / "config").open("w") as stream:
        config.write(stream)


def size(folder: Path) -> int:
    """Bytes in the files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def compacted(repository: Path, reason: Callable[[Done], str]) -> NoReturn:
    """Judge that, on a copy, ``borg compact`` has nothing left to free.

    Args:
        repository: one that has a configuration.
        reason: why the command failed, in words.
    """
    expected = "l'espace des archives supprimées est rendu au disque"
    config = config_of(repository)
    # compact frees nothing in append-only mode, whatever there is to free.
    config["repository"]["append_only"] = "0"
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        copy = Path(folder) / "depot"
        copied(repository, copy, config)
        before = size(copy / "data")
        done = borg("compact", str(copy), unencrypted=True)
        if done.returncode != 0:
            verdict(False, expected, reason(done))
        freed = before - size(copy / "data")
    if freed > SLACK:
        verdict(False, expected, f"{freed >> 10} Kio encore occupés par des données supprimées")
    verdict(True, expected, f"rien à libérer, le dépôt occupe {before >> 10} Kio")
