"""Memory and disk against the course: what does not fit is said, with what it blocks."""

from pathlib import Path

import pytest
from fake_doctor import FakeDaemons, find, make_installation
from fake_hypervisor import Domain

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.lab.accel import Verdict
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.doctor import Severity, resources
from pcapra_lab.lab.domain import Accelerator
from pcapra_lab.lab.files import write_json
from pcapra_lab.lab.images.catalog import ImageCatalog
from pcapra_lab.lab.memory import domain_prefix
from pcapra_lab.lab.power import VmPower


@pytest.fixture
def daemons() -> FakeDaemons:
    return FakeDaemons()


@pytest.fixture
def installation(
    tmp_path: Path, daemons: FakeDaemons, monkeypatch: pytest.MonkeyPatch
) -> Installation:
    return make_installation(tmp_path, daemons, monkeypatch)


COURSE = {
    "vm-images/depot.yaml": "schema_version: 1\ngroups: [{id: web, packages: [nginx]}]\n",
    "vm-images/images/base.yaml": (
        "schema_version: 1\nid: base\ntitle: Debian\npackages: [openssh-server]\n"
    ),
}


@pytest.fixture
def two_modules(installation: Installation, tmp_path: Path) -> Installation:
    """A course of two modules: the first on one small machine, the second on five."""
    root = tmp_path / "cours"
    files = dict(COURSE)
    for number, (topology, count) in enumerate((("seule", 1), ("grappe", 5)), start=1):
        files[f"modules/{number}-m/module.yaml"] = (
            f"schema_version: 1\nid: {number}-m\nnumber: '{number}'\ntitle: M\nsummary: S\n"
            "lessons: [{id: 01-l, title: L}]\n"
        )
        files[f"exercises/ex{number}/exercise.yaml"] = (
            f"schema_version: 1\nid: ex{number}\ntitle: T\nlesson: {number}-m/01-l\n"
            f"level: reel\ntopology: {topology}\nduration: 30m\nsteps:\n"
            "  - id: un\n    title: Un\n    hints: [Lisez.]\n"
            "    checks: [{id: c, type: command, vm: m1, title: C, hint: H, run: ['true']}]\n"
            "    solution: [{vm: m1, script: s.sh}]\n"
        )
        files[f"exercises/ex{number}/s.sh"] = "#!/bin/sh\n"
        vms = "".join(
            f"  - {{name: m{i}, title: t, address: 192.168.1.1{i}, memory_mib: 384}}\n"
            for i in range(1, count + 1)
        )
        files[f"vm-images/topologies/{topology}.yaml"] = (
            f"schema_version: 1\nid: {topology}\ntitle: T\nvms:\n{vms}"
        )
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    installation.catalogue = Catalogue.load(root)
    return installation


@pytest.mark.parametrize(
    ("free", "total", "severity", "blocks"),
    [
        (2820, 4096, Severity.OK, ""),
        (2819, 4096, Severity.WARNING, "les leçons du module 2 (5 machines)"),
        (500, 4096, Severity.WARNING, "toutes les leçons"),
        (500, 2048, Severity.WARNING, "toutes les leçons"),
        (300, 512, Severity.BLOCKING, "toutes les leçons"),
    ],
)
def test_memory_is_compared_with_each_topologys_plan(
    two_modules: Installation,
    monkeypatch: pytest.MonkeyPatch,
    free: int,
    total: int,
    severity: Severity,
    blocks: str,
) -> None:
    monkeypatch.setattr(resources, "free_memory_mib", lambda: free)
    monkeypatch.setattr(resources, "total_memory_mib", lambda: total)
    found = find(two_modules, "mémoire")
    assert (found.severity, found.blocks) == (severity, blocks)
    assert f"{free} Mio libres" in found.seen
    if severity is not Severity.OK:
        assert "grappe (2820 Mio)" in found.seen
        assert ("un ordinateur qui a plus de 2820 Mio" in found.remedy) is (total < 2820)


def test_idle_labs_count_as_memory_that_can_be_had(
    two_modules: Installation, daemons: FakeDaemons, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "free_memory_mib", lambda: 2500)
    (two_modules.paths.labs / "ancien").mkdir(parents=True)
    name = f"{domain_prefix('ancien', str(two_modules.paths.data))}m1"
    daemons.hypervisor.domains[name] = Domain(name, VmPower.RUNNING, memory_mib=384)
    found = find(two_modules, "mémoire")
    assert found.severity is Severity.WARNING, "its images are gone: it cannot be parked"
    monkeypatch.setattr("pcapra_lab.lab.memory.Ground.load", lambda _folder: object())
    found = find(two_modules, "mémoire")
    assert found.severity is Severity.OK
    assert "2500 Mio libres, 3064 en endormant ancien" in found.seen


@pytest.mark.parametrize(
    ("free", "ready", "severity", "blocks"),
    [
        (6500, True, Severity.OK, ""),
        (3000, True, Severity.WARNING, "les leçons du module 2 (5 machines)"),
        (1000, True, Severity.BLOCKING, "toutes les leçons"),
        (4000, False, Severity.BLOCKING, "toutes les leçons"),
        (6500, False, Severity.WARNING, "les leçons du module 2 (5 machines)"),
        (9000, False, Severity.OK, ""),
    ],
)
def test_disk_is_compared_with_what_is_to_be_built_and_kept(
    two_modules: Installation,
    monkeypatch: pytest.MonkeyPatch,
    free: int,
    ready: bool,
    severity: Severity,
    blocks: str,
) -> None:
    monkeypatch.setattr(resources, "free_disk_mib", lambda _folder: free)
    monkeypatch.setattr(resources, "ROLE_ROOM_MIB", 1)
    monkeypatch.setattr(ImageCatalog, "ready", lambda _self: ready)
    monkeypatch.setattr(Installation, "verdict", lambda _self: Verdict(Accelerator.TCG, "essai"))
    found = find(two_modules, "disque")
    assert (found.severity, found.blocks) == (severity, blocks)
    assert f"{free} Mio libres" in found.seen


def test_what_images_and_labs_take_is_measured(installation: Installation) -> None:
    lab = installation.paths.labs / "borg/srv"
    lab.mkdir(parents=True)
    (lab / "racine.qcow2").write_bytes(b"x" * 3 * 2**20)
    artifact = installation.paths.images / "image-base-1"
    artifact.mkdir(parents=True)
    write_json(
        artifact / "manifest.json",
        {
            "kind": "image",
            "id": "base",
            "digest": "1",
            "seconds": 1.0,
            "bytes": 602 * 2**20,
            "built_at": 1.0,
        },
    )
    assert "(images : 602 Mio, laboratoires : 3)" in find(installation, "disque").seen
