"""What a lab stands on: the hypervisor, the images, the accelerator, the clocks of the past."""

import hashlib
import os
from collections.abc import Callable
from functools import cached_property

from pcapra_lab.lab.accel import Verdict
from pcapra_lab.lab.domain import Boot
from pcapra_lab.lab.durations import Durations
from pcapra_lab.lab.hypervisor import Hypervisor
from pcapra_lab.lab.images.catalog import BuiltImage
from pcapra_lab.lab.plan import LabPlan


class World:
    """Everything a lab's methods need, made once. The hypervisor is connected on first use.

    Args:
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
    ) -> None:
        self.plan = plan
        self.image = image
        self.durations = durations
        self._setup_digest = setup_digest
        self._connect = connect
        self._verdict = verdict
        self.boot_workers = max(2, os.cpu_count() or 2)

    @cached_property
    def hypervisor(self) -> Hypervisor:
        """The hypervisor."""
        return self._connect()

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
        if "hypervisor" in self.__dict__:
            self.hypervisor.close()
            del self.__dict__["hypervisor"]
