"""One errand about the writer or its witness, inside their machine. Standard library only.

Sent over the lab's link to a bare ``python3``, with what it imports loaded beside it: see
``drills/programs.py``. Answers one line of JSON, the last of its output. ``lead`` is how long this
process had run when it read ``now``: the host narrows down with it when that was.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from pcapra_lab.drills.guest import numbered, records, rows

Job = dict[str, Any]
FOLDER = "/run/pcapra-epreuve"
"""In memory: no disk that is attacked, full or frozen is in the way."""
CHUNK = 256 * 1024
"""Bytes of a journal in one answer: more than a minute at the highest rate."""
COMMAND_SECONDS = 30.0


class Refusal(Exception):
    """It cannot be done: a code, and what it is about."""


def start(job: Job) -> Job:
    """Start a program as a unit of the system: it outlives the link. One that runs is replaced."""
    folder = _folder(job)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    program = folder / f"{job['unit']}.py"
    program.write_text(job["program"], encoding="utf-8")
    stop(job)
    # ``--collect``: a unit that failed leaves its name free.
    _must(
        "systemd-run",
        "--quiet",
        "--collect",
        f"--unit={job['unit']}",
        f"--description={job['description']}",
        sys.executable or "python3",
        "-I",
        str(program),
        json.dumps(job["arguments"]),
    )
    return {}


def look(job: Job) -> Job:
    """The journal's whole lines from an offset on, and whether the unit runs."""
    lines, offset = b"", job["offset"]
    try:
        with open(job["journal"], "rb") as stream:
            stream.seek(offset)
            lines = stream.read(CHUNK)
    except FileNotFoundError:
        # The machine started again since: its memory is gone.
        offset = 0
    lines = lines[: lines.rfind(b"\n") + 1]
    running = _run("systemctl", "is-active", "--quiet", job["unit"]).returncode == 0
    return {
        "lines": lines.decode("ascii", "replace"),
        "offset": offset + len(lines),
        "running": running,
    }


def survey(job: Job) -> Job:
    """What is left of the writer's data, numbers as ranges."""
    counts: dict[int, int] = {}
    corrupt = 0
    for number in numbered.LEFT[job["form"]](job["path"], job["token"]):
        if number is None:
            corrupt += 1
        else:
            counts[number] = counts.get(number, 0) + 1
    ranges: list[list[int]] = []
    for number in sorted(counts):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    duplicates = sum(count - 1 for count in counts.values())
    apart = rows.apart(job["path"], job["token"], counts) if job["form"] == "rows" else 0
    return {"ranges": ranges, "corrupt": corrupt, "duplicates": duplicates, "apart": apart}


def stop(job: Job) -> Job:
    """Stop the unit, if it runs."""
    _run("systemctl", "stop", job["unit"])
    return {}


def _folder(job: Job) -> Path:
    return Path(job.get("folder", FOLDER))


def _run(*argv: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            argv,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=COMMAND_SECONDS,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError as error:
        raise Refusal("no-program", argv[0]) from error
    except subprocess.TimeoutExpired as error:
        raise Refusal("too-long", " ".join(argv[:3])) from error


def _must(*argv: str) -> None:
    ended = _run(*argv)
    if ended.returncode != 0:
        said = (ended.stderr or ended.stdout).strip()[-300:]
        raise Refusal("program-failed", f"{argv[0]} ({ended.returncode}) : {said}")


def _age() -> float:
    """Seconds that this process has lived, at most by a tick less (proc(5), field 22)."""
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    started = (int(fields[19]) + 1) / os.sysconf("SC_CLK_TCK")
    return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - started)


def main(job: Job) -> None:
    """Do one errand and print the reply."""
    # A login without a shell's set-up files may lack the administrator's programs.
    os.environ["PATH"] = f"{os.environ.get('PATH', '/usr/bin:/bin')}:/usr/sbin:/sbin"
    errand = {"start": start, "look": look, "survey": survey, "stop": stop}[job["verb"]]
    reply: Job
    try:
        reply = {"ok": True, **errand(job)}
    except Refusal as refusal:
        reply = {"ok": False, "reason": refusal.args[0], "detail": refusal.args[1]}
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        reply = {"ok": False, "reason": "os-error", "detail": f"{error.strerror}{where}"}
    lead = _age()
    reply |= {"boot": records.boot(), "now": time.monotonic(), "lead": lead}
    sys.stdout.write("\n" + json.dumps(reply) + "\n")
