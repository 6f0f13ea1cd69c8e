"""The doctor's word on acceleration, against a boot of our own: a device node proves nothing."""

import os
import subprocess
from pathlib import Path

import pytest
from lab_process import LabHome, lab_home

pytestmark = pytest.mark.e2e

KVM = Path("/dev/kvm")
BOOT_SECONDS = 30
PANIC = b"Unable to mount root fs"
"""A kernel without a root file system says it once its whole initialisation is behind it."""


def kernel_boots_under_kvm(home: LabHome) -> bool:
    """Whether the lab's kernel gets through its initialisation under KVM, found without the lab."""
    kernels = (home.root / "cache/images").glob("image-base-*/vmlinuz")
    kernel = max(kernels, key=lambda path: path.stat().st_mtime)
    argv = [
        *("qemu-system-x86_64", "-machine", "q35,accel=kvm", "-cpu", "host", "-m", "256"),
        *("-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio"),
        *("-kernel", str(kernel), "-append", "console=ttyS0 panic=-1"),
    ]
    try:
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=BOOT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as hung:
        return PANIC in (hung.stdout or b"")
    return PANIC in done.stdout


@pytest.mark.skipif(not KVM.exists(), reason="this host has no /dev/kvm")
def test_the_doctor_trusts_a_boot_and_not_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PCAPRA_ACCEL", raising=False)
    with lab_home() as home:
        built = home.run("image", "build", timeout=1800)
        assert built.returncode == 0, built.stderr
        works = os.access(KVM, os.R_OK | os.W_OK) and kernel_boots_under_kvm(home)

        findings = {one["subject"]: one for one in home.json("doctor", timeout=180)}

        found = findings["accélération"]
        assert findings["QEMU"]["severity"] == "ok", findings["QEMU"]
        if works:
            assert found["severity"] == "ok" and "(KVM)" in found["seen"], found
            pytest.skip("KVM works here: the doctor says so, and there is nothing to fall back on")
        assert found["severity"] == "warning"
        assert found["seen"].startswith("émulation logicielle (TCG)")
        assert "/dev/kvm existe, mais" in found["seen"] or "n'est pas accessible" in found["seen"]
        assert found["blocks"] == "", "everything works without it, only slower"
        assert found["remedy"]
