"""What a lab stands on: the hypervisor, the images, the accelerator, the clocks of the past."""

import hashlib
import os
import threading
from collections.abc import Callable
from functools import cached_property

from pcapra_lab.lab.accel import Verdict
from pcapra_lab.lab.domain import Boot
from pcapra_lab.lab.durations import Durations
from pcapra_lab.lab.hypervisor import Hypervisor
from pcapra_lab.lab.images.catalog import BuiltImage
from pcapra_lab.lab.plan import LabPlan

BOOTS_AT_ONCE = 5
"""Machines that boot together, whatever the host. A booting machine waits often enough for others
to use its core. Measured on two cores without KVM, to five working shells: started together 102 s,
by twos, the prepared state saved, 138 s."""


class World:
    """Everything a lab's methods need, made once. The hypervisor is connected on first use.

    Args:
        settle: keeps for good what the lab is about to be made from.
        setup_digest: of what the first preparation does: the exercise's setup, its parameters.
    """

    def __init__(
        self,
        plan: LabPlan,
        connect: Callable[[], Hypervisor],
        image: Callable[[str], BuiltImage],
        verdict: Callable[[], Verdict],
        durations: Durations,
        setup_digest: str = "",
        settle: Callable[[], None] = lambda: None,
    ) -> None:
        self.plan = plan
        self.image = image
        self.durations = durations
        self._setup_digest = setup_digest
        self._connect = connect
        self.settle = settle
        self._lock = threading.Lock()
        self._hypervisor: Hypervisor | None = None
        self._verdict = verdict
        self.boot_workers = max(BOOTS_AT_ONCE, os.cpu_count() or 1)

    @property
    def hypervisor(self) -> Hypervisor:
        """The hypervisor. Connected again if its daemon was restarted meanwhile."""
        with self._lock:
            if self._hypervisor is not None and not self._hypervisor.alive():
                self._hypervisor.close()
                self._hypervisor = None
            if self._hypervisor is None:
                self._hypervisor = self._connect()
            return self._hypervisor

    @cached_property
    def verdict(self) -> Verdict:
        """The accelerator to use."""
        return self._verdict()

    def boot(self, image: str) -> Boot:
        """What a machine of that image boots from."""
        built = self.image(image)
        return Boot(built.kernel, built.initrd, self.verdict.accelerator)

    def key(self) -> str:
        """What saved memory depends on. Another key: the lab is prepared again."""
        images = sorted({self.image(vm.image).digest for vm in self.plan.vms})
        parts = [
            self.hypervisor.versions(),
            self.verdict.accelerator,
            self.plan.segment,
            self._setup_digest,
            *images,
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def close(self) -> None:
        """Drop the hypervisor connection, if one was made."""
        with self._lock:
            if self._hypervisor is not None:
                self._hypervisor.close()
            self._hypervisor = None
