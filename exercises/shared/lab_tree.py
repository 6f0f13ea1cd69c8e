"""A tree of files as a backup owes it: contents, permissions, owners, links."""

import grp
import hashlib
import pwd
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Item(NamedTuple):
    """What a backup owes us of a file: type and permissions, owner, content."""

    mode: str
    """As ls(1) writes it."""
    owner: str
    """``root:www-data``; empty where it does not matter."""
    content: str = ""
    """SHA-256 of a file, target of a link."""


def owner(uid: int, gid: int) -> str:
    """An account and a group, each by its number where it has no name."""
    try:
        user = pwd.getpwuid(uid).pw_name
    except KeyError:
        user = str(uid)
    try:
        group = grp.getgrgid(gid).gr_name
    except KeyError:
        group = str(gid)
    return f"{user}:{group}"


def on_disk(folder: Path, root: Path) -> dict[str, Item]:
    """What a folder of the disk holds, by path from ``root``."""
    tree = {}
    for path in folder.rglob("*"):
        try:
            status = path.lstat()
            content = ""
            if path.is_symlink():
                content = str(path.readlink())
            elif path.is_file():
                content = hashlib.sha256(path.read_bytes()).hexdigest()
        except FileNotFoundError:
            continue  # an application at work: a database's log, say
        tree[str(path.relative_to(root))] = Item(
            stat.filemode(status.st_mode), owner(status.st_uid, status.st_gid), content
        )
    return tree


def differences(tree: Mapping[str, Item], wanted: Mapping[str, Item]) -> list[str]:
    """What is missing or altered, in words."""
    found = []
    for path, item in wanted.items():
        other = tree.get(path)
        if other is None:
            found.append(f"{path} manque")
        elif other.content != item.content:
            found.append(f"{path} : le contenu diffère")
        elif other != item:
            seen, due = f"{other.mode} {other.owner}", f"{item.mode} {item.owner}"
            found.append(f"{path} : {seen} au lieu de {due}".rstrip())
    return found


def shown(problems: Sequence[str], most: int = 3) -> str:
    """The first problems, and how many more."""
    more = f" (et {len(problems) - most} autres)" if len(problems) > most else ""
    return " ; ".join(problems[:most]) + more
