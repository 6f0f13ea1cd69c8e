"""A role built by the real mmdebstrap, on a tree of three programs and an APT that only notes."""

import io
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_images import recipe

from pcapra_lab.content.models import ImageRecipe
from pcapra_lab.errors import LabError
from pcapra_lab.lab.images.base import build_system
from pcapra_lab.lab.images.bootstrap import role_system
from pcapra_lab.lab.images.namespace import namespace_argv
from pcapra_lab.lab.images.store import Artifact, Store

WEB = recipe("web", ["nginx", "php8.2-fpm"], parent="base", customize="web.sh")
APT = """#!/bin/sh
{
    echo "apt-get $*"
    /usr/sbin/policy-rc.d || echo "services: $?"
    [ -e /etc/resolv.conf ] && echo "a resolver"
    cat /etc/apt/apt.conf.d/00mmdebstrap
} >> /apt.log
case "$*" in
    *introuvable*) echo "E: Unable to locate package introuvable" >&2; exit 100;;
    *install*) echo "Setting up nginx";;
esac
"""
CUSTOMIZE = """#!/bin/sh
[ -s /apt.log ] && echo "the role's script, after APT"
echo made > /etc/role
"""


def runs_mmdebstrap() -> bool:
    try:
        namespace_argv()
    except LabError:
        return False
    return shutil.which("mmdebstrap") is not None


pytestmark = pytest.mark.skipif(
    not runs_mmdebstrap(), reason="needs mmdebstrap, and root or a range of sub-uids"
)


def with_libraries(program: str) -> dict[str, Path]:
    """A program of the host and what it is linked with, by their place in a tree."""
    found = shutil.which(program)
    assert found is not None
    linked = subprocess.run(["ldd", found], check=True, capture_output=True, text=True).stdout
    libraries = re.findall(r"(/\S+) \(0x", linked)
    return {f"bin/{program}": Path(found), **{name.lstrip("/"): Path(name) for name in libraries}}


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    """The parent's system, in a folder that only its owner may enter."""
    folder = tmp_path / "prive"
    folder.mkdir(mode=0o700)
    archive = folder / "root.tar"
    with tarfile.open(archive, "w") as tar:

        def add(name: str, content: bytes, mode: int = 0o644, owner: int = 0) -> None:
            member = tarfile.TarInfo(f"./{name}")
            member.size, member.mode, member.uid, member.gid = len(content), mode, owner, owner
            tar.addfile(member, io.BytesIO(content))

        for name in ("bin", "usr/sbin", "etc/apt", "tmp", "proc", "sys", "var/lib/dpkg", "dev"):
            directory = tarfile.TarInfo(f"./{name}")
            directory.type, directory.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(directory)
        device = tarfile.TarInfo("./dev/null")
        device.type, device.devmajor, device.devminor = tarfile.CHRTYPE, 1, 3
        tar.addfile(device)
        programs = with_libraries("sh") | with_libraries("cat") | with_libraries("rm")
        for name, path in programs.items():
            add(name, path.read_bytes(), 0o755)
        add("bin/apt-get", APT.encode(), 0o755)
        add("var/lib/dpkg/status", b"Package: dash\n")
        add("etc/apt/sources.list.debian", b"deb http://deb.debian.org/debian bookworm main\n")
        add("home/stagiaire/mot", b"bonjour\n", 0o640, owner=1000)
    return archive


@pytest.fixture(autouse=True)
def scratch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary folder that the users of mmdebstrap's namespace can reach: pytest's is closed."""
    with tempfile.TemporaryDirectory(prefix="pcapra-test-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


def build(tmp_path: Path, parent: Path, said: list[str], role: ImageRecipe = WEB) -> Artifact:
    (tmp_path / "web.sh").write_text(CUSTOMIZE)
    return build_system(
        Store(tmp_path / "images"),
        role,
        "1" * 64,
        lambda target: role_system(role, tmp_path, parent, target),
        lambda _fraction, detail: said.append(detail),
        None,
    )


def members(artifact: Artifact) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(artifact.file("root.tar")) as tar:
        return {member.name.removeprefix("./"): member for member in tar}


def text(artifact: Artifact, name: str) -> str:
    with tarfile.open(artifact.file("root.tar")) as tar:
        stream = tar.extractfile(f"./{name}")
        assert stream is not None
        return stream.read().decode()


def test_packages_come_from_the_parents_own_source_and_start_nothing(
    tmp_path: Path, parent: Path
) -> None:
    said: list[str] = []
    log = text(build(tmp_path, parent, said), "apt.log")
    source = "-o Dir::Etc::SourceList=/etc/apt/sources.list.debian -o Dir::Etc::SourceParts=-"
    assert [line for line in log.splitlines() if line.startswith("apt-get")] == [
        f"apt-get {source} update --error-on=any",
        f"apt-get {source} install --yes --no-install-recommends -- nginx php8.2-fpm",
        "apt-get clean",
    ]
    assert log.count("services: 101") == 3, "policy-rc.d refuses every start (101)"
    assert log.count("a resolver") == 3, "the host's, for the time of the build"
    assert "Setting up nginx" in said
    assert "the role's script, after APT" in said


def test_the_parents_tree_is_kept_and_nothing_of_the_build_stays(
    tmp_path: Path, parent: Path
) -> None:
    role = build(tmp_path, parent, [])
    tree = members(role)
    assert text(role, "etc/role") == "made\n"
    assert role.file("dpkg-status").read_text() == "Package: dash\n"
    assert "deb.debian.org" in role.file("sources.list").read_text()
    word = tree["home/stagiaire/mot"]
    assert (word.uid, word.gid, word.mode) == (1000, 1000, 0o640)
    for left in (
        "customize",
        "etc/resolv.conf",
        "etc/hostname",
        "etc/apt/sources.list",
        "etc/apt/apt.conf.d/00mmdebstrap",
        "etc/dpkg/dpkg.cfg.d/99mmdebstrap",
        "usr/sbin/policy-rc.d",
    ):
        assert left not in tree
    assert not [name for name in tree if name.startswith("etc/apt/sources.list.d/")]


def test_a_role_that_fails_shows_apts_last_words_and_leaves_no_tree(
    tmp_path: Path, parent: Path, scratch: Path
) -> None:
    with pytest.raises(LabError, match="Unable to locate package introuvable"):
        build(tmp_path, parent, [], recipe("web", ["introuvable"], parent="base"))
    assert list(scratch.iterdir()) == []
    assert list((tmp_path / "images").glob(".build-*")) == []
    assert str(scratch) not in Path("/proc/self/mounts").read_text()
