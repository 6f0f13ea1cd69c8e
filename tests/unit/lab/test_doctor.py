"""The doctor's findings on hosts that lack something. No daemon is started: a double stands in."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fake_hypervisor import FakeHypervisor

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.errors import EnvironmentProblem
from pcapra_lab.lab import doctor
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.daemons import Daemons
from pcapra_lab.lab.doctor import PROGRAMS, Finding, Severity, examine, host_packages
from pcapra_lab.lab.images import namespace
from pcapra_lab.lab.paths import Paths


@dataclass
class FakeDaemons(Daemons):
    """Daemons on paper."""

    awake: bool = True
    problem: EnvironmentProblem | None = None
    stopped: int = 0

    def running(self) -> bool:
        return self.awake

    def connect(self) -> FakeHypervisor:  # type: ignore[override]
        if self.problem:
            raise self.problem
        return FakeHypervisor()

    def stop_ours(self) -> None:
        self.stopped += 1


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """The course of this repository, on a Debian 12 where every program is there."""
    made = Installation(
        Paths(tmp_path / "cache", tmp_path / "data", tmp_path / "state"), Catalogue.load()
    )
    made.daemons = FakeDaemons()
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    for program in PROGRAMS:
        (bin_folder / program).write_text("#!/bin/sh\necho QEMU emulator version 7.2.0\n")
        (bin_folder / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(bin_folder))
    monkeypatch.setattr(doctor, "KEYRING", bin_folder / "qemu-img")
    which = shutil.which
    # The doctor also looks in the host's own sbin.
    monkeypatch.setattr("shutil.which", lambda name, path=None: which(name, path=str(bin_folder)))
    monkeypatch.setattr(doctor, "namespace_problem", lambda: None)
    monkeypatch.setattr(doctor, "free_memory_mib", lambda: 8192)
    monkeypatch.setattr(doctor, "free_disk_mib", lambda _folder: 50_000)
    return made


def find(installation: Installation, subject: str) -> Finding:
    [found] = [f for f in examine(installation) if f.subject == subject]
    return found


def test_a_complete_host_has_nothing_blocking(installation: Installation) -> None:
    findings = list(examine(installation))
    subjects = [f.subject for f in findings]
    assert len(set(subjects)) == len(subjects)
    assert find(installation, "programmes").severity is Severity.OK
    assert "7.2.0" in find(installation, "programmes").seen
    assert find(installation, "images").remedy == "pcapra-lab image build"
    for finding in findings:
        assert finding.seen
        assert finding.severity is Severity.OK or finding.remedy, f"no remedy: {finding}"


def test_missing_programs_are_named_with_their_packages(
    installation: Installation, tmp_path: Path
) -> None:
    (tmp_path / "bin/mmdebstrap").unlink()
    (tmp_path / "bin/apt-ftparchive").unlink()
    found = find(installation, "programmes")
    assert found.severity is Severity.BLOCKING
    assert "mmdebstrap" in found.seen and "apt-ftparchive" in found.seen
    assert found.packages == ("apt-utils", "mmdebstrap")
    assert found.remedy == "sudo apt install apt-utils mmdebstrap"


def test_every_program_is_in_a_package_that_the_repository_installs(
    installation: Installation,
) -> None:
    packages = host_packages()
    assert len(set(packages)) == len(packages)
    assert not any(p.startswith("#") for p in packages)
    for program, package in PROGRAMS.items():
        assert any(p.startswith(package) for p in packages), f"{program}: {package}"


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ('ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n', Severity.OK),
        ('ID=debian\nVERSION_ID="13"\nPRETTY_NAME="Debian 13"\n', Severity.OK),
        ('ID=ubuntu\nVERSION_ID="24.04"\nPRETTY_NAME="Ubuntu"\n', Severity.WARNING),
        ('ID=debian\nVERSION_ID="11"\nPRETTY_NAME="Debian 11"\n', Severity.BLOCKING),
        ("ID=arch\n", Severity.BLOCKING),
    ],
)
def test_systems(
    installation: Installation,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    severity: Severity,
) -> None:
    (tmp_path / "os-release").write_text(text)
    real = Path
    monkeypatch.setattr(
        doctor,
        "Path",
        lambda *parts: tmp_path / "os-release" if parts == ("/etc/os-release",) else real(*parts),
    )
    assert find(installation, "système").severity is severity


def test_what_does_not_fit_is_said_with_numbers(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "free_memory_mib", lambda: 500)
    memory = find(installation, "mémoire")
    assert memory.severity is Severity.WARNING
    assert "500 Mio libres" in memory.seen and "sauvegarde (1128 Mio)" in memory.seen
    monkeypatch.setattr(doctor, "free_disk_mib", lambda _folder: 10)
    disk = find(installation, "disque")
    assert disk.severity is Severity.BLOCKING
    assert "10 Mio libres" in disk.seen


def test_a_terminal_without_accents_is_reported(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("locale.getpreferredencoding", lambda _set: "ANSI_X3.4-1968")
    assert find(installation, "terminal").remedy == "export LANG=C.UTF-8"


def test_a_daemon_that_fails_is_a_finding_not_a_crash(installation: Installation) -> None:
    installation.daemons = FakeDaemons(
        problem=EnvironmentProblem("libvirtd s'est arrêté", hint="lisez")
    )
    found = find(installation, "démon libvirt")
    assert (found.severity, found.seen, found.remedy) == (
        Severity.BLOCKING,
        "libvirtd s'est arrêté",
        "lisez",
    )


def test_a_daemon_started_for_the_look_is_stopped_again(installation: Installation) -> None:
    for awake, stops in ((True, 0), (False, 1)):
        daemons = FakeDaemons(awake=awake)
        installation.daemons = daemons
        assert find(installation, "démon libvirt").severity is Severity.OK
        assert daemons.stopped == stops


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """``/etc/subuid`` and ``/etc/subgid`` of an ordinary account called « elle »."""

    class Account:
        pw_name = "elle"

    monkeypatch.setattr(os, "geteuid", lambda: 1234)
    monkeypatch.setattr("pwd.getpwuid", lambda _uid: Account)
    monkeypatch.setattr("shutil.which", lambda _name: "/usr/bin/newuidmap")
    monkeypatch.setattr(namespace, "Path", lambda path: tmp_path / path.lstrip("/"))
    (tmp_path / "etc").mkdir()
    for name in ("subuid", "subgid"):
        (tmp_path / "etc" / name).write_text("")
    yield tmp_path / "etc"


@pytest.mark.parametrize(
    ("line", "good"),
    [
        ("elle:100000:65536\n", True),
        ("1234:100000:65536\n", True),
        ("elle:100000:1000\nelle:200000:65536\n", True),
        ("elle:100000:1000\n", False),
        ("lui:100000:65536\n", False),
        ("elle\n", False),
    ],
)
def test_sub_uid_ranges(tables: Path, line: str, good: bool) -> None:
    for name in ("subuid", "subgid"):
        (tables / name).write_text(line)
    problem = namespace.namespace_problem()
    assert (problem is None) is good
    if good:
        assert namespace.namespace_argv()[:2] == ["unshare", "--user"]
    else:
        assert problem is not None and "usermod --add-subuids" in problem.hint
        with pytest.raises(EnvironmentProblem, match="elle"):
            namespace.namespace_argv()


def test_root_needs_no_namespace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert namespace.namespace_argv() == []
