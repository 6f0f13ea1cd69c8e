"""The same thing done to several machines at once."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from pcapra_lab.lab.plan import VmPlan


def each(vms: Iterable[VmPlan], act: Callable[[VmPlan], None], workers: int = 16) -> None:
    """Do something to machines in parallel; the first failure is raised once all ended."""
    vms = tuple(vms)
    if not vms:
        return
    with ThreadPoolExecutor(min(workers, len(vms))) as pool:
        futures = [pool.submit(act, vm) for vm in vms]
    for future in futures:
        future.result()
