"""The interface's clock and its delays, in one place so that tests can hold them still."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pacing:
    """Delays in seconds, and the clock they are measured with."""

    clock: Callable[[], float] = time.monotonic
    resend: float = 1.5
    """A command block ignores a second send within this delay: keys repeat when held."""
    again: float = 6.0
    """Sending the same block again within this delay is asked about."""
    surprise: float = 0.7
    """How long after the next step came by itself a block is not sent: another was meant."""
    prompt: float = 2.0
    """How long a shell's prompt is awaited before asking whether to send anyway."""
    link: float = 15.0
    """How long a shell that is being opened is awaited before a block is not sent."""
    watch: float = 3.0
    """The least time between two runs of the watcher."""
    watch_share: float = 0.04
    """How much of the time the watcher's looks take in the long run."""
    reconnect: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
    """Delays between attempts to reconnect a shell; the last one repeats."""
    reconnect_deadline: float = 600.0
    """After this long without a shell, reconnecting waits for the trainee."""
    tick: float = 1.0
    """How often running times are redrawn."""
    celebration: float = 0.09
    """Seconds for which each image of a celebration is seen."""
    toast: float = 5.0
    """How long a notification stays."""
