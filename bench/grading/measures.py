"""What is timed: a graded step, the peer's same step, a change until it is seen, the watch."""

import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Protocol, Self

from bench.grading.step import marker
from bench.machines import Bench
from pcapra_lab.content.models import Step
from pcapra_lab.grading.results import Outcome
from pcapra_lab.grading.runner import Grader
from pcapra_lab.lab.disks import host_key, lab_key
from pcapra_lab.remote.link import Endpoint, SshLink
from pcapra_lab.remote.result import CommandResult
from pcapra_lab.ui.lesson.watcher import WatchPolicy
from pcapra_lab.ui.pacing import Pacing

MARK = "/run/pcapra-banc"
PEER = Path(__file__).with_name("peer.py")


class Runs(Protocol):
    """Runs commands on one machine."""

    def run(
        self, argv: Sequence[str], *, stdin: bytes = b"", timeout: float = 60.0
    ) -> CommandResult:
        """Run a command to its end."""
        ...


class Ours:
    """Our grader on the bench's machines.

    Args:
        run: root's way into a machine, by name.
    """

    def __init__(self, run: Callable[[str], Runs]) -> None:
        self._way = run
        self._grader = Grader(self._run)

    def _run(self, vm: str, argv: list[str], stdin: bytes, timeout: float) -> CommandResult:
        return self._way(vm).run(argv, stdin=stdin, timeout=timeout)

    def grade(self, step: Step) -> float:
        """Seconds to grade a step, which must be green."""
        started = time.monotonic()
        report = self._grader.grade(step, {}, Path())
        seconds = time.monotonic() - started
        wrong = [r for r in report.results if r.outcome is not Outcome.PASS]
        if wrong:
            raise RuntimeError(f"the step is not green: {wrong}")
        return seconds


class Peer:
    """testinfra, in its own process, on connections made beforehand."""

    def __init__(self, python: Path, config: Path, vms: list[str]) -> None:
        self._process = subprocess.Popen(
            [str(python), str(PEER), str(config), *vms],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the peer has no pipes")
        self._say, self._hear = self._process.stdin, self._process.stdout
        if self._answer() != "ready":
            raise RuntimeError("the peer did not start")

    def grade(self, *, together: bool) -> float:
        """Seconds for the same ten checks, which must hold."""
        self._say.write("together\n" if together else "one by one\n")
        seconds, _, held = self._answer().partition(" ")
        if held != "True":
            raise RuntimeError(f"the peer's checks do not hold: {held}")
        return float(seconds)

    def _answer(self) -> str:
        line = self._hear.readline().strip()
        if not line:
            raise RuntimeError("the peer ended")
        return line

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._say.close()
        self._hear.close()


def by_ssh(bench: Bench) -> Callable[[str], SshLink]:
    """Root's connections by SSH, kept: what there is when the agent does not answer."""
    plan, links = bench.world.plan, bench.lab.links

    @cache
    def link(vm: str) -> SshLink:
        end = Endpoint(vm, links.port(vm), host_key(plan.vm(vm)).public, lab_key(plan).private)
        return SshLink(end, "root")

    return link


def ssh_config(bench: Bench, folder: Path) -> Path:
    """What leads the peer to the machines, host keys pinned."""
    plan = bench.world.plan
    key = folder / "key"
    key.touch(mode=0o600)
    key.write_text(lab_key(plan).private)
    known = folder / "known_hosts"
    config = folder / "config"
    hosts, blocks = [], []
    for vm in plan.vms:
        port = bench.lab.links.port(vm.name)
        hosts.append(f"[127.0.0.1]:{port} {host_key(vm).public}")
        blocks.append(
            f"Host {vm.name}\n  HostName 127.0.0.1\n  Port {port}\n  User root\n"
            f"  IdentityFile {key}\n  UserKnownHostsFile {known}\n"
        )
    known.write_text("\n".join(hosts) + "\n")
    config.write_text("\n".join(blocks))
    return config


def confirmations(bench: Bench, ours: Ours, times: int) -> list[float]:
    """Seconds from a state becoming true, by a command typed in a shell, to a green step.

    The watcher's own idle time is left out: it is a choice, the rest is a cost.
    """
    vm = bench.world.plan.vms[0].name
    step = marker(vm, MARK)
    found = []
    for _ in range(times):
        bench.lab.links.root(vm).run(["rm", "-f", MARK])
        with _shell(bench, vm) as say:
            say(f"sudo touch {MARK}")
            started = time.monotonic()
            ours.grade(step)
            found.append(time.monotonic() - started)
    return found


@contextmanager
def _shell(bench: Bench, vm: str) -> Iterator[Callable[[str], None]]:
    shell = bench.lab.links.trainee(vm).shell(80, 24)

    def say(command: str) -> None:
        shell.sendall(f"{command}; echo fait-$((2+2))\n".encode())
        seen = b""
        while b"fait-4" not in seen:
            chunk = shell.recv(4096)
            if not chunk:
                raise RuntimeError(f"{vm}: the shell closed: {seen!r}")
            seen += chunk

    try:
        yield say
    finally:
        shell.close()


def guest_share(
    bench: Bench, ours: Ours, step: Step, seconds: float, between: float
) -> tuple[float, int]:
    """What the app's watcher costs while somebody gives a command every ``between`` seconds.

    Returns:
        The share of the first guest's processor, and how often it looked.
    """
    vm = bench.world.plan.vms[0].name

    def busy() -> float:
        text = bench.lab.links.root(vm).run(["cat", "/proc/stat"]).stdout.decode()
        user, nice, system, _idle, _wait, irq, soft, *_ = map(int, text.split("\n")[0].split()[1:])
        return (user + nice + system + irq + soft) / 100

    pacing, pause = Pacing(), threading.Event()
    policy = WatchPolicy(time.monotonic, pacing.watch, pacing.watch_share)
    before, began, looks = busy(), time.monotonic(), 0
    while (passed := time.monotonic() - began) < seconds:
        # The next command, or later if the policy says so.
        pause.wait(max(policy.delay(), between - passed % between))
        policy.begins()
        ours.grade(step)
        policy.ends()
        looks += 1
    worked, before = busy() - before, busy()
    pause.wait(seconds / 4)
    return worked / seconds - (busy() - before) / (seconds / 4), looks


def p95(values: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(values, n=20)[-1]
