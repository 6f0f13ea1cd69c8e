"""The disk that machines see, as APT and debugfs see it."""

import re
import subprocess
from pathlib import Path

import pytest
from bundle_bench import NOBODY, Bench, archive_of, build_deb

from pcapra_lab.content.bundle import BundleKind
from pcapra_lab.errors import EnvironmentProblem, LabError, VmError
from pcapra_lab.lab.bundle import disk, guest, pinning
from pcapra_lab.lab.bundle.bringing import WrongFile
from pcapra_lab.lab.bundle.disk import DISK, build_disk, find_disk
from pcapra_lab.lab.images.signing import signing_key
from pcapra_lab.lab.images.store import Artifact, Store
from pcapra_lab.lab.progress import ignore
from pcapra_lab.remote.result import CommandResult


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    # Nothing here belongs to another account: no sub-uid range is needed.
    for module in ("depot", "store"):
        monkeypatch.setattr(f"pcapra_lab.lab.images.{module}.namespace_argv", list)
    monkeypatch.setenv("PATH", "/usr/bin:/bin:/usr/sbin:/sbin")
    return Bench(tmp_path)


def store(bench: Bench) -> Store:
    return Store(bench.folder / "images")


def bring(bench: Bench, name: str, source: Path, kind: BundleKind) -> None:
    bench.declare(name, kind=kind)
    with pinning.weighed(bench.library, name, source, ignore, NOBODY) as one:
        pinning.keep(bench.library, one, ignore, NOBODY)


def build(bench: Bench) -> Artifact:
    return build_disk(store(bench), bench.library, ["essai"], NOBODY)


def debugfs(raw: Path, request: str) -> str:
    done = subprocess.run(
        ["debugfs", "-R", request, str(raw)], check=True, capture_output=True, text=True
    )
    return done.stdout


def listing(raw: Path, folder: str) -> dict[str, str]:
    """Modes by name."""
    rows = [row.split("/") for row in debugfs(raw, f"ls -p {folder}").splitlines() if row]
    return {row[5]: row[2] for row in rows if row[5] not in (".", "..", "lost+found")}


def test_each_kind_has_its_place(bench: Bench) -> None:
    sources = bench.folder / "sources"
    sources.mkdir()
    one, two = build_deb(sources, "un"), build_deb(sources, "deux", "3.1")
    (sources / "outil").write_bytes(b"#!/bin/sh\n")
    (sources / "image.oci").write_bytes(bytes(100_000))
    bring(bench, "deux.tar", archive_of(sources / "a.tar", two), BundleKind.DEBS)
    bring(bench, one.name, one, BundleKind.DEB)
    bring(bench, "outil", sources / "outil", BundleKind.BINARY)
    bring(bench, "image.oci", sources / "image.oci", BundleKind.OCI)
    assert find_disk(store(bench), bench.library, ["essai"]) is None
    made = build(bench)
    raw = made.file(DISK)
    assert set(listing(raw, "/")) == {"paquets", "essai"}
    assert listing(raw, "/essai") == {"outil": "100755", "image.oci": "100644"}
    packages = {one.name, two.name}
    assert set(listing(raw, "/paquets")) == {*packages, "Packages", "InRelease"}
    assert re.search(r"^Filesystem volume name: +bundle$", debugfs(raw, "stats"), re.MULTILINE)
    found = find_disk(store(bench), bench.library, ["essai"])
    assert found is not None and found.folder == made.folder
    assert build(bench).manifest.built_at == made.manifest.built_at, "made once"


def test_its_packages_are_signed_with_the_depots_key(bench: Bench, tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    bring(bench, "un_1.0_all.deb", build_deb(sources, "un"), BundleKind.DEB)
    tree = tmp_path / "monte"
    tree.mkdir()
    debugfs(build(bench).file(DISK), f"rdump /paquets {tree}")
    state = tmp_path / "apt"
    (state / "lists/partial").mkdir(parents=True)
    (state / "status").write_text("")
    key = signing_key(store(bench)).file("public.gpg")
    (state / "sources.list").write_text(f"deb [signed-by={key}] file:{tree}/paquets ./\n")
    options = {
        "Dir::Etc::SourceList": state / "sources.list",
        "Dir::Etc::SourceParts": "-",
        "Dir::Etc::Parts": "-",
        "Dir::State": state,
        "Dir::State::status": state / "status",
        "Dir::Cache": state,
        "APT::Sandbox::User": "",
        "Debug::NoLocking": "true",
    }
    apt = ["apt-get", *(f"-o={name}={value}" for name, value in options.items())]
    updated = subprocess.run([*apt, "update"], check=True, capture_output=True, text=True)
    assert "W:" not in updated.stderr + updated.stdout
    simulated = subprocess.run(
        [*apt, "install", "--simulate", "un"], check=True, capture_output=True, text=True
    )
    assert "Inst un (1.0" in simulated.stdout


def test_a_bundle_without_packages_needs_no_key(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "outil").write_bytes(b"#!/bin/sh\n")
    bring(bench, "outil", tmp_path / "outil", BundleKind.BINARY)
    assert set(listing(build(bench).file(DISK), "/")) == {"essai"}
    assert [a.manifest.kind for a in store(bench).all()] == ["lot"]


def test_another_file_makes_another_disk(bench: Bench, tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / "outil").write_bytes(b"%d" % number)
        bench.files.clear()
        bring(bench, "outil", tmp_path / "outil", BundleKind.BINARY)
        assert find_disk(store(bench), bench.library, ["essai"]) is None
        build(bench)
    assert len(store(bench).all()) == 2


def test_a_product_that_is_not_whole_makes_no_disk(bench: Bench) -> None:
    bench.declare("absent", b"...")
    with pytest.raises(LabError, match=r"absent : absent, le disque du lot") as caught:
        build(bench)
    assert caught.value.hint == "pcapra-lab bundle fetch essai"
    assert store(bench).all() == []


def test_a_file_that_rots_is_noticed_before_machines_get_it(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "outil").write_bytes(b"vrai")
    bring(bench, "outil", tmp_path / "outil", BundleKind.BINARY)
    path = bench.held("outil").path
    stat = path.stat()
    path.write_bytes(b"faux")
    bench.library.register.saw(path, bench.library.register.read().pins["outil"].sha256)
    assert stat.st_size == path.stat().st_size
    with pytest.raises(WrongFile, match="a changé depuis"):
        build(bench)
    assert not list(store(bench).root.glob(".build-*"))


def test_what_does_not_fit_is_refused_first(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "outil").write_bytes(b"vrai")
    bring(bench, "outil", tmp_path / "outil", BundleKind.BINARY)
    monkeypatch.setattr(disk, "free_disk_mib", lambda _folder: 1)
    with pytest.raises(EnvironmentProblem, match="place insuffisante"):
        build(bench)
    assert store(bench).all() == []


@pytest.mark.parametrize("what", ["text", "folder-out", "empty", "not-a-tar", "twice"])
def test_an_archive_that_does_not_hold_packages_is_refused(
    bench: Bench, tmp_path: Path, what: str
) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    path = sources / "lot.tar"
    deb = build_deb(sources, "un")
    (sources / "notes.txt").write_text("bonjour")
    if what == "not-a-tar":
        path.write_bytes(b"bonjour" * 200)
    elif what == "folder-out":
        (sources / "lien.deb").symlink_to("/etc/passwd")
        archive_of(path, sources / "lien.deb")
    else:
        members = {"text": [deb, sources / "notes.txt"], "empty": [], "twice": [deb, deb]}
        archive_of(path, *members[what])
    bring(bench, "lot.tar", path, BundleKind.DEBS)
    with pytest.raises(LabError, match="n'est pas une archive tar, non compressée"):
        build(bench)
    assert not list(store(bench).root.glob(".build-*"))


# -- inside a machine -----------------------------------------------------------------------


class Guest:
    """A machine whose root file system is a folder, and whose systemd is a shell script."""

    def __init__(self, root: Path, *, mounts: bool = True) -> None:
        self.root = root
        for folder in ("etc/apt/sources.list.d", "bin"):
            (root / folder).mkdir(parents=True)
        (root / "etc/fstab").write_text("/dev/vda / ext4 defaults 0 1\n")
        for program, status in (("systemctl", 0), ("sync", 0), ("mountpoint", 0 if mounts else 1)):
            path = root / "bin" / program
            path.write_text(f'#!/bin/sh\necho "{program} $*" >> {root}/calls\nexit {status}\n')
            path.chmod(0o755)

    def run(self, vm: str, argv: list[str], stdin: bytes, timeout: float) -> CommandResult:
        assert vm == "srv" and timeout > 0
        script = stdin.decode()
        for name in ("/etc/fstab", "/etc/apt", "/bundle"):
            script = script.replace(f" {name}", f" {self.root}{name}")
        done = subprocess.run(
            argv,
            input=script.encode(),
            capture_output=True,
            env={"PATH": f"{self.root}/bin:/usr/bin:/bin"},
            check=False,
        )
        return CommandResult(done.returncode, done.stdout, done.stderr)


def test_the_disk_is_mounted_read_only_at_each_boot(tmp_path: Path) -> None:
    machine = Guest(tmp_path / "vm")
    for _ in range(2):
        guest.mount(["srv"], machine.run)
    fstab = (machine.root / "etc/fstab").read_text().splitlines()
    assert len(fstab) == 2, "written once"
    device, place, kind, options, *_ = fstab[1].split()
    assert device == "/dev/disk/by-id/virtio-bundle" and kind == "ext4"
    assert place.endswith("/bundle")
    assert {"ro", "nofail", "nosuid", "nodev"} <= set(options.split(","))
    assert "x-systemd.before=pcapra-sshd.service" in options
    calls = (machine.root / "calls").read_text().splitlines()
    assert "systemctl start bundle.mount" in calls
    assert calls[-1].startswith("sync -f"), "a power cut must not lose it"
    assert not (machine.root / "etc/apt/sources.list.d/bundle.sources").exists()


def test_its_packages_are_offered_to_apt_where_there_are_some(tmp_path: Path) -> None:
    machine = Guest(tmp_path / "vm")
    (machine.root / "bundle/paquets").mkdir(parents=True)
    (machine.root / "bundle/paquets/InRelease").write_text("")
    guest.mount(["srv"], machine.run)
    text = (machine.root / "etc/apt/sources.list.d/bundle.sources").read_text()
    assert "URIs: file:/bundle/paquets\n" in text
    assert text.rstrip().endswith("/etc/apt/keyrings/pcapra-depot.gpg")


def test_a_disk_that_does_not_mount_is_told(tmp_path: Path) -> None:
    with pytest.raises(VmError, match=r"srv : le lot du formateur ne se monte pas"):
        guest.mount(["srv"], Guest(tmp_path / "vm", mounts=False).run)
