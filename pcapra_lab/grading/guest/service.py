"""A unit's state in systemd's words."""

from pcapra_lab.grading.guest.core import SAFE_PATH, Fact, Failure, Item
from pcapra_lab.grading.guest.process import run_process

PROPERTIES = ("LoadState", "ActiveState", "SubState", "UnitFileState", "NRestarts", "Result")


def look(item: Item) -> Fact:
    """Ask systemd about ``unit``."""
    shown, seconds = show(item["unit"], PROPERTIES, item["timeout"])
    return {
        "kind": "service",
        "load": shown["LoadState"],
        "active": shown["ActiveState"],
        "sub": shown["SubState"],
        "file": shown["UnitFileState"],
        "result": shown["Result"],
        "restarts": int(shown["NRestarts"] or 0),
        "seconds": seconds,
    }


def show(unit: str, properties: tuple[str, ...], timeout: float) -> tuple[dict[str, str], float]:
    """Properties of a unit, empty where its type has none, and what asking cost.

    systemctl(1): ``show`` succeeds for a unit that does not exist, whose ``LoadState`` is
    ``not-found``; it fails when systemd itself does not answer.
    """
    fact = run_process(
        ["systemctl", "show", f"--property={','.join(properties)}", "--", unit],
        env={"PATH": SAFE_PATH, "LANG": "C.UTF-8"},
        cwd="/",
        timeout=timeout,
    )
    if fact["timed_out"]:
        raise Failure("deadline")
    if fact["exit"] != 0:
        raise Failure("tool", f"systemctl : {fact['stderr'].strip()}")
    values = dict(line.split("=", 1) for line in fact["stdout"].splitlines() if "=" in line)
    return {name: values.get(name, "") for name in properties}, fact["seconds"]
