"""A machine's files: identities that last, disks that stand on an image."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from fake_lab import DUO, Bench, make_bench

from pcapra_lab.errors import EnvironmentProblem
from pcapra_lab.lab import disks
from pcapra_lab.lab.disks import (
    QEMU_OVERHEAD_MIB,
    backing_folder,
    check_room,
    create_files,
    lab_key,
    remove_files,
)
from pcapra_lab.lab.images.catalog import BuiltImage
from pcapra_lab.lab.libvirt_backend import names_in_disks, parse_forwards
from pcapra_lab.lab.memory import cost_mib
from pcapra_lab.lab.plan import plan_lab

USERNET = """\
Hub -1 (mgmt):
  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ
  TCP[ESTABLISHED]   45       127.0.0.1 40123     10.213.1.15  1022     0     0
  TCP[HOST_FORWARD]  33       127.0.0.1 40123     10.213.1.15  1022     0     0
  TCP[HOST_FORWARD]  34       127.0.0.1 40124     10.213.1.15    80     0     0
  TCP[HOST_FORWARD]  35               *  8080     10.213.1.15  8080     0     0
  UDP[HOST_FORWARD]  36       127.0.0.1 40125     10.213.1.15    53     0     0
"""
"""QEMU 7.2, ``info usernet``."""

NODES: list[dict[str, Any]] = [
    {"ro": True, "file": "base.qcow2", "image": {"snapshots": [{"name": "d-un-autre", "id": "1"}]}},
    {"ro": False, "file": "srv.qcow2", "image": {"format": "file", "dirty-flag": False}},
    {
        "ro": False,
        "file": "srv.qcow2",
        "image": {
            "format": "qcow2",
            "snapshots": [
                {"name": "prepare-1", "id": "1", "vm-state-size": 479613, "vm-clock-sec": 0},
                {"name": "veille-20", "id": "2", "vm-state-size": 479613, "vm-clock-sec": 0},
            ],
        },
    },
    {"ro": True, "file": "semence.img", "image": {"format": "raw"}},
]
"""QEMU 7.2, ``query-named-block-nodes``: what matters of it."""


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return make_bench(tmp_path, monkeypatch)


def test_only_loopback_tcp_forwards_are_seen() -> None:
    found = [(f.host_port, f.guest_address, f.guest_port) for f in parse_forwards(USERNET)]
    assert found == [(40123, "10.213.1.15", 1022), (40124, "10.213.1.15", 80)]
    assert parse_forwards("") == []


def test_the_snapshots_in_a_machines_own_disks_are_told_from_its_images() -> None:
    assert names_in_disks(NODES) == {"prepare-1", "veille-20"}


def test_files_are_made_once_and_identities_stay(bench: Bench) -> None:
    plan = bench.plan
    srv = plan.vm("srv")
    create_files(plan, srv, bench.image("base"))
    key, seed = lab_key(plan), (srv.console_log.parent / "seed.tar").read_bytes()
    srv.root_disk.path.write_text("le travail du stagiaire")
    create_files(plan, srv, bench.image("base"))
    assert srv.root_disk.path.read_text() == "le travail du stagiaire"
    assert lab_key(plan) == key
    assert (srv.console_log.parent / "seed.tar").read_bytes() == seed


def test_removal_spares_the_depot_and_the_keys(bench: Bench) -> None:
    plan = bench.plan
    srv = plan.vm("srv")
    depot = bench.folder / "depot.raw"
    depot.write_text("paquets")
    create_files(plan, srv, bench.image("base"))
    remove_files(srv)
    remove_files(srv)
    assert depot.exists()
    assert not srv.root_disk.path.exists()
    assert {p.name for p in srv.console_log.parent.iterdir()} == {
        "hote",
        "hote.pub",
        "hote-lan",
        "hote-lan.pub",
    }


@pytest.mark.skipif(shutil.which("qemu-img") is None, reason="qemu-img is not installed")
def test_a_real_overlay_names_the_image_it_stands_on(tmp_path: Path) -> None:
    images = tmp_path / "images/image-base-1"
    images.mkdir(parents=True)
    (images / "disk.raw").write_bytes(b"\0" * 2**20)
    plan = plan_lab("duo", DUO, tmp_path / "labs/duo", tmp_path / "depot.raw", "sel")
    srv = plan.vm("srv")
    image = BuiltImage("base", "d", images / "disk.raw", images / "k", images / "i")
    create_files(plan, srv, image)
    assert backing_folder(srv.root_disk.path) == images
    assert backing_folder(images / "disk.raw") == images


ONE = 128 + QEMU_OVERHEAD_MIB
"""Host memory of one machine of the lab of two."""


@pytest.mark.parametrize(
    ("free", "running", "fits"),
    [
        (2 * ONE, 0, True),
        (2 * ONE - 1, 0, False),
        (ONE, 1, True),
        (ONE - 1, 1, False),
        (0, 2, True),
    ],
)
def test_machines_that_run_are_paid_and_only_the_others_are_asked_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, free: int, running: int, fits: bool
) -> None:
    monkeypatch.setattr(disks, "free_memory_mib", lambda: free)
    paid = cost_mib(bench.plan.vms[:running])
    if fits:
        check_room(bench.plan, 0, paid)
        return
    with pytest.raises(EnvironmentProblem) as caught:
        check_room(bench.plan, 0, paid)
    missing = (2 - running) * ONE
    more = " de plus" if running else ""
    assert f"il faut {missing} Mio{more} pour 2 machines" in caught.value.message
    assert f"{free} Mio sont libres" in caught.value.message


def test_a_disk_without_room_is_refused_with_figures(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disks, "free_disk_mib", lambda _folder: 255)
    check_room(bench.plan, 255)
    with pytest.raises(EnvironmentProblem, match=r"il faut 256 Mio dans .*, 255 Mio sont libres"):
        check_room(bench.plan, 256)
