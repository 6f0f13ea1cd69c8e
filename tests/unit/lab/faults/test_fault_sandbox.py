"""The guests' scripts as root in a sandbox of its own mounts and links."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fault_bench import FaultBench, fault, lift, make_fault_bench
from namespaces import held

from pcapra_lab.errors import LabError, VmError


@pytest.fixture
def bench(tmp_path: Path) -> FaultBench:
    return make_fault_bench(tmp_path)


_UNSHARE = ["unshare", "--user", "--map-root-user", "--mount", "--net"]


@contextmanager
def sandbox(set_up: str, *arguments: str) -> Iterator[list[str]]:
    """Gives the words before a command that make it run inside."""
    with held(_UNSHARE, set_up, *arguments) as holder:
        enter = ["nsenter", f"--target={holder}", "--user", "--mount", "--net"]
        yield [*enter, "--preserve-credentials", "--"]


def test_a_full_disk_has_no_room_even_for_root_until_it_is_lifted(
    bench: FaultBench, tmp_path: Path
) -> None:
    disk = tmp_path / "disque"
    disk.mkdir()
    with sandbox(
        'mount -t tmpfs -o size=1m,mode=755 tmpfs "$1"; echo a > "$1/avant"', str(disk)
    ) as inside:
        bench.guests.inside = inside

        def write() -> subprocess.CompletedProcess[str]:
            script = f"dd if=/dev/zero of={disk}/apres bs=4096 count=1 && rm {disk}/apres"
            return subprocess.run(
                [*inside, "sh", "-c", script],
                capture_output=True,
                text=True,
                check=False,
                env={**os.environ, "LC_ALL": "C"},
            )

        assert write().returncode == 0
        one = bench.injector().inject(fault("disk-full", path=str(disk)))
        refused = write()
        assert refused.returncode != 0
        assert "No space left on device" in refused.stderr
        assert lift(bench, one) == ""
        assert write().returncode == 0
        listing = subprocess.run([*inside, "ls", "-A", str(disk)], capture_output=True, check=True)
        assert listing.stdout == b"apres\navant\n" or listing.stdout == b"avant\n"

        # Somebody made room by deleting the strange file: nothing is left to undo.
        one = bench.injector().inject(fault("disk-full", path=str(disk)))
        ballast = disk / f".pcapra-ballast-{one.id}"
        subprocess.run([*inside, "rm", str(ballast)], check=True)
        assert lift(bench, one) == "il n'en restait rien sur srv"

        # Unmounted, it cannot be emptied: it stays on record until it is mounted again.
        one = bench.injector().inject(fault("disk-full", path=str(disk)))
        subprocess.run([*inside, "mount", "--bind", str(tmp_path / "labs"), str(disk)], check=True)
        with pytest.raises(LabError, match=f"n'est plus monté sous {disk}"):
            lift(bench, one)
        subprocess.run([*inside, "umount", str(disk)], check=True)
        assert lift(bench, one) == ""
        assert write().returncode == 0


def test_a_folder_that_cannot_be_filled_is_refused(bench: FaultBench, tmp_path: Path) -> None:
    with pytest.raises(VmError, match="n'est pas un dossier"):
        bench.injector().inject(fault("disk-full", path=str(tmp_path / "absent")))
    disk = tmp_path / "disque"
    disk.mkdir()
    with sandbox('mount -t tmpfs -o ro tmpfs "$1"', str(disk)) as inside:
        bench.guests.inside = inside
        with pytest.raises(VmError, match="pas sur un système de fichiers où écrire"):
            bench.injector().inject(fault("disk-full", path=str(disk)))


LINKS = """
ip link add eth0 type veth peer name autre address {mac}
ip address add 192.168.1.10/24 dev eth0
ip link set eth0 up
ip link set autre up
"""


@pytest.mark.skipif(
    shutil.which("nft", path="/usr/sbin:/sbin:" + os.environ["PATH"]) is None,
    reason="the host needs no nft; guests have it",
)
def test_the_kernel_takes_the_partitions_table_and_gives_it_back(bench: FaultBench) -> None:
    macs = {vm.name: vm.lan_mac for vm in bench.plan.vms}
    with sandbox(LINKS.format(mac=macs["web"]).strip().replace("\n", "; ")) as inside:
        bench.guests.inside = inside
        assert bench.guests.real("nft")

        def rules() -> str:
            argv = [*inside, "nft", "list", "ruleset"]
            return subprocess.run(argv, capture_output=True, text=True, check=True).stdout

        # All three guests are this sandbox: the last table written holds.
        one = bench.injector().inject(fault("partition", None, a=["srv"], b=["web"]))
        assert "table netdev pcapra_fault_1" in rules()
        assert 'hook ingress device "eth0"' in rules()
        assert any(f"ether saddr {macs[vm]} drop" in rules() for vm in ("srv", "web"))
        lift(bench, one)
        assert rules() == ""
