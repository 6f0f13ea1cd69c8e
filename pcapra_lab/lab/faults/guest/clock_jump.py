"""A clock that jumps."""

import time

from pcapra_lab.lab.faults.guest.toolkit import Deed, Job, Refusal, Reply, process_start, uptime


def prepare(job: Job, _deed: Deed) -> Reply:
    """Refuse a date that the kernel would refuse."""
    # The kernel refuses a date at which this machine would have booted before 1970.
    if time.time() + job["seconds"] - uptime() <= 0:
        raise Refusal("before-1970", "")
    return {}


def act(job: Job, deed: Deed) -> Reply:
    """Make the clock jump."""
    with deed.done():
        time.clock_settime(time.CLOCK_REALTIME, time.time() + job["seconds"])
    return {}


def undo(job: Job, deed: Deed) -> Reply:
    """Take the host's time: ``now`` is what it was when we were called."""
    with deed.done():
        time.clock_settime(time.CLOCK_REALTIME, job["now"] + uptime() - process_start())
    return {}
