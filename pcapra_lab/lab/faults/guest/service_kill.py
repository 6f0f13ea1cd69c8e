"""The processes of a service killed at once: systemctl(1)."""

from pcapra_lab.lab.faults.guest.toolkit import Deed, Job, Refusal, Reply, must, run


def unit_state(unit: str) -> dict[str, str]:
    """Properties of a unit, as systemd has them."""
    names = "LoadState,ActiveState,SubState"
    lines = must("systemctl", "show", f"--property={names}", "--", unit).splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def prepare(job: Job, _deed: Deed) -> Reply:
    """Refuse a service without processes."""
    state = unit_state(job["unit"])
    if state["LoadState"] == "not-found":
        raise Refusal("no-unit", job["unit"])
    if state["ActiveState"] not in ("active", "reloading") or state["SubState"] == "exited":
        raise Refusal("unit-idle", f"{state['ActiveState']}/{state['SubState']}")
    return {"undo": {"was_active": True}}


def act(job: Job, deed: Deed) -> Reply:
    """Kill all processes of the service, without a warning."""
    with deed.done():
        must("systemctl", "kill", "--signal=KILL", "--", job["unit"])
    return {}


def undo(job: Job, deed: Deed) -> Reply:
    """Start the service, unless it is back by itself."""
    state = unit_state(job["unit"])
    if state["LoadState"] in ("not-found", "masked"):
        return {"note": "unit-removed"}
    if state["ActiveState"] in ("active", "reloading"):
        return {"note": "unit-back"}
    with deed.done():
        start = ("systemctl", "start", "--", job["unit"])
        if run(*start).returncode != 0:
            # It may have failed too often to be started (StartLimitBurst=). Not done at first: a
            # transient unit is forgotten with its failure.
            run("systemctl", "reset-failed", "--", job["unit"])
            must(*start)
    return {}
