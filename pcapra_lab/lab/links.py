"""Links to a lab's machines, made when needed and dropped when a machine is restored."""

import threading
from collections.abc import Iterable

from pcapra_lab.lab.disks import host_key, lab_key
from pcapra_lab.lab.plan import MGMT_SSH_PORT
from pcapra_lab.lab.root_link import RootLink
from pcapra_lab.lab.world import World
from pcapra_lab.remote.agent import AgentLink
from pcapra_lab.remote.link import Endpoint, SshLink

TRAINEE = "stagiaire"
AGENT_LOCK = "agent.lock"


class Links:
    """Two links per machine: root's and the trainee's. Thread-safe."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._roots: dict[str, RootLink] = {}
        self._trainees: dict[str, SshLink] = {}
        self._lock = threading.Lock()

    def root(self, vm: str) -> RootLink:
        """Root's link to ``vm``: commands only. Not connected yet.

        Raises:
            VmError: the machine is not running, so nothing can lead to it.
        """
        with self._lock:
            link = self._roots.get(vm)
            if link is None:
                ssh = SshLink(self._endpoint(vm), "root")
                link = self._roots[vm] = RootLink(vm, lambda: self._agent(vm), ssh)
            return link

    def trainee(self, vm: str) -> SshLink:
        """The trainee's link to ``vm``: shells. Not connected yet.

        Raises:
            VmError: the machine is not running, so no port can lead to it.
        """
        with self._lock:
            link = self._trainees.get(vm)
            if link is None:
                link = self._trainees[vm] = SshLink(self._endpoint(vm), TRAINEE)
            return link

    def port(self, vm: str) -> int:
        """The host port that leads to the machine's management SSH."""
        plan = self._world.plan.vm(vm)
        return self._world.hypervisor.forward(plan.domain, plan.mgmt_address, MGMT_SSH_PORT)

    def close(self, vms: Iterable[str] | None = None) -> None:
        """Drop the links of some machines, or all."""
        names = set(vms) if vms is not None else None
        with self._lock:
            for links in (self._roots, self._trainees):
                for vm in [x for x in links if names is None or x in names]:
                    links.pop(vm).close()

    def _agent(self, vm: str) -> AgentLink | None:
        plan = self._world.plan
        port = self._world.hypervisor.channel(plan.vm(vm).domain)
        lock = plan.folder / vm / AGENT_LOCK
        return AgentLink(vm, port, lock) if port is not None else None

    def _endpoint(self, vm: str) -> Endpoint:
        plan = self._world.plan
        return Endpoint(vm, self.port(vm), host_key(plan.vm(vm)).public, lab_key(plan).private)
