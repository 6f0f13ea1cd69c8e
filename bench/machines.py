"""Labs of n machines made for measuring, in an installation of their own that shares the images."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.home import own_paths
from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.models import Step, Topology, Vm
from pcapra_lab.grading.results import Outcome
from pcapra_lab.grading.runner import Grader
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.disks import create_files, lab_key
from pcapra_lab.lab.domain import domain_xml
from pcapra_lab.lab.images.course import course_images
from pcapra_lab.lab.lifecycle import Lab
from pcapra_lab.lab.manifest import PREPARED
from pcapra_lab.lab.parallel import each
from pcapra_lab.lab.plan import plan_lab
from pcapra_lab.lab.world import World
from pcapra_lab.remote.result import CommandResult

MEMORY_MIB = 384
SHELL_TIMEOUT = 600.0
NEVER = threading.Event()


def topology(images: list[str]) -> Topology:
    """As many machines as there are image names."""
    vms = [
        Vm(
            name=f"m{number}",
            title=f"machine {number}",
            address=f"192.168.1.{20 + number}",
            memory_mib=MEMORY_MIB,
            image=image,
        )
        for number, image in enumerate(images, start=1)
    ]
    return Topology(schema_version=1, id=f"banc-{len(vms)}", title="Banc", vms=vms)


@contextmanager
def installation() -> Iterator[Installation]:
    """An installation of the bench's own, on this account's built images."""
    with own_paths("bench-") as own:
        made = Installation(own, Catalogue.load(None))
        # Roles too, whether or not a topology of the course uses them yet.
        made.images = course_images(made.catalogue, own.images, every=True)
        own.create()
        made.images.build(lambda _event: None)
        # The trial boot is not a part of the first plain boot.
        made.verdict()
        yield made


@dataclass
class Bench:
    """One lab, and the plain ways beside it."""

    made: Installation
    images: list[str]

    def __post_init__(self) -> None:
        found = topology(self.images)
        plan = plan_lab(
            found.id,
            found,
            self.made.paths.labs / found.id,
            self.made.images.depot(),
            str(self.made.paths.data),
        )
        self.world = World(
            plan,
            self.made.daemons.connect,
            self.made.images.image,
            self.made.verdict,
            self.made.durations,
        )
        self.lab = Lab(self.world)
        self._grader = Grader(self._run)
        self._step = watched_step([vm.name for vm in plan.vms])

    @property
    def count(self) -> int:
        """Machines."""
        return len(self.images)

    def delete(self) -> None:
        """No machine, no disk, no saved state."""
        self.lab.delete()

    def up(self) -> None:
        """What the lab does, to a working shell of the trainee on every machine."""
        self.lab.up(lambda _tracker, _cancel: None, lambda _event: None, NEVER)
        self.shells()

    def down(self) -> None:
        """Save and stop."""
        self.lab.down(lambda _event: None)

    def reset(self) -> None:
        """Back to the prepared state, to a working shell on every machine."""
        self.lab.reset(lambda _event: None, NEVER)
        self.shells()

    def plain_boot(self) -> None:
        """The same machines started through libvirt on new disks, all at once."""
        hypervisor = self.world.hypervisor
        lab_key(self.world.plan)
        for vm in self.world.plan.vms:
            create_files(self.world.plan, vm, self.world.image(vm.image))
            xml = domain_xml(vm, self.world.plan.segment, self.world.boot(vm.image))
            hypervisor.define(xml)
        each(self.world.plan.vms, lambda vm: hypervisor.start(vm.domain))
        self.shells()

    def floor(self) -> None:
        """The least a restore can take: QEMU starts and reads the saved memory, nothing more."""
        hypervisor = self.world.hypervisor
        saved = self.lab.manifest.sets[PREPARED].snapshot
        each(
            self.world.plan.vms,
            lambda vm: hypervisor.revert(vm.domain, saved, paused=False),
        )

    def stop(self) -> None:
        """Cut the power of every machine."""
        self.lab.links.close()
        each(self.world.plan.vms, lambda vm: self.world.hypervisor.destroy(vm.domain))

    def shells(self) -> None:
        """Wait for a shell of the trainee that answers, on every machine."""
        each(self.world.plan.vms, lambda vm: self._shell(vm.name))

    def _shell(self, vm: str) -> None:
        link = self.lab.links.trainee(vm)
        link.wait(SHELL_TIMEOUT)
        shell = link.shell(80, 24)
        try:
            # The echo of what is typed has no 4 in it.
            shell.sendall(b"echo pret-$((2+2))\n")
            seen = b""
            while b"pret-4" not in seen:
                chunk = shell.recv(4096)
                if not chunk:
                    raise RuntimeError(f"{vm}: the shell closed: {seen!r}")
                seen += chunk
        finally:
            shell.close()

    def look(self) -> None:
        """Grade a step of two observing checks on every machine, as the watcher does."""
        report = self._grader.grade(self._step, {}, Path(), observe_only=True)
        wrong = [r for r in report.results if r.outcome is not Outcome.PASS]
        if wrong:
            raise RuntimeError(f"the look went wrong: {wrong}")

    def _run(self, vm: str, argv: list[str], stdin: bytes, timeout: float) -> CommandResult:
        return self.lab.links.root(vm).run(argv, stdin=stdin, timeout=timeout)


def watched_step(vms: list[str]) -> Step:
    """A step that holds on any machine of ours."""
    checks = [
        check
        for vm in vms
        for check in (
            {"id": f"{vm}-cron", "type": "package", "name": "cron"},
            {"id": f"{vm}-uptime", "type": "command", "run": ["uptime"]},
        )
    ]
    data = {
        "id": "regard",
        "title": "Regard",
        "checks": [
            {**check, "vm": str(check["id"]).partition("-")[0], "title": "-", "hint": "-"}
            for check in checks
        ],
        "hints": ["-"],
        "solution": [{"vm": vms[0], "script": "rien.sh"}],
        "mutants": [],
    }
    return Step.model_validate_json(json.dumps(data))


def timed(act: Callable[[], None]) -> float:
    """Seconds that ``act`` takes."""
    started = time.monotonic()
    act()
    return time.monotonic() - started
