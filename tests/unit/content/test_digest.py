import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pcapra_lab.content.digest import digest_tree
from pcapra_lab.errors import ContentError


def tree(root: Path) -> Path:
    folder = root / "borg"
    (folder / "setup").mkdir(parents=True)
    (folder / "exercise.yaml").write_text("id: borg\n")
    (folder / "setup/a.sh").write_text("#!/bin/sh\n")
    (folder / "lien").symlink_to("/dev/null")
    return folder


def test_the_digest_is_a_known_one(tmp_path: Path) -> None:
    # Golden: a change of format makes every proof stale and every cached image orphan.
    assert digest_tree([tree(tmp_path)]) == (
        "73dbea7f1a29cc3959ac4728e61d6cd98518b0a1c9725e529d8e8360bb783bfc"
    )


def test_place_order_and_leftovers_do_not_count(tmp_path: Path) -> None:
    one, other = tree(tmp_path / "a"), tree(tmp_path / "b/c")
    extra = tmp_path / "lecon.md"
    extra.write_text("x")
    (other / "__pycache__").mkdir()
    (other / "__pycache__/a.pyc").write_text("x")
    (other / "vide").mkdir()
    os.utime(other / "exercise.yaml", (0, 0))
    (other / "exercise.yaml").chmod(0o600)

    assert digest_tree([one, extra]) == digest_tree([extra, other])


def _content(folder: Path) -> None:
    (folder / "setup/a.sh").write_text("#!/bin/sh\n\n")


def _name(folder: Path) -> None:
    (folder / "setup/a.sh").rename(folder / "setup/b.sh")


def _mode(folder: Path) -> None:
    (folder / "setup/a.sh").chmod(0o755)


def _link(folder: Path) -> None:
    (folder / "lien").unlink()
    (folder / "lien").symlink_to("/dev/zero")


def _link_to_file(folder: Path) -> None:
    (folder / "lien").unlink()
    (folder / "lien").write_text("/dev/null")


def _more(folder: Path) -> None:
    (folder / "setup/b.sh").write_text("")


def _less(folder: Path) -> None:
    shutil.rmtree(folder / "setup")


@pytest.mark.parametrize("change", [_content, _name, _mode, _link, _link_to_file, _more, _less])
def test_what_counts_changes_the_digest(tmp_path: Path, change: Callable[[Path], None]) -> None:
    folder = tree(tmp_path)
    before = digest_tree([folder])
    change(folder)
    assert digest_tree([folder]) != before


def test_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="absent"):
        digest_tree([tmp_path / "absent"])
    os.mkfifo(tmp_path / "tube")
    with pytest.raises(ContentError, match="n'est pas un fichier ordinaire"):
        digest_tree([tmp_path])
