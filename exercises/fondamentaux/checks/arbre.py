#!/usr/bin/env python3
"""Compare what is on the disk, or what archives give back, with what a day had left.

Usage: arbre.py disque|suppressions FOLDER DAY
       arbre.py chaine DAY ARCHIVE...
       arbre.py neuf BEFORE AFTER ARCHIVE

Days are the notes of setup/donnees.sh. ``chaine`` restores archives with GNU tar, one after the
other, where nothing else is; ``neuf`` wants an archive to hold only what changed between two days.
"""

import hashlib
import json
import stat
import sys
import tempfile
from pathlib import Path

from lab_run import last_line, run
from lab_tree import Item, differences, shown
from lab_verdict import verdict

NOTES = Path("/var/lib/pcapra/releves")
Tree = dict[str, Item]


def noted(day: str, expected: str) -> Tree:
    """What a day had left."""
    note = NOTES / f"{day}.json"
    if not note.is_file():
        verdict(False, expected, "l'étape n'est pas encore préparée")
    return {path: Item(*seen) for path, seen in json.loads(note.read_text()).items()}


def owner(path: Path) -> str:
    """``root:www-data``; numbers where there is no name."""
    status = path.lstat()
    try:
        return f"{path.owner()}:{path.group()}"
    except KeyError:
        return f"{status.st_uid}:{status.st_gid}"


def tree_of(root: Path) -> Tree:
    """What a folder holds, itself included."""
    tree: Tree = {}
    for path in (root, *root.rglob("*")):
        content = ""
        if path.is_symlink():
            content = str(path.readlink())
        elif path.is_file():
            content = hashlib.sha256(path.read_bytes()).hexdigest()
        mode = stat.filemode(path.lstat().st_mode)
        # The owner of a link protects nothing.
        who = "" if path.is_symlink() else owner(path)
        tree[str(path.relative_to(root))] = Item(mode, who, content)
    return tree


def extra(tree: Tree, wanted: Tree) -> list[str]:
    """What should not be there, in words."""
    return [f"{path} ne devrait pas y être" for path in tree if path not in wanted]


def folder(path: str, expected: str) -> Tree:
    """What a folder of the disk holds."""
    root = Path(path)
    if not root.is_dir():
        verdict(False, expected, f"{root} n'existe pas")
    return tree_of(root)


def disk(path: str, day: str) -> None:
    """All that the day had left is in the folder, as it was."""
    expected = f"{path} rendu : contenus, droits, propriétaires, liens"
    wanted = noted(day, expected)
    problems = differences(folder(path, expected), wanted)
    verdict(not problems, expected, shown(problems) or f"{len(wanted)} éléments conformes")


def removed(path: str, day: str) -> None:
    """Nothing else is in the folder."""
    expected = f"dans {path}, rien de ce qui n'y était pas ce jour-là"
    wanted = noted(day, expected)
    problems = extra(folder(path, expected), wanted)
    hint = ""
    if problems:
        hint = "Un fichier supprimé ne se voit pas dans une archive : il se voit à son absence."
    verdict(not problems, expected, shown(problems) or "rien de trop", hint)


def chain(day: str, *archives: str) -> None:
    """The archives, restored in this order, give back exactly the day."""
    names = " puis ".join(Path(archive).name for archive in archives)
    expected = f"{names}, restaurées ailleurs, rendent exactement /srv/donnees"
    wanted = noted(day, expected)
    with tempfile.TemporaryDirectory() as work:
        for archive in archives:
            if not Path(archive).is_file():
                verdict(False, expected, f"{archive} n'existe pas")
            done = run(
                "tar", "--extract", "--listed-incremental=/dev/null", f"--file={archive}",
                f"--directory={work}",
            )  # fmt: skip
            if done.returncode != 0:
                said = last_line(done.stderr, "tar refuse l'archive")
                verdict(False, expected, f"{archive} : {said}")
        # « donnees », « srv/donnees », or the folder's content alone: as it was saved.
        roots = (Path(work) / "donnees", Path(work) / "srv/donnees", Path(work))
        tree = tree_of(next(root for root in roots if root.is_dir()))
    problems = differences(tree, wanted) + extra(tree, wanted)
    verdict(not problems, expected, shown(problems) or f"{len(wanted)} éléments conformes")


def new(before: str, after: str, archive: str) -> None:
    """The files of the archive are among those that changed."""
    expected = f"{archive} ne contient que ce qui a changé"
    old, now = noted(before, expected), noted(after, expected)
    changed = {Path("/srv/donnees", path) for path in now if now[path] != old.get(path)}
    if not Path(archive).is_file():
        verdict(False, expected, f"{archive} n'existe pas")
    # Not with Python's tarfile: it reads the times of GNU's incremental headers as a prefix.
    done = run("tar", "--list", "--quoting-style=literal", f"--file={archive}")
    if done.returncode != 0:
        verdict(False, expected, last_line(done.stderr, "illisible"))
    members = [name for name in done.stdout.splitlines() if not name.endswith("/")]
    bases = (Path("/"), Path("/srv"), Path("/srv/donnees"))
    useless = [name for name in members if changed.isdisjoint(b / name.lstrip("/") for b in bases)]
    if not members:
        verdict(False, expected, "elle ne contient aucun fichier")
    problems = [f"{name} n'avait pas changé" for name in useless]
    verdict(not problems, expected, shown(problems) or f"{len(members)} fichiers, tous changés")


{"disque": disk, "suppressions": removed, "chaine": chain, "neuf": new}[sys.argv[1]](*sys.argv[2:])
