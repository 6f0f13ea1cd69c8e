"""Seeded interruptions of a lab of two machines, and what must hold after each of them."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab_process import LabHome, lab_home, listening_ports, qemu_pids, wait_until
from small_course import EXERCISE

MACHINES = 2
OPERATIONS = ("up", "reset", "rewind", "down")
SMALL_DISK_MIB = 4096
SETTLE = 60.0
FAULTS = (
    ("power-cut", "srv", EXERCISE),
    ("freeze", "sauvegarde", EXERCISE),
    ("link-down", "srv", EXERCISE),
    ("netem", "srv", EXERCISE, "--loss", "30", "--delay", "100"),
    ("service-kill", "srv", "cron", EXERCISE),
    ("disk-full", "sauvegarde", EXERCISE),
    ("clock-jump", "sauvegarde", EXERCISE, "--forward", "24h"),
    ("partition", "srv", "sauvegarde", EXERCISE),
)


@dataclass
class Trial:
    """One interruption: what was running, what happened to it, and the draw it came from."""

    number: int
    seed: int
    operation: str
    interruption: str
    detail: str = ""
    seconds: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.number:3} seed {self.seed:10} {self.operation:7} {self.interruption:14} "
            f"{self.detail:40} {self.seconds:6.1f} s"
        )


@dataclass
class Chaos:
    """A lab at its second step, that is interrupted again and again."""

    home: LabHome
    small_disk: bool
    """The lab's folder is a file system of the test's own, that may be filled."""
    takes: dict[str, float] = field(default_factory=dict)
    """Seconds each operation took when nothing interrupted it."""
    earned: int = 0

    @property
    def interruptions(self) -> dict[str, Callable[[random.Random, Trial], None]]:
        """By name."""
        known: dict[str, Callable[[random.Random, Trial], None]] = {
            "kill-app": self._kill_app,
            "kill-qemu": self._kill_qemu,
            "kill-daemon": self._kill_daemon,
            "kill-snapshot": self._kill_snapshot,
            "fault-left": self._fault_left,
            "race": self._race,
        }
        if self.small_disk:
            known["full-disk"] = self._full_disk
        return known

    def begin(self) -> None:
        """Reach the second step, so that there is a way back and something to lose."""
        self._ok("up", EXERCISE)
        self._ok("solve", EXERCISE)
        self.earned = len(self._done())
        for operation in ("down", "up", "rewind"):
            started = time.monotonic()
            self._ok(*self._command(operation))
            self.takes[operation] = time.monotonic() - started
        self.takes["reset"] = self.takes["rewind"]

    def trial(self, number: int, seed: int) -> Trial:
        """One interruption, then what must hold."""
        draw = random.Random(seed)  # noqa: S311 - reproducible, not secret
        operation = draw.choice(OPERATIONS)
        name = draw.choice(sorted(self.interruptions))
        trial = Trial(number, seed, operation, name)
        started = time.monotonic()
        if operation == "up":
            self._ok("down", EXERCISE)
        self.interruptions[name](draw, trial)
        self._recovers(trial)
        trial.seconds = time.monotonic() - started
        return trial

    def end(self) -> None:
        """Nothing stays behind."""
        self._ok("down", EXERCISE, "--delete", "--yes")
        assert not qemu_pids(self.home), "a QEMU stays"

    # -- interruptions ----------------------------------------------------------------------

    def _kill_app(self, draw: random.Random, trial: Trial) -> None:
        process = self._begin(trial)
        self._let_run(process, draw, trial)
        self._kill(process)

    def _kill_qemu(self, draw: random.Random, trial: Trial) -> None:
        process = self._begin(trial)
        self._let_run(process, draw, trial)
        pids = sorted(qemu_pids(self.home))
        if pids:
            victim = draw.choice(pids)
            trial.detail += f" qemu {pids.index(victim) + 1}/{len(pids)}"
            _end(victim)
        self._ended(process)

    def _kill_daemon(self, draw: random.Random, trial: Trial) -> None:
        process = self._begin(trial)
        self._let_run(process, draw, trial)
        for daemon in daemons(self.home):
            _end(daemon["pid"])
        self._ended(process)

    def _kill_snapshot(self, draw: random.Random, trial: Trial) -> None:
        """A kill while the machines are being saved, one of them perhaps done already."""
        trial.operation = "down"
        process = self._begin(trial)
        assert process.stderr is not None
        for line in process.stderr:
            if "mise en sommeil" in line:
                break
        self._let_run(process, draw, trial)
        self._kill(process)

    def _fault_left(self, draw: random.Random, trial: Trial) -> None:
        self._ok("up", EXERCISE)
        fault = draw.choice(FAULTS)
        trial.detail = fault[0]
        # A fault made by hand would stay until it is lifted, as it must: this one has an owner.
        owner = self.home.spawn("fault", "inject", *fault, "--for", "4h")
        wait_until(self._has_active_fault, f"{fault[0]} to be in effect", timeout=120)
        self._kill(owner)
        process = self._begin(trial)
        self._let_run(process, draw, trial)
        self._kill(process)

    def _has_active_fault(self) -> bool:
        return any(one["state"] == "active" for one in self.home.json("fault", "list", EXERCISE))

    def _race(self, draw: random.Random, trial: Trial) -> None:
        other = draw.choice(OPERATIONS)
        trial.detail = f"contre {other}"
        both = [self._begin(trial), self.home.spawn(*self._command(other))]
        codes = [self._ended(process) for process in both]
        assert codes == [0, 0], f"commands on one lab wait for one another: {codes}"

    def _full_disk(self, draw: random.Random, trial: Trial) -> None:
        ballast = self.home.root / "data" / "ballast"
        left = draw.randrange(0, 400)
        trial.detail = f"{left} Mio libres"
        free = shutil.disk_usage(ballast.parent).free - left * 2**20
        if free > 0:
            with ballast.open("wb") as stream:
                os.posix_fallocate(stream.fileno(), 0, free)
        try:
            process = self._begin(trial)
            self._ended(process)
        finally:
            ballast.unlink(missing_ok=True)

    # -- what must hold ---------------------------------------------------------------------

    def _recovers(self, trial: Trial) -> None:
        self._ok("up", EXERCISE)
        state = self.home.json("status", EXERCISE)
        powers = [vm["power"] for vm in state["vms"]]
        assert powers == ["running"] * MACHINES, f"{trial}: {powers}"
        graded = self.home.json("check", EXERCISE)
        wrong = [r["id"] for r in graded["results"] if r["outcome"] == "error"]
        assert not wrong, f"{trial}: could not be evaluated: {wrong}"
        assert self.home.json("fault", "list", EXERCISE) == [], f"{trial}: a fault outlived it"
        self._progress_intact(trial)
        self._nothing_leaked(trial)
        # A reset that went through begins a new run: come back to the second step.
        if len(self._done()) < self.earned:
            self._ok("solve", EXERCISE)

    def _progress_intact(self, trial: Trial) -> None:
        database = self.home.root / "data" / "progress.sqlite"
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",), str(trial)
            assert raw.execute("PRAGMA foreign_key_check").fetchall() == [], str(trial)
        undone = trial.operation == "reset" or "reset" in trial.detail
        if not undone:
            assert len(self._done()) >= self.earned, f"{trial}: a passed step was lost"

    def _nothing_leaked(self, trial: Trial) -> None:
        pids = qemu_pids(self.home)
        assert len(pids) == MACHINES, f"{trial}: {len(pids)} QEMU"
        assert len(listening_ports(pids)) == MACHINES, f"{trial}: forwards"
        folder = self.home.root / "data" / "labs" / EXERCISE
        scratch = [str(p) for p in folder.rglob("*") if p.suffix == ".new" or ".json." in p.name]
        assert scratch == [], f"{trial}: {scratch}"
        known = {one["snapshot"] for one in self._manifest()["sets"].values()}
        for vm in ("srv", "sauvegarde"):
            argv = ["qemu-img", "info", "--output=json", "--force-share"]
            out = subprocess.run(
                [*argv, str(folder / vm / "racine.qcow2")],
                capture_output=True,
                check=True,
                timeout=60,
            ).stdout
            found = {s["name"] for s in json.loads(out).get("snapshots", [])}
            assert found == known, f"{trial}: {vm}: {found ^ known}"

    # -- details ----------------------------------------------------------------------------

    def _command(self, operation: str) -> tuple[str, ...]:
        if operation == "rewind":
            return ("rewind", "depot", EXERCISE, "--yes")
        if operation == "reset":
            return ("reset", EXERCISE, "--yes")
        return (operation, EXERCISE)

    def _begin(self, trial: Trial) -> "subprocess.Popen[str]":
        return self.home.spawn(*self._command(trial.operation))

    def _let_run(self, process: "subprocess.Popen[str]", draw: random.Random, trial: Trial) -> None:
        """Let it work for a drawn share of what it takes; it may also be done by then."""
        delay = draw.uniform(0, self.takes[trial.operation])
        trial.detail += f" à {delay:.2f} s"
        try:
            process.wait(timeout=delay)
        except subprocess.TimeoutExpired:
            return

    @staticmethod
    def _kill(process: "subprocess.Popen[str]") -> None:
        """kill -9 of this process only, which may be done by now: what it started goes on."""
        _end(process.pid)
        process.communicate(timeout=60)

    def _ended(self, process: "subprocess.Popen[str]") -> int:
        """Its exit status; an interruption may make it fail, never hang nor crash."""
        _, complaint = process.communicate(timeout=600)
        assert "Traceback" not in complaint, complaint
        return process.returncode

    def _ok(self, *arguments: str) -> None:
        done = self.home.run(*arguments, timeout=600)
        assert done.returncode == 0, f"{' '.join(arguments)}: {done.stderr}"

    def _done(self) -> list[str]:
        steps = self.home.json("status", EXERCISE)["steps"]
        return [s["id"] for s in steps if s["state"] in ("done", "helped")]

    def _manifest(self) -> Any:
        return json.loads((self.home.root / "data/labs" / EXERCISE / "lab.json").read_text())


def daemons(home: LabHome) -> list[dict[str, Any]]:
    """The daemons that an installation has started."""
    record = home.root / "state" / "daemons.json"
    found: list[dict[str, Any]] = json.loads(record.read_text()) if record.exists() else []
    return found


@contextmanager
def chaos() -> Iterator[Chaos]:
    """A lab of the test's own, on a small file system of its own where this account may mount."""
    with lab_home(small=True) as home:
        data = home.root / "data"
        data.mkdir(mode=0o711)
        small = os.geteuid() == 0 and _mount(data)
        try:
            yield Chaos(home, small)
        finally:
            if small:
                home.run("down", EXERCISE, "--delete", "--yes", timeout=120)
                subprocess.run(["umount", str(data)], check=True, timeout=60)


def _mount(folder: Path) -> bool:
    options = f"size={SMALL_DISK_MIB}m,mode=0711"
    argv = ["mount", "-t", "tmpfs", "-o", options, "pcapra-chaos", str(folder)]
    return subprocess.run(argv, check=False, timeout=60, capture_output=True).returncode == 0


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
