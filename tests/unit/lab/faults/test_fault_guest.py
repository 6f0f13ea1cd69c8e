"""The guests' scripts with stand-ins for ``tc``, ``nft`` and ``systemctl``."""

import fcntl
import os
import threading
from pathlib import Path

import pytest
from fault_bench import FaultBench, fault, lift, make_fault_bench

from pcapra_lab.errors import LabError, VmError
from pcapra_lab.lab.daemons import await_true
from pcapra_lab.lab.faults.record import Moment
from pcapra_lab.remote.result import CommandResult


@pytest.fixture
def bench(tmp_path: Path) -> FaultBench:
    return make_fault_bench(tmp_path)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("not-found inactive dead", "le service cron.service n'existe pas"),
        ("loaded inactive dead", r"n'a pas de processus à tuer \(état inactive/dead\)"),
        ("loaded failed failed", r"\(état failed/failed\)"),
        ("loaded active exited", r"\(état active/exited\)"),
    ],
)
def test_a_service_without_processes_is_refused(bench: FaultBench, state: str, said: str) -> None:
    (bench.guests.of("srv") / "unit").write_text(state)
    with pytest.raises(VmError, match=said):
        bench.injector().inject(fault("service-kill", unit="cron"))
    assert not any("kill" in line for line in bench.guests.log("srv"))


@pytest.mark.parametrize(
    ("state", "note", "starts"),
    [
        ("loaded active running", "le service était déjà reparti", 0),
        ("loaded failed failed", "", 1),
        ("loaded inactive dead", "", 1),
        ("loaded activating auto-restart", "", 1),
        ("not-found inactive dead", "le service a été désinstallé ou masqué depuis", 0),
        ("masked failed failed", "le service a été désinstallé ou masqué depuis", 0),
    ],
)
def test_a_killed_service_is_started_only_if_it_is_not_back(
    bench: FaultBench, state: str, note: str, starts: int
) -> None:
    one = bench.injector().inject(fault("service-kill", unit="cron"))
    assert bench.guests.log("srv")[-1] == "systemctl kill --signal=KILL -- cron.service"
    (bench.guests.of("srv") / "unit").write_text(state)
    assert lift(bench, one).startswith(note)
    started = bench.guests.log("srv").count("systemctl start -- cron.service")
    assert started == starts


def test_a_service_that_does_not_start_stays_on_record(bench: FaultBench) -> None:
    one = bench.injector().inject(fault("service-kill", unit="cron"))
    (bench.guests.of("srv") / "refuse-systemctl").write_text("start")
    with pytest.raises(LabError, match=r"commande refusée : systemctl start -- cron\.service"):
        lift(bench, one)
    assert [f.id for f in bench.ledger.read().faults] == [one.id]


def test_loss_and_delay_reach_tc_as_asked(bench: FaultBench) -> None:
    bench.injector().inject(fault("netem", loss=2.5, delay_ms=100, jitter_ms=20))
    assert bench.guests.log("srv")[-1] == (
        "tc qdisc replace dev eth0 root handle fa17: netem delay 100ms 20ms loss 2.5%"
    )
    bench.injector().inject(fault("netem", "web", loss=100))
    assert bench.guests.log("web")[-1].endswith(" netem loss 100.0%")


def test_a_queue_of_the_trainees_own_is_never_replaced(bench: FaultBench) -> None:
    queue = bench.guests.of("srv") / "qdisc"
    queue.write_text("1: htb")
    with pytest.raises(VmError, match="déjà une file d'attente à lui \\(htb\\)") as raised:
        bench.injector().inject(fault("netem", loss=5))
    assert "tc qdisc del dev eth0 root" in raised.value.hint
    queue.unlink()
    one = bench.injector().inject(fault("netem", loss=5))
    queue.write_text("1: htb")
    assert lift(bench, one) == "il n'en restait rien sur srv"
    assert queue.read_text() == "1: htb"


@pytest.mark.parametrize("kind", ["netem", "partition"])
def test_a_link_that_is_gone_is_refused_and_is_no_reason_to_keep_a_fault(
    bench: FaultBench, kind: str
) -> None:
    spec = (
        fault("netem", loss=5)
        if kind == "netem"
        else fault("partition", None, a=["srv"], b=["web"])
    )
    gone = bench.guests.of("srv") / "no-link"
    gone.touch()
    with pytest.raises(VmError, match="srv : le lien eth0 n'existe pas"):
        bench.injector().inject(spec)
    gone.unlink()
    one = bench.injector().inject(spec)
    gone.touch()
    lift(bench, one)
    assert bench.ledger.read().faults == []


def test_each_side_of_a_partition_drops_what_the_other_sends(bench: FaultBench) -> None:
    bench.injector().inject(fault("partition", None, a=["srv"], b=["web", "lb"]))
    macs = {vm.name: vm.lan_mac for vm in bench.plan.vms}
    tables = {vm: (bench.guests.of(vm) / "tables").read_text() for vm in macs}
    dropped = {vm: {o for o, mac in macs.items() if mac in tables[vm]} for vm in macs}
    assert dropped == {"srv": {"web", "lb"}, "web": {"srv"}, "lb": {"srv"}}


def test_a_script_that_does_not_answer_is_said_with_its_last_words(
    bench: FaultBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_self: object, _vm: str, _argv: object, _stdin: bytes, _t: float) -> CommandResult:
        return CommandResult(127, b"bruit\n", b"bash: python3: command not found\n")

    monkeypatch.setattr(type(bench.guests), "__call__", broken)
    with pytest.raises(VmError, match=r"code de sortie 127.*: bash: python3: command") as raised:
        bench.injector().inject(fault("netem", loss=5))
    assert "sudo python3 --version" in raised.value.hint


def test_one_job_at_a_time_in_a_machine(bench: FaultBench) -> None:
    """A host that lost the link undoes what may still be going on."""
    handle = os.open("/", os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    injecting = threading.Thread(
        target=bench.injector().inject, args=(fault("netem", loss=5),), daemon=True
    )

    def waits() -> bool:
        """Whether the guest's Python is queueing for a lock (proc_locks(5))."""
        queue = [x.split() for x in Path("/proc/locks").read_text().splitlines() if "-> FLOCK" in x]
        commands = [Path(f"/proc/{words[5]}/cmdline") for words in queue]
        return any(b"utf8" in one.read_bytes() for one in commands if one.exists())

    try:
        injecting.start()
        assert await_true(waits, timeout=20)
        assert bench.guests.log("srv") == []
    finally:
        os.close(handle)
    injecting.join()
    assert bench.guests.log("srv")[-1].startswith("tc qdisc replace")


def test_the_date_is_known_better_than_the_call_lasted(bench: FaultBench) -> None:
    bench.guests.start_up = 0.3
    before = Moment.now()
    one = bench.injector().inject(fault("netem", loss=5))
    after = Moment.now()
    assert one.at is not None
    earliest, latest = (one.at.monotonic + s * one.at.uncertainty for s in (-1, 1))
    assert before.monotonic < earliest <= latest < after.monotonic
    assert one.at.wall == pytest.approx(before.wall + before.until(one.at), abs=0.05)
    # The preparation's start is before, the deed's own was seen to pass.
    assert 2 * one.at.uncertainty < before.until(after) - 0.55
