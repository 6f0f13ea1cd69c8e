"""The bundle on a USB stick and back, and sticks that lie."""

import io
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from bundle_bench import NOBODY, Bench, build_deb, sha256

from pcapra_lab.content.bundle import BundleKind
from pcapra_lab.errors import EnvironmentProblem, LabError
from pcapra_lab.lab.bundle import importing, pinning
from pcapra_lab.lab.bundle.bringing import WrongFile
from pcapra_lab.lab.bundle.export import export
from pcapra_lab.lab.bundle.importing import arrivals, bring_in
from pcapra_lab.lab.bundle.library import State
from pcapra_lab.lab.bundle.reading import brought
from pcapra_lab.lab.progress import ignore

ARCHIVE = os.urandom(3 * 2**20 + 17)
"""Several blocks, and not a whole number of any."""
FORMS = pytest.mark.parametrize("target", ["cle", "lot.tar"])


def make(folder: Path) -> Bench:
    """An installation of the same course: one digest in it, one to fix."""
    bench = Bench(folder)
    bench.declare("essai_1.0_all.deb", kind=BundleKind.DEB)
    bench.declare("image.oci", ARCHIVE, kind=BundleKind.OCI)
    return bench


@pytest.fixture
def trainer(tmp_path: Path) -> Bench:
    """Has both files."""
    bench = make(tmp_path / "formateur")
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "image.oci").write_bytes(ARCHIVE)
    library = bench.library
    deb = build_deb(sources, "essai")
    with pinning.weighed(library, "essai_1.0_all.deb", deb, ignore, NOBODY) as one:
        pinning.keep(library, one, ignore, NOBODY)
    library.folder.joinpath("image.oci").write_bytes(ARCHIVE)
    library.register.saw(library.folder / "image.oci", sha256(ARCHIVE))
    assert {one.state for one in library.held()} == {State.PRESENT}
    return bench


@pytest.fixture
def room(tmp_path: Path) -> Bench:
    """Has none, and no internet."""
    return make(tmp_path / "salle")


def give(trainer: Bench, target: str) -> Path:
    path = trainer.folder / target
    export(trainer.library, path, trainer.library.products(), trainer.events.append, NOBODY)
    return path


def take(room: Bench, source: Path) -> importing.Arrivals:
    with brought(source) as found:
        files = arrivals(room.library, found)
        bring_in(room.library, found, files, room.events.append, NOBODY)
        return files


@FORMS
def test_a_round_trip_brings_everything(trainer: Bench, room: Bench, target: str) -> None:
    found = take(room, give(trainer, target))
    assert [(one.held.file.name, one.unknown) for one in found.files] == [
        ("essai_1.0_all.deb", True),
        ("image.oci", False),
    ]
    for one in room.library.held():
        assert one.state is State.PRESENT
        assert one.path.read_bytes() == trainer.held(one.file.name).path.read_bytes()
    assert not list((trainer.folder).glob("**/*.new"))
    again = take(room, trainer.folder / target)
    assert again.files == () and len(again.already) == 2


def test_an_exported_archive_is_one_for_any_tar(trainer: Bench) -> None:
    with tarfile.open(give(trainer, "lot.tar")) as tar:
        assert tar.getnames() == ["bundle.json", "essai_1.0_all.deb", "image.oci"]
        member = tar.extractfile("image.oci")
        assert member is not None and member.read() == ARCHIVE


def test_nothing_to_export_is_told(room: Bench, tmp_path: Path) -> None:
    with pytest.raises(LabError, match="rien à exporter"):
        export(room.library, tmp_path / "cle", room.library.products(), ignore, NOBODY)
    assert not (tmp_path / "cle").exists()


@FORMS
def test_a_file_that_rots_is_not_exported(trainer: Bench, target: str) -> None:
    path = trainer.held("image.oci").path
    before = path.stat()
    path.write_bytes(bytes(len(ARCHIVE)))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert trainer.held("image.oci").state is State.PRESENT, "dates alone do not tell"
    with pytest.raises(WrongFile, match="a changé depuis"):
        give(trainer, target)
    assert not (trainer.folder / "lot.tar").exists()
    assert not (trainer.folder / "cle/bundle.json").exists()
    assert not (trainer.folder / "cle/image.oci").exists()


def test_a_target_that_cannot_be_written_is_told(trainer: Bench) -> None:
    (trainer.folder / "fichier").write_text("")
    with pytest.raises(LabError, match="fichier"):
        give(trainer, "fichier/dessous")


def test_a_stick_with_another_file_than_the_course_wants_is_refused(
    trainer: Bench, room: Bench
) -> None:
    stick = give(trainer, "cle")
    room.library.register.pin("essai_1.0_all.deb", "0" * 64, None)
    with pytest.raises(WrongFile, match="rien n'est importé") as caught:
        take(room, stick)
    assert "0" * 64 in caught.value.message
    assert room.names() == set()


def test_files_that_the_course_does_not_declare_stay_on_the_stick(
    trainer: Bench, room: Bench
) -> None:
    stick = give(trainer, "cle")
    room.files.pop(0)
    found = take(room, stick)
    assert found.strangers == ("essai_1.0_all.deb",)
    assert room.names() == {"image.oci"}


def test_a_rotten_stick_leaves_nothing(trainer: Bench, room: Bench) -> None:
    stick = give(trainer, "cle")
    (stick / "image.oci").write_bytes(bytes(len(ARCHIVE)))
    with pytest.raises(WrongFile, match="pas le fichier attendu"):
        take(room, stick)
    assert room.names() == {"essai_1.0_all.deb"}


def test_what_does_not_fit_is_refused_first(
    trainer: Bench, room: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "free_disk_mib", lambda _folder: 1)
    with pytest.raises(EnvironmentProblem, match="place insuffisante"):
        take(room, give(trainer, "cle"))
    assert room.names() == set()


# -- folders that lie -----------------------------------------------------------------------


def swap_for_a_link(stick: Path) -> None:
    (stick / "image.oci").unlink()
    (stick / "secret").write_bytes(ARCHIVE)
    (stick / "image.oci").symlink_to(stick / "secret")


def swap_for_a_fifo(stick: Path) -> None:
    (stick / "image.oci").unlink()
    os.mkfifo(stick / "image.oci")


def swap_the_index_for_a_link(stick: Path) -> None:
    (stick / "bundle.json").rename(stick / "autre.json")
    (stick / "bundle.json").symlink_to("autre.json")


def lengthen(stick: Path) -> None:
    with (stick / "image.oci").open("ab") as stream:
        stream.write(b"x")


def rename_out(stick: Path) -> None:
    path = stick / "bundle.json"
    path.write_text(path.read_text().replace("image.oci", "../image.oci"))


def fatten(stick: Path) -> None:
    (stick / "bundle.json").write_text("{" + " " * 2**20 + "}")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (swap_for_a_link, "image.oci"),
        (swap_for_a_fifo, "image.oci"),
        (swap_the_index_for_a_link, "bundle.json"),
        (lengthen, f"fait {len(ARCHIVE) + 1} octets"),
        (rename_out, r"bundle\.json"),
        (fatten, "trop gros"),
        (lambda stick: (stick / "bundle.json").write_text("[]"), r"bundle\.json"),
        (lambda stick: (stick / "bundle.json").unlink(), r"bundle\.json y manque"),
        (lambda stick: (stick / "image.oci").unlink(), r"image\.oci y manque"),
    ],
)
def test_a_folder_that_lies_is_refused_before_anything_is_copied(
    trainer: Bench, room: Bench, spoil: Callable[[Path], object], said: str
) -> None:
    stick = give(trainer, "cle")
    spoil(stick)
    with pytest.raises(LabError, match=said):
        take(room, stick)
    assert room.held("image.oci").state is State.MISSING
    assert "image.oci" not in room.names()


# -- archives that lie ----------------------------------------------------------------------


def member(name: str, data: bytes = b"x", kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.type = len(data), kind
    return info


def rewritten(path: Path, *extra: tuple[tarfile.TarInfo, bytes], index_first: bool = True) -> None:
    """The archive with more members at its end."""
    with tarfile.open(path) as tar:
        members = [(info, tar.extractfile(info).read()) for info in tar]  # type: ignore[union-attr]
    if not index_first:
        members.reverse()
    with tarfile.open(path, "w") as tar:
        for info, data in [*members, *extra]:
            tar.addfile(info, io.BytesIO(data))


def link(name: str, target: str, kind: bytes) -> tarfile.TarInfo:
    info = member(name, b"", kind)
    info.linkname = target
    return info


def renaming(name: str) -> Callable[[Path], None]:
    """A PAX record that gives the next member a name its header does not show."""

    def spoil(path: Path) -> None:
        with tarfile.open(path, "a", format=tarfile.PAX_FORMAT) as tar:
            info = member("innocent")
            info.pax_headers = {"path": name}
            tar.addfile(info, io.BytesIO(b"x"))

    return spoil


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda p: rewritten(p, (member("../../evil"), b"x")), "evil"),
        (lambda p: rewritten(p, (member("/etc/passwd"), b"x")), "passwd"),
        (lambda p: rewritten(p, (link("lien", "/etc/shadow", tarfile.SYMTYPE), b"")), "lien"),
        (lambda p: rewritten(p, (link("dur", "image.oci", tarfile.LNKTYPE), b"")), "dur"),
        (lambda p: rewritten(p, (member("noeud", b"", tarfile.CHRTYPE), b"")), "noeud"),
        (lambda p: rewritten(p, (member("dossier", b"", tarfile.DIRTYPE), b"")), "dossier"),
        (lambda p: rewritten(p, (member("image.oci"), b"x")), "deux fois"),
        (lambda p: rewritten(p, (member("de-trop"), b"x")), "de-trop"),
        (lambda p: rewritten(p, index_first=False), "pas en tête"),
        (renaming("../evil"), "n'est pas un fichier ordinaire"),
        (lambda p: p.write_bytes(p.read_bytes()[: 2**20]), "abîmée ou tronquée"),
        (lambda p: p.write_bytes(p.read_bytes()[:700]), "abîmée ou tronquée"),
        (lambda p: p.write_bytes(b"PK\x03\x04" + bytes(600)), "abîmée ou tronquée"),
        (lambda p: p.write_bytes(b""), "abîmée ou tronquée"),
        (lambda p: p.write_bytes(bytes(1024)), "pas en tête"),
    ],
)
def test_an_archive_that_lies_is_refused_before_anything_is_copied(
    trainer: Bench, room: Bench, spoil: Callable[[Path], object], said: str
) -> None:
    path = give(trainer, "lot.tar")
    spoil(path)
    with pytest.raises(LabError, match=said):
        take(room, path)
    assert room.names() == set()
    assert not list(room.folder.parent.rglob("evil"))


def test_a_negative_size_does_not_walk_backwards(trainer: Bench, room: Bench) -> None:
    path = give(trainer, "lot.tar")
    data = bytearray(path.read_bytes())
    # Base 256, all ones: -1 (tar(5)).
    data[124:136] = b"\xff" * 12
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    path.write_bytes(data)
    with pytest.raises(LabError, match="abîmée ou tronquée"):
        take(room, path)


def test_an_archive_through_a_link_is_refused(trainer: Bench, room: Bench) -> None:
    path = give(trainer, "lot.tar")
    path.with_name("lien.tar").symlink_to(path)
    with pytest.raises(LabError, match=r"lien\.tar"):
        take(room, path.with_name("lien.tar"))
