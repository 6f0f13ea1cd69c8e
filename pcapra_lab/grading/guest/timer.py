"""A planned task: what plans it, and what triggering it comes to."""

import re
from pathlib import Path

from pcapra_lab.grading.guest.core import SAFE_PATH, Fact, Failure, Item
from pcapra_lab.grading.guest.crontabs import Entry, entries
from pcapra_lab.grading.guest.process import run_as, run_process
from pcapra_lab.grading.guest.systemd import properties

CRON_PID = Path("/run/crond.pid")


def look(item: Item) -> Fact:
    """Find the timer ``unit`` or the entry whose command matches ``pattern``; maybe ``run`` it."""
    empty = {"where": "", "when": "", "user": "", "at_boot": True, "status": 0, "said": ""}
    fact = {"kind": "timer", "found": False, "awaited": False, "ran": "", **empty}
    return fact | (_timer(item) if item["unit"] else _cron(item))


def _timer(item: Item) -> Fact:
    name = item["unit"] if item["unit"].endswith(".timer") else f"{item['unit']}.timer"
    wanted = ("LoadState", "ActiveState", "UnitFileState", "Unit")
    shown = properties(name, wanted, item["timeout"])
    if shown["LoadState"] != "loaded":
        return {}
    fact: Fact = {
        "found": True,
        "where": name,
        "awaited": shown["ActiveState"] == "active",
        # systemctl(1): what is enabled « -runtime » is forgotten at the next boot.
        "at_boot": shown["UnitFileState"] in ("enabled", "alias", "generated"),
    }
    return fact | (_start(shown["Unit"], item["timeout"]) if item["run"] else {})


def _start(unit: str, timeout: float) -> Fact:
    """Start what the timer starts. systemctl(1): ``--wait`` until it ends, 0 if all is well."""
    run = run_process(
        ["systemctl", "start", "--wait", "--", unit],
        env={"PATH": SAFE_PATH, "LANG": "C.UTF-8"},
        cwd="/",
        timeout=timeout,
    )
    shown = properties(unit, ("Result", "ExecMainStatus"), timeout)
    if run["exit"] == 0 and not run["timed_out"]:
        return {"ran": "ok", "status": 0}
    return {
        "ran": "timeout" if run["timed_out"] else "failed",
        "status": int(shown["ExecMainStatus"] or 0),
        "said": f"{unit} : {shown['Result']}",
    }


def _cron(item: Item) -> Fact:
    try:
        pattern = re.compile(item["pattern"])
    except re.error as error:
        raise Failure("pattern", str(error)) from error
    entry = next((one for one in entries() if pattern.search(one.command)), None)
    if entry is None:
        return {}
    fact: Fact = {
        "found": True,
        "where": entry.file,
        "when": entry.when,
        "user": entry.user,
        "awaited": _cron_runs(),
    }
    wrong_user = item["user"] not in (None, entry.user)
    # As someone else it would prove nothing, and might do harm.
    return fact if wrong_user or not item["run"] else fact | _run_entry(entry, item["timeout"])


def _run_entry(entry: Entry, timeout: float) -> Fact:
    """crontab(5): ``/bin/sh``, a poor environment, the home folder, ``%`` ends the command."""
    env = {"PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", **entry.env}
    command = re.split(r"(?<!\\)%", entry.command, maxsplit=1)[0].replace("\\%", "%")
    try:
        job = {"user": entry.user, "timeout": timeout, "env": env, "tail": True}
        run = run_as(job, [env["SHELL"], "-c", command])
    except Failure as failure:
        if failure.reason != "no-user":
            raise
        return {"ran": "no-user"}
    if run["timed_out"]:
        return {"ran": "timeout"}
    said = (run["stderr"] or run["stdout"]).strip()[-400:]
    status = run["exit"]
    return {"ran": "failed" if status else "ok", "status": status, "said": said if status else ""}


def _cron_runs() -> bool:
    """The process that cron's pid file names is a cron."""
    try:
        pid = CRON_PID.read_text().strip()
        return Path("/proc", pid, "comm").read_text() == "cron\n"
    except (FileNotFoundError, NotADirectoryError, ProcessLookupError):
        return False
