"""A package in dpkg's words."""

from pcapra_lab.grading.guest.core import SAFE_PATH, Fact, Failure, Item
from pcapra_lab.grading.guest.process import run_process


def look(item: Item) -> Fact:
    """Ask dpkg for the state of ``name``: ``installed``, ``config-files``, … or ``absent``."""
    fact = run_process(
        ["dpkg-query", "-W", "-f=${db:Status-Status} ${Version}\\n", "--", item["name"]],
        env={"PATH": SAFE_PATH, "LANG": "C.UTF-8"},
        cwd="/",
        timeout=item["timeout"],
    )
    if fact["timed_out"]:
        raise Failure("deadline")
    # dpkg-query(1): 0 found, 1 no such package, 2 trouble.
    if fact["exit"] not in (0, 1):
        raise Failure("dpkg", fact["stderr"].strip())
    states = [line.split(" ") for line in fact["stdout"].splitlines()]
    states.sort(key=lambda state: state[0] != "installed")
    status, version = states[0] if states else ("absent", "")
    return {"kind": "package", "status": status, "version": version, "seconds": fact["seconds"]}
