"""The accelerator is chosen by a boot: here, of a QEMU made of shell."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import pytest

from pcapra_lab.errors import EnvironmentProblem
from pcapra_lab.lab import accel
from pcapra_lab.lab.accel import choose
from pcapra_lab.lab.daemons import await_true, start_time
from pcapra_lab.lab.domain import Accelerator

MARKER = "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)"


class Qemu(Protocol):
    def __call__(self, body: str, version: str = "7.2.0") -> None: ...


@pytest.fixture
def qemu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Qemu:
    """Puts a QEMU on PATH: a shell body run instead of a boot. Trials are counted in a file."""
    monkeypatch.delenv("PCAPRA_ACCEL", raising=False)
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    real = Path.exists
    monkeypatch.setattr(Path, "exists", lambda p: str(p) == "/dev/kvm" or real(p))
    monkeypatch.setattr("os.access", lambda *_: True)

    def install(body: str, version: str = "7.2.0") -> None:
        script = folder / "qemu-system-x86_64"
        script.write_text(
            f'#!/bin/sh\n[ "$1" = --version ] && echo "QEMU emulator version {version}" && exit\n'
            f'echo "$@" >> "{tmp_path}/trials"\n{body}\n'
        )
        script.chmod(0o755)

    return install


def trials(tmp_path: Path) -> list[str]:
    path = tmp_path / "trials"
    return path.read_text().splitlines() if path.exists() else []


def test_a_kernel_that_gets_through_its_start_proves_kvm(qemu: Qemu, tmp_path: Path) -> None:
    qemu(f"echo Probing EDD; echo '{MARKER}'")
    verdict = choose(lambda: tmp_path / "vmlinuz", tmp_path / "cache.json")
    assert verdict.accelerator is Accelerator.KVM
    assert "accel=kvm" in trials(tmp_path)[0]
    assert f"-kernel {tmp_path}/vmlinuz" in trials(tmp_path)[0]
    assert verdict.words == "accélération matérielle (KVM)"


def test_a_kernel_that_hangs_falls_back_within_the_deadline(
    qemu: Qemu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accel, "KVM_DEADLINE", 0.5)
    qemu("echo Probing EDD; exec sleep 100")
    verdict = choose(lambda: tmp_path / "vmlinuz", tmp_path / "cache.json")
    assert verdict.accelerator is Accelerator.TCG
    assert "Probing EDD" in verdict.why


@pytest.mark.parametrize("body", ["echo 'failed to initialize kvm' >&2; exit 1", "echo Linux"])
def test_a_qemu_that_fails_or_ends_early_falls_back(qemu: Qemu, tmp_path: Path, body: str) -> None:
    qemu(body)
    verdict = choose(lambda: tmp_path / "vmlinuz", tmp_path / "cache.json")
    assert verdict.accelerator is Accelerator.TCG
    assert verdict.reason


def test_the_verdict_is_kept_for_this_boot_and_this_qemu(
    qemu: Qemu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel, cache = tmp_path / "vmlinuz", tmp_path / "cache.json"
    qemu(f"echo '{MARKER}'")
    first = choose(lambda: kernel, cache)
    assert choose(lambda: kernel, cache) == first
    assert len(trials(tmp_path)) == 1
    qemu("exit 1", version="8.2.0")
    assert choose(lambda: kernel, cache).accelerator is Accelerator.TCG
    assert len(trials(tmp_path)) == 2
    monkeypatch.setattr(accel, "_boot_id", lambda: "un autre démarrage")
    choose(lambda: kernel, cache)
    assert len(trials(tmp_path)) == 3
    assert json.loads(cache.read_text())["accelerator"] == "tcg"


def test_a_host_without_the_device_or_the_right_is_told_so(
    qemu: Qemu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    qemu(f"echo '{MARKER}'")
    monkeypatch.setattr("os.access", lambda *_: False)
    verdict = choose(lambda: tmp_path / "vmlinuz", tmp_path / "cache.json")
    assert verdict.accelerator is Accelerator.TCG and "groupe kvm" in verdict.reason
    monkeypatch.setattr(Path, "exists", lambda _path: False)
    verdict = choose(lambda: tmp_path / "vmlinuz", tmp_path / "other.json")
    assert verdict.accelerator is Accelerator.TCG and "absent" in verdict.reason
    assert trials(tmp_path) == []


def test_who_has_entered_the_group_kvm_need_not_restart_the_host(
    qemu: Qemu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    qemu(f"echo '{MARKER}'")
    kernel, cache = tmp_path / "vmlinuz", tmp_path / "cache.json"
    with monkeypatch.context() as patch:
        patch.setattr("os.access", lambda *_: False)
        assert choose(lambda: kernel, cache).accelerator is Accelerator.TCG
    assert choose(lambda: kernel, cache).accelerator is Accelerator.KVM


@pytest.mark.parametrize("forced", list(Accelerator))
def test_the_environment_decides_without_a_trial(
    qemu: Qemu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forced: Accelerator
) -> None:
    qemu("exit 1")
    monkeypatch.setenv("PCAPRA_ACCEL", forced.value)
    assert choose(lambda: tmp_path / "vmlinuz", tmp_path / "cache.json").accelerator is forced
    assert trials(tmp_path) == []
    assert not (tmp_path / "cache.json").exists()


def test_an_unknown_choice_and_a_missing_qemu_are_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PCAPRA_ACCEL", "xen")
    with pytest.raises(EnvironmentProblem, match="« xen »"):
        choose(lambda: tmp_path / "vmlinuz", tmp_path / "cache.json")
    monkeypatch.delenv("PCAPRA_ACCEL")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnvironmentProblem, match="introuvable"):
        choose(lambda: tmp_path / "vmlinuz", tmp_path / "cache.json")


ORPHAN_TRIAL = """\
import os
from pathlib import Path
from pcapra_lab.lab import accel
Path.exists = lambda path: True
os.access = lambda *_: True
accel._try_kvm(Path("vmlinuz"))
"""


def test_a_kernel_that_hangs_does_not_outlive_a_killed_program(qemu: Qemu, tmp_path: Path) -> None:
    told = tmp_path / "pid"
    qemu(f"echo $$ > {told}.new; mv {told}.new {told}; exec sleep 100")
    program = subprocess.Popen([sys.executable, "-c", ORPHAN_TRIAL])
    try:
        assert await_true(told.exists, timeout=20)
        started = start_time(int(told.read_text()))
        assert started
    finally:
        program.kill()
        program.wait()
    # Whoever adopts it may be slow to reap it: a zombie runs no more.
    gone = await_true(lambda: not runs(int(told.read_text()), started), timeout=10)
    assert gone


def runs(pid: int, started: str) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return start_time(pid) == started and "State:\tZ" not in status


def test_a_daemon_that_may_not_use_kvm_says_how_to_replace_it(qemu: Qemu, tmp_path: Path) -> None:
    qemu(f"echo '{MARKER}'")
    kernel, cache = tmp_path / "vmlinuz", tmp_path / "cache.json"
    assert choose(lambda: kernel, cache).accelerator is Accelerator.KVM
    hindered = choose(lambda: kernel, cache, lambda: True)
    assert hindered.accelerator is Accelerator.TCG and "pcapra-lab down" in hindered.why
    assert choose(lambda: kernel, cache).accelerator is Accelerator.KVM, "not kept"
