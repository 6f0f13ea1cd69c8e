"""Files on a machine: the shell that reads and writes them, run for real on this host."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from pcapra_lab.errors import VmError
from pcapra_lab.remote.result import CommandResult
from pcapra_lab.session.guest_files import LIMIT, read_file, write_file


class LocalLink:
    """A link to this very host."""

    vm = "srv"

    def run(
        self, argv: Sequence[str], *, stdin: bytes = b"", timeout: float = 60.0
    ) -> CommandResult:
        done = subprocess.run(
            list(argv), input=stdin, capture_output=True, timeout=timeout, check=False
        )
        return CommandResult(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def link() -> LocalLink:
    return LocalLink()


@pytest.mark.parametrize("name", ["simple", "deux mots", "-n", "l'été $HOME.conf"])
def test_what_is_written_is_read(link: LocalLink, tmp_path: Path, name: str) -> None:
    path = tmp_path / "nouveau dossier" / name
    assert read_file(link, str(path)).content is None
    write_file(link, str(path), "été\nfin", "0640")
    found = read_file(link, str(path))
    assert (found.vm, found.path, found.content) == ("srv", str(path), "été\nfin")
    assert path.stat().st_mode & 0o777 == 0o640
    write_file(link, str(path), "", "0600")
    assert read_file(link, str(path)).content == ""
    assert list(path.parent.iterdir()) == [path], "no scratch file is left"


def test_a_folder_is_neither_read_nor_replaced_nor_written_into(
    link: LocalLink, tmp_path: Path
) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    with pytest.raises(VmError, match="n'a pas pu être lu"):
        read_file(link, str(folder))
    with pytest.raises(VmError, match="n'a pas pu être écrit"):
        write_file(link, str(folder), "x", "0644")
    assert list(folder.iterdir()) == []
    assert list(tmp_path.iterdir()) == [folder]


def test_what_is_no_text_or_too_long_is_refused(link: LocalLink, tmp_path: Path) -> None:
    (tmp_path / "binaire").write_bytes(b"\xff\x00\xfe")
    with pytest.raises(VmError, match="n'est pas un fichier texte"):
        read_file(link, str(tmp_path / "binaire"))
    (tmp_path / "long").write_bytes(b"x" * (LIMIT + 1))
    with pytest.raises(VmError, match="dépasse 1 Mio"):
        read_file(link, str(tmp_path / "long"))
    (tmp_path / "juste").write_bytes(b"x" * LIMIT)
    assert len(read_file(link, str(tmp_path / "juste")).content or "") == LIMIT


def test_a_path_under_a_file_cannot_be_written(link: LocalLink, tmp_path: Path) -> None:
    (tmp_path / "f").write_text("")
    with pytest.raises(VmError, match="n'a pas pu être écrit") as caught:
        write_file(link, str(tmp_path / "f/g"), "x", "0644")
    assert caught.value.vm == "srv"
