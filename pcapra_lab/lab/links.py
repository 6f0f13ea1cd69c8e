"""SSH links to a lab's machines, made when needed and dropped when a machine is restored."""

import threading
from collections.abc import Iterable

from pcapra_lab.lab.disks import host_key, lab_key
from pcapra_lab.lab.plan import MGMT_SSH_PORT
from pcapra_lab.lab.world import World
from pcapra_lab.remote.link import Endpoint, SshLink


class Links:
    """One link per machine and user. Thread-safe."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._links: dict[tuple[str, str], SshLink] = {}
        self._lock = threading.Lock()

    def get(self, vm: str, user: str) -> SshLink:
        """The link to ``vm`` as ``user``. Not connected yet.

        Raises:
            VmError: the machine is not running, so no port can lead to it.
        """
        with self._lock:
            link = self._links.get((vm, user))
            if link is None:
                link = SshLink(self._endpoint(vm), user)
                self._links[vm, user] = link
            return link

    def port(self, vm: str) -> int:
        """The host port that leads to the machine's management SSH."""
        plan = self._world.plan.vm(vm)
        return self._world.hypervisor.forward(plan.domain, plan.mgmt_address, MGMT_SSH_PORT)

    def close(self, vms: Iterable[str] | None = None) -> None:
        """Drop the links of some machines, or all."""
        names = set(vms) if vms is not None else None
        with self._lock:
            for key in [k for k in self._links if names is None or k[0] in names]:
                self._links.pop(key).close()

    def _endpoint(self, vm: str) -> Endpoint:
        plan = self._world.plan
        return Endpoint(vm, self.port(vm), host_key(plan.vm(vm)).public, lab_key(plan).private)
