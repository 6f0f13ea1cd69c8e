"""``setup/host.sh``: what is missing is installed, on a computer that is not at its best."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "setup/host.sh"


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A computer without any of the packages; what apt-get was asked is in ``log``."""
    programs = {
        "dpkg-query": "exit 1",
        "sudo": 'exec "$@"',
        "apt-get": f'echo "$@" >> "{tmp_path}/log"; [ "$1" = install ] || exit 100',
    }
    for name, body in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path


def _without_rights(host: Path) -> None:
    """The account of whoever runs the script is not root's."""
    (host / "id").write_text("#!/bin/sh\necho 1000\n")
    (host / "id").chmod(0o755)


def test_a_repository_that_is_gone_does_not_keep_the_others_from_serving(host: Path) -> None:
    done = subprocess.run(["sh", SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "n'ont pas répondu" in done.stderr
    update, install = (host / "log").read_text().splitlines()
    assert update == "update -q"
    assert "qemu-system-x86" in install.split()
    # The automatic updates of a computer that has just started.
    assert "DPkg::Lock::Timeout=600" in install.split()


def test_packages_that_cannot_be_installed_are_a_failure(host: Path) -> None:
    (host / "apt-get").write_text("#!/bin/sh\nexit 100\n")
    assert subprocess.run(["sh", SCRIPT], capture_output=True, check=False).returncode == 100


def test_packages_ask_nothing_behind_sudo_either(host: Path) -> None:
    _without_rights(host)
    (host / "sudo").write_text('#!/bin/sh\nexec env -i PATH="$PATH" "$@"\n')
    (host / "apt-get").write_text(f'#!/bin/sh\necho "$1 ${{DEBIAN_FRONTEND:-}}" >> "{host}/log"\n')
    subprocess.run(["sh", SCRIPT], capture_output=True, check=True)
    assert (host / "log").read_text().splitlines()[-1] == "install noninteractive"


def test_a_password_refused_is_not_taken_for_a_repository_that_is_gone(host: Path) -> None:
    _without_rights(host)
    (host / "sudo").write_text("#!/bin/sh\nexit 1\n")
    done = subprocess.run(["sh", SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert "n'a pas donné les droits" in done.stderr and "n'ont pas répondu" not in done.stderr
    assert not (host / "log").exists(), "apt-get is not asked for anything"
