"""The two README commands on a machine that has nothing: a clean Debian 12, entered as root.

The clean system runs in name spaces of its own (mounts, processes), so that whatever it starts
ends with it. It prints what the commands installed.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.bare,
    pytest.mark.skipif(os.geteuid() != 0, reason="enters a root file system: needs root"),
]

ROOT = Path(__file__).resolve().parents[2]
RESOLVER = Path("/etc/resolv.conf")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
# What a person has before the README's first command: make, git, and certificates.
PREREQUISITES = "make,git,ca-certificates"
ENTER = """
set -e
root=$1; shift
# A mount point, as the root of a machine is: libvirtd gets mounts of its own under it.
mount --bind "$root" "$root"
mount --rbind /dev "$root/dev"
mount -t sysfs sysfs "$root/sys"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/run"
exec chroot "$root" "$@"
"""


class Machine:
    """A clean root file system, and commands run in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, command: str, timeout: float) -> subprocess.CompletedProcess[str]:
        environment = [
            "HOME=/root",
            "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
            "PCAPRA_HOME=/srv/lab",
        ]
        if "SSL_CERT_FILE" in os.environ:
            environment.append(f"SSL_CERT_FILE={CERTIFICATES}")
        return subprocess.run(
            [
                *("unshare", "--mount", "--pid", "--fork", "--kill-child", "--"),
                *("sh", "-c", ENTER, "sh", str(self.root)),
                *("env", "-i", *environment, "sh", "-c", f"cd /srv/pcapra-lab && {command}"),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def packages(self) -> set[str]:
        status = (self.root / "var/lib/dpkg/status").read_text()
        return {
            line.removeprefix("Package: ")
            for line in status.splitlines()
            if line.startswith("Package: ")
        }


@pytest.fixture
def machine() -> Iterator[Machine]:
    base = Path("/var/lib") / f"pcapra-bare-{os.getpid()}"
    base.mkdir()
    root = base / "root"
    try:
        subprocess.run(
            [
                *("mmdebstrap", "--quiet", "--variant=minbase", "--format=directory"),
                *(f"--include={PREREQUISITES}", "bookworm", str(root)),
            ],
            check=True,
            timeout=600,
            env={**os.environ, "TMPDIR": str(base)},
        )
        # The host's way to the network: its resolver, and the certificates of a proxy if any.
        for path in (RESOLVER, CERTIFICATES):
            (root / path.relative_to("/")).write_text(path.read_text())
        subprocess.run(
            ["git", "clone", "--quiet", "--no-local", str(ROOT), str(root / "srv/pcapra-lab")],
            check=True,
        )
        yield Machine(root)
    finally:
        subprocess.run(["rm", "-rf", "--one-file-system", str(base)], check=True)


def test_two_commands_from_nothing(machine: Machine) -> None:
    before = machine.packages()
    wanted = (ROOT / "setup/debian-packages.txt").read_text()

    lab = machine.run("make lab", timeout=3600)
    assert lab.returncode == 0, lab.stdout[-3000:] + lab.stderr[-3000:]
    assert "✔ installation" in lab.stdout

    installed = machine.packages() - before
    for line in wanted.splitlines():
        if line and not line.startswith("#"):
            assert line in installed | before, f"{line} is listed and was not installed"
    print(f"{len(installed)} Debian packages installed: {' '.join(sorted(installed))}")

    again = machine.run("make venv && .venv/bin/pcapra-lab image build", timeout=60)
    assert again.returncode == 0, again.stderr[-2000:]

    fast = machine.run("make fast", timeout=1800)
    assert fast.returncode == 0, fast.stdout[-3000:] + fast.stderr[-3000:]
