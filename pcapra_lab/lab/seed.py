"""The seed disk: a machine's identity, as a plain tar archive read once at its first boot."""

import io
import os
import tarfile
from pathlib import Path

from pcapra_lab.lab.plan import LAN_PREFIX, LabPlan, VmPlan
from pcapra_lab.remote.keys import KeyPair

_EPOCH = 1640995200
"""Members' time stamp: fixed, so that the same identity gives the same archive."""


def write_seed(
    path: Path, plan: LabPlan, vm: VmPlan, host: KeyPair, lan: KeyPair, lab: str
) -> None:
    """Write the seed of ``vm``.

    Args:
        host: host key of the management sshd.
        lan: host key of the trainee's sshd, seen by the other machines.
        lab: the lab's public key, allowed in as root and as the trainee.
    """
    scratch = path.with_suffix(".new")
    scratch.unlink(missing_ok=True)
    # It holds private keys: nobody else's from its first byte on.
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with (
        os.fdopen(handle, "wb") as stream,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for name, text, mode in _members(plan, vm, host, lan, lab):
            info = tarfile.TarInfo(name)
            data = text.encode()
            info.size, info.mode, info.mtime = len(data), mode, _EPOCH
            tar.addfile(info, io.BytesIO(data))
    scratch.rename(path)


def _members(
    plan: LabPlan, vm: VmPlan, host: KeyPair, lan: KeyPair, lab: str
) -> list[tuple[str, str, int]]:
    authorized = f"{lab} pcapra-lab\n"
    folder = "etc/ssh/pcapra"
    return [
        ("etc/hostname", f"{vm.name}\n", 0o644),
        ("etc/hosts", _hosts(plan), 0o644),
        ("etc/systemd/network/20-eth0.network", _lan(vm), 0o644),
        ("etc/systemd/network/20-mgmt.network", _mgmt(vm), 0o644),
        (f"{folder}/host_key", host.private, 0o600),
        (f"{folder}/host_key.pub", f"{host.public}\n", 0o644),
        (f"{folder}/authorized_keys.d/root", authorized, 0o644),
        (f"{folder}/authorized_keys.d/stagiaire", authorized, 0o644),
        ("etc/ssh/ssh_host_ed25519_key", lan.private, 0o600),
        ("etc/ssh/ssh_host_ed25519_key.pub", f"{lan.public} root@{vm.name}\n", 0o644),
    ]


def _hosts(plan: LabPlan) -> str:
    # No 127.0.1.1 line: cluster daemons would bind their own name to the loopback.
    lines = ["127.0.0.1\tlocalhost", *(f"{vm.address}\t{vm.name}" for vm in plan.vms)]
    return "\n".join([*lines, "::1\tlocalhost ip6-localhost ip6-loopback", ""])


def _lan(vm: VmPlan) -> str:
    return (
        "[Match]\nName=eth0\n\n[Network]\n"
        f"Address={vm.address}/{LAN_PREFIX}\n"
        "LinkLocalAddressing=no\nIPv6AcceptRA=no\nLLDP=no\n"
    )


def _mgmt(vm: VmPlan) -> str:
    # No gateway: the only way out of a guest is the forwarded port.
    return (
        "[Match]\nName=mgmt\n\n[Network]\n"
        f"Address={vm.mgmt_address}/24\n"
        "LinkLocalAddressing=no\nIPv6AcceptRA=no\nLLDP=no\n"
    )
