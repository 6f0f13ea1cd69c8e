"""The availability client on real machines, against cuts whose length is known.

By command: it takes minutes. A drop without carrier loss: the target's own firewall, the length of
each cut taken on the target's clock. Prints what was measured, beside the truth.
"""

import statistics
import threading
import time
from collections.abc import Iterator

import pytest
from lab_process import lab_home, wait_until

from pcapra_lab.content.availability import Availability
from pcapra_lab.drills.clocks import Mark, Measure
from pcapra_lab.drills.outages import Probed, cuts, recovered, settled
from pcapra_lab.drills.sounding import Sounding
from pcapra_lab.drills.stream import Stream, look_line
from pcapra_lab.lab.lifecycle import Lab
from pcapra_lab.lab.paths import Paths
from pcapra_lab.remote.result import CommandResult
from pcapra_lab.session.application import LabApplication

pytestmark = pytest.mark.long

EXERCISE = "borgbackup"
TARGET, CLIENT = "srv", "sauvegarde"
ADDRESS, PORT = "192.168.1.10", 8080
TIMES = 5
MOST_UNCERTAIN = 0.3
HOLD = 1.0
SERVER = f"""\
import socket
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", {PORT})); s.listen(64)
while True:
    c = s.accept()[0]
    try:
        c.settimeout(1); c.recv(4096)
        c.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 3\\r\\nConnection: close\\r\\n\\r\\nok\\n")
    except OSError:
        pass
    c.close()
"""
CUT = f"""\
import subprocess, sys, time
rules = {{
    "cut": "table inet essai {{ chain c {{ type filter hook input priority 0;"
    " tcp dport {PORT} drop; }} }}",
    "restore": "delete table inet essai",
}}
before = time.monotonic()
subprocess.run(["nft", "-f", "-"], input=rules[sys.argv[1]], text=True, check=True)
print(before, time.monotonic())
"""


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with lab_home() as home:
        built = home.run("image", "build", timeout=1200)
        assert built.returncode == 0, built.stderr
        up = home.run("up", EXERCISE)
        assert up.returncode == 0, up.stderr
        app = LabApplication(Paths(home.root / "cache", home.root / "data", home.root / "state"))
        try:
            one = app.installation.lab(EXERCISE, "sauvegarde", "")
            yield one
            one.links.close()
            one.world.close()
        finally:
            app.close()


class Bench:
    """The client in its machine, and the hand that cuts."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        probe = {"id": "page", "title": "Page", "type": "http", "url": f"http://{ADDRESS}:{PORT}/"}
        seen = Availability.model_validate({"vm": CLIENT, "hold": "1s", "probes": [probe]})
        self.sounding = Sounding(self._run, seen, "essai", dict)
        self.stream = Stream()
        self._offset = 0
        server = ["systemd-run", "--quiet", "--collect", "--unit=essai", "python3", "-c", SERVER]
        assert self._run(TARGET, server, b"", 60).exit_status == 0
        self.sounding.start()

    def _run(self, vm: str, argv: list[str], stdin: bytes, timeout: float) -> CommandResult:
        return self._lab.links.root(vm).run(argv, stdin=stdin, timeout=timeout)

    def probed(self) -> Probed:
        heard = self.sounding.look(CLIENT, self._offset)
        self._offset = heard.offset
        self.stream.read(heard.lines + look_line(heard.sample))
        tries = self.stream.tries.get("page", [])
        return Probed("page", "Page", 0.05, tries, self.stream.clock)

    def firewall(self, verb: str) -> tuple[Mark, float, float]:
        """When it was done, on the host's clock; and between which instants, on the target's."""
        before = time.monotonic()
        done = self._run(TARGET, ["python3", "-c", CUT, verb], b"", 60)
        after = time.monotonic()
        assert done.exit_status == 0, done.stderr
        low, high = done.stdout.decode().split()
        return Mark.between(before, after), float(low), float(high)

    def cut(self, length: float) -> tuple[Measure, Measure, Measure, Measure]:
        """The outage as measured and as it was; the recovery time as measured and as it was."""
        wait_until(lambda: settled(self.probed(), 2.0), "a service that goes on", timeout=120)
        fault, cut_low, cut_high = self.firewall("cut")
        threading.Event().wait(length)
        back, restored_low, restored_high = self.firewall("restore")
        wait_until(lambda: settled(self.probed(), HOLD + 0.5), "the return", timeout=120)
        one = self.probed()
        found = [cut for cut in cuts(one.tries) if cut.length.low > length / 2]
        recovery = recovered([one], fault, HOLD)
        assert found and recovery is not None
        truth = Measure(restored_low - cut_high, restored_high - cut_low)
        rto = Measure.between(fault, recovery)
        return found[-1].length, truth, rto, Measure.between(fault, back)


@pytest.fixture(scope="module")
def bench(lab: Lab) -> Iterator[Bench]:
    made = Bench(lab)
    yield made
    made.sounding.stop(CLIENT)


@pytest.mark.parametrize("length", [2.0, 5.0, 12.0])
def test_a_cut_is_measured_within_what_is_reported(bench: Bench, length: float) -> None:
    widths: list[tuple[float, float]] = []
    for _time in range(TIMES):
        measured, truth, rto, true_rto = bench.cut(length)
        print(
            f"\ncut {length:g} s: measured {measured.seconds:.3f} ± {measured.uncertainty:.3f}, "
            f"true {truth.low:.3f} to {truth.high:.3f}; "
            f"rto {rto.seconds:.3f} ± {rto.uncertainty:.3f}, "
            f"true {true_rto.low:.3f} to {true_rto.high:.3f}",
            flush=True,
        )
        assert measured.low <= truth.high and truth.low <= measured.high
        assert rto.low <= true_rto.high and true_rto.low <= rto.high
        widths.append((measured.uncertainty, rto.uncertainty))
    tries = bench.probed().tries[-600:]
    late = sorted(one.late for one in tries)
    print(
        f"late: median {statistics.median(late):.4f} s, worst {late[-1]:.3f} s, {len(late)} tries"
    )
    outages, rtos = zip(*widths, strict=True)
    assert statistics.median(outages) <= MOST_UNCERTAIN
    assert statistics.median(rtos) <= MOST_UNCERTAIN
