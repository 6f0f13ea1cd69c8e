"""A host on paper for the doctor: programs made of shell, a daemon that is a double."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fake_hypervisor import FakeHypervisor

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.errors import EnvironmentProblem
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.daemons import Daemons
from pcapra_lab.lab.doctor import Finding, examine, resources, software, terminal
from pcapra_lab.lab.doctor.software import PROGRAMS
from pcapra_lab.lab.paths import Paths

GREETING = '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}}}}'
QEMU_SCRIPT = f"""#!/bin/sh
[ "$1" = --version ] && echo "QEMU emulator version 7.2.0" && exit
echo '{GREETING}'
while read -r line; do case "$line" in *quit*) exit 0;; esac; done
exit 1
"""


@dataclass
class FakeDaemons(Daemons):
    """Daemons on paper."""

    awake: bool = True
    problem: EnvironmentProblem | None = None
    hypervisor: FakeHypervisor = field(default_factory=FakeHypervisor)
    stopped: int = 0
    uri = "qemu:///system"

    def running(self) -> bool:
        return self.awake

    def connect(self) -> FakeHypervisor:  # type: ignore[override]  # a double of what it gives
        if self.problem:
            raise self.problem
        return self.hypervisor

    def stop_if_idle(self) -> None:
        if self.hypervisor.active() == 0:
            self.stopped += 1


def make_installation(
    tmp_path: Path, daemons: FakeDaemons, monkeypatch: pytest.MonkeyPatch
) -> Installation:
    """The course of this repository, on a Debian 12 that has everything the lab needs."""
    made = Installation(
        Paths(tmp_path / "cache", tmp_path / "data", tmp_path / "state"), Catalogue.load()
    )
    made.daemons = daemons
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    for program in (*PROGRAMS, "unshare", "true"):
        (bin_folder / program).write_text("#!/bin/sh\nexit 0\n")
        (bin_folder / program).chmod(0o755)
    (bin_folder / "qemu-system-x86_64").write_text(QEMU_SCRIPT)
    monkeypatch.setenv("PATH", str(bin_folder))
    monkeypatch.setenv("TMPDIR", str(bin_folder))
    monkeypatch.setattr(software, "KEYRING", bin_folder / "qemu-img")
    release = tmp_path / "os-release"
    release.write_text('ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n')
    monkeypatch.setattr(software, "RELEASE", release)
    which = shutil.which
    # The doctor also looks in the host's own sbin.
    monkeypatch.setattr("shutil.which", lambda name, path=None: which(name, path=str(bin_folder)))
    monkeypatch.setattr(software, "namespace_problem", lambda: None)
    monkeypatch.setattr(software, "namespace_argv", lambda: ["unshare", "--user", "--"])
    monkeypatch.setattr(resources, "free_memory_mib", lambda: 8192)
    monkeypatch.setattr(resources, "total_memory_mib", lambda: 16384)
    monkeypatch.setattr(resources, "free_disk_mib", lambda _folder: 500_000)
    monkeypatch.setattr(terminal, "_size", lambda: None)
    return made


def find(installation: Installation, subject: str) -> Finding:
    [found] = [f for f in examine(installation) if f.subject == subject]
    return found
