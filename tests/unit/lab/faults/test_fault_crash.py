"""Kills at any point: what a dead process leaves is known and undone by the next one."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from fault_bench import DEAD, FaultBench, Killed, every_kind, fault, make_fault_bench, orphans

from pcapra_lab.lab.faults.ledger import Ledger
from pcapra_lab.lab.faults.record import MANUAL, FaultState, Owner, ProcessId
from pcapra_lab.lab.power import VmPower

KILLED = """
import os, signal, sys
from pathlib import Path
from pcapra_lab.lab.faults.ledger import Ledger
from pcapra_lab.lab.faults.model import parse_fault
from pcapra_lab.lab.faults.record import MANUAL
from pcapra_lab.lab.faults.turns import Turn

folder = Path(sys.argv[1])
with Turn(folder).taken("injection"):
    Ledger(folder).arm(parse_fault({"kind": "netem", "vm": "srv", "loss": 5}), MANUAL, {})
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def bench(tmp_path: Path) -> FaultBench:
    return make_fault_bench(tmp_path)


@pytest.mark.parametrize("number", range(8))
def test_killed_between_recording_and_injecting_it_is_undone_by_the_next_process(
    bench: FaultBench, tmp_path: Path, number: int
) -> None:
    spec = every_kind(tmp_path)[number]
    original = (tmp_path / "donnees.bin").read_bytes()

    # What the process wrote, then it died: nothing had been done yet.
    prepared = bench.injector()._effects(spec).prepare(spec)
    armed = bench.ledger.arm(spec, Owner(label="exercice", process=DEAD), prepared)
    bench.abandon(armed.id, FaultState.ARMED)

    injector = bench.injector()
    assert [f.id for f in orphans(injector)] == [armed.id]
    [lifted] = injector.lift_orphans()
    assert lifted.fault.id == armed.id
    # A clock is set and a cable plugged in without asking how they were.
    silent = spec.kind in ("clock-jump", "link-down")
    assert bool(lifted.note) is not silent, "it says that there was nothing to undo"
    assert injector.active() == []
    assert (tmp_path / "donnees.bin").read_bytes() == original
    assert all(bench.power(vm) is VmPower.RUNNING for vm in ("srv", "web", "lb"))
    assert bench.revived == []


@pytest.mark.parametrize("number", range(8))
def test_killed_after_it_took_effect_but_before_that_was_recorded(
    bench: FaultBench, tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = every_kind(tmp_path)[number]
    original = (tmp_path / "donnees.bin").read_bytes()

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "activate", killed)
        with pytest.raises(Killed):
            bench.injector().inject(spec)
    [armed] = bench.ledger.read().faults
    assert armed.state is FaultState.ARMED
    bench.abandon(armed.id, FaultState.ARMED)

    [lifted] = bench.injector().lift_orphans()
    assert lifted.note == ""
    assert bench.injector().active() == []
    assert (tmp_path / "donnees.bin").read_bytes() == original
    assert all(bench.power(vm) is VmPower.RUNNING for vm in ("srv", "web", "lb"))
    assert bench.hypervisor.vm("web").unplugged == set()


def test_a_process_really_killed_in_the_middle_of_its_injection(bench: FaultBench) -> None:
    folder = bench.plan.folder
    killed = subprocess.run([sys.executable, "-c", KILLED, str(folder)], check=False)
    assert killed.returncode == -signal.SIGKILL
    [left] = orphans(bench.injector())
    assert (left.state, left.owner, left.orphan) == (FaultState.ARMED, MANUAL, True)
    # Its turn ended with it.
    [lifted] = bench.injector(turn_seconds=1).lift_orphans()
    assert lifted.fault.id == left.id


def test_killed_while_lifting_it_is_lifted_again(bench: FaultBench) -> None:
    injector = bench.injector()
    one = injector.inject(fault("netem", loss=50))
    bench.abandon(one.id, FaultState.LIFTING)
    assert [f.id for f in orphans(injector)] == [one.id]
    assert [x.fault.id for x in injector.lift_orphans()] == [one.id]
    assert not (bench.guests.of("srv") / "qdisc").exists()


def test_a_dead_drills_faults_are_orphans_and_others_are_not(bench: FaultBench) -> None:
    injector = bench.injector()
    ended = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    boot = ProcessId.current().boot
    stat = Path(f"/proc/{ended.pid}/stat").read_text().rpartition(")")[2].split()
    process = ProcessId(pid=ended.pid, started=stat[19], boot=boot)
    drill = Owner(label="bascule", process=process)

    theirs = injector.inject(fault("netem", loss=5), drill)
    mine = injector.inject(fault("link-down", "web"), Owner.current("autre exercice"))
    manual = injector.inject(fault("freeze", "lb"))
    assert orphans(injector) == []

    ended.communicate()
    assert [f.id for f in orphans(injector)] == [theirs.id]
    assert [x.fault.id for x in injector.lift_orphans()] == [theirs.id]
    assert [f.id for f in injector.active()] == [mine.id, manual.id]

    # On exit a process undoes what it owns, under whatever name, and nothing else.
    assert [x.fault.id for x in injector.close()] == [mine.id]
    assert [f.id for f in injector.active()] == [manual.id]
    assert manual.owner == MANUAL


def test_a_process_number_used_again_is_not_the_owner(bench: FaultBench) -> None:
    me = ProcessId.current()
    assert me.alive
    assert not me.model_copy(update={"started": "1"}).alive
    assert not me.model_copy(update={"boot": "hier"}).alive
    bench.injector().inject(
        fault("netem", loss=5),
        Owner(label="x", process=me.model_copy(update={"boot": "hier"})),
    )
    assert bench.injector().close() == []
    assert len(orphans(bench.injector())) == 1
