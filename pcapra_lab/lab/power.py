"""The states of a machine."""

from enum import StrEnum


class VmPower(StrEnum):
    """A machine's state, as the hypervisor reports it."""

    ABSENT = "absent"
    STOPPED = "stopped"
    SAVED = "saved"
    RUNNING = "running"
    PAUSED = "paused"
