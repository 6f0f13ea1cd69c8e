"""Faults across saved states: the whole matrix of what a restore ends and brings back."""

from collections.abc import Collection
from pathlib import Path

import pytest
from fault_bench import DEAD, FaultBench, Killed, every_kind, fault, make_fault_bench, orphans

from pcapra_lab.errors import LabBusy, VmError
from pcapra_lab.lab.faults.record import Active, FaultState, Owner
from pcapra_lab.lab.power import VmPower

ALL = ("srv", "web", "lb")


@pytest.fixture
def bench(tmp_path: Path) -> FaultBench:
    return make_fault_bench(tmp_path)


def save(bench: FaultBench, snapshot: str, *, asleep: bool = False) -> None:
    with bench.injector().states.saving(snapshot, asleep=asleep):
        for vm in bench.plan.vms:
            bench.hypervisor.snapshot(vm.domain, snapshot)
    if asleep:
        for vm in bench.plan.vms:
            bench.hypervisor.destroy(vm.domain)


def restore(bench: FaultBench, snapshot: str, vms: Collection[str] = ALL) -> list[Active]:
    with bench.injector().states.restoring(vms, snapshot) as ended:
        for vm in vms:
            bench.hypervisor.revert(bench.plan.vm(vm).domain, snapshot, paused=False)
    return ended


def ids(bench: FaultBench) -> list[str]:
    return [f.id for f in bench.injector().active()]


def test_going_back_to_before_the_faults_ends_them_all(bench: FaultBench, tmp_path: Path) -> None:
    save(bench, "prepare-1")
    injected = [bench.injector().inject(spec) for spec in every_kind(tmp_path)]
    errands = len(bench.guests.calls)
    ended = restore(bench, "prepare-1")
    assert [f.id for f in ended] == [f.id for f in injected]
    assert ids(bench) == []
    assert len(bench.guests.calls) == errands, "a revert wipes them: no machine is asked"
    assert bench.hypervisor.calls.index(("plug", "web")) < bench.hypervisor.calls.index(
        ("revert", "web")
    ), "a link's state outlives a revert in one and the same QEMU"
    assert bench.revived == []


def test_one_machine_alone_ends_its_own_faults_and_those_it_shares(bench: FaultBench) -> None:
    save(bench, "prepare-1")
    injector = bench.injector()
    shared = injector.inject(fault("partition", None, a=["srv"], b=["web", "lb"]))
    own = injector.inject(fault("netem", loss=5))
    cut = injector.inject(fault("power-cut"))
    others = injector.inject(fault("netem", "web", loss=5))
    frozen = injector.inject(fault("freeze", "lb"))
    # lb is frozen: it cannot be told that the partition is over.
    assert {f.id for f in restore(bench, "prepare-1", ["srv"])} == {shared.id, own.id, cut.id}
    left = {f.id: f for f in injector.active()}
    assert set(left) == {others.id, frozen.id, shared.id}
    assert left[shared.id].vms == ["lb"]
    assert left[shared.id].orphan, "never silently dropped: the next start tries again"
    assert "chain" not in (bench.guests.of("web") / "tables").read_text()
    injector.lift(frozen.id)
    assert [x.fault.id for x in injector.lift_orphans()] == [shared.id]
    assert "chain" not in (bench.guests.of("lb") / "tables").read_text()


def test_a_restore_that_fails_forgets_nothing(bench: FaultBench) -> None:
    save(bench, "prepare-1")
    one = bench.injector().inject(fault("netem", loss=5))
    cut = bench.injector().inject(fault("power-cut", "lb"))
    bench.hypervisor.failures["revert", "srv"] = VmError("srv", "disque plein", hint="-")
    with pytest.raises(VmError, match="disque plein"):
        restore(bench, "prepare-1")
    assert ids(bench) == [one.id, cut.id]


def test_killed_during_a_restore_nothing_is_forgotten(bench: FaultBench) -> None:
    save(bench, "prepare-1")
    one = bench.injector().inject(fault("netem", loss=5))
    bench.hypervisor.failures["revert", "web"] = Killed()
    with pytest.raises(Killed):
        restore(bench, "prepare-1")
    assert ids(bench) == [one.id]
    assert [x.fault.id for x in bench.injector().lift_all()] == [one.id]


def test_a_checkpoint_made_under_faults_brings_them_back_to_be_lifted(bench: FaultBench) -> None:
    injector = bench.injector()
    slow = injector.inject(fault("netem", loss=5))
    unplugged = injector.inject(fault("link-down", "web"))
    cut = injector.inject(fault("power-cut", "lb"))
    save(bench, "etape-1")
    assert ids(bench) == [slow.id, unplugged.id, cut.id], "saving changes nothing"
    injector.lift_all()
    assert ids(bench) == []

    # The queue and the link's state are in the saved memory; the power is not.
    assert restore(bench, "etape-1") == []
    back = {f.id: f for f in injector.active()}
    assert set(back) == {slow.id, unplugged.id}
    assert all(f.orphan and f.state is FaultState.LIFTING for f in back.values())
    calls = bench.hypervisor.count("plug")
    assert {x.fault.id for x in injector.lift_orphans()} == {slow.id, unplugged.id}
    assert bench.hypervisor.count("plug") == calls + 1
    assert ids(bench) == []


def test_a_checkpoint_brings_back_only_what_its_restored_machines_had(bench: FaultBench) -> None:
    injector = bench.injector()
    split = injector.inject(fault("partition", None, a=["srv"], b=["web", "lb"]))
    slow = injector.inject(fault("netem", "web", loss=5))
    save(bench, "etape-1")
    injector.lift_all()
    restore(bench, "etape-1", ["lb"])
    [back] = injector.active()
    assert (back.id, back.vms) == (split.id, ["lb"])
    injector.lift_orphans()
    restore(bench, "etape-1", ["web"])
    assert {(f.id, *f.vms) for f in injector.active()} == {(split.id, "web"), (slow.id, "web")}


def test_a_fault_still_in_force_stays_so_when_the_checkpoint_has_it_too(bench: FaultBench) -> None:
    injector = bench.injector()
    slow = injector.inject(fault("netem", loss=5))
    save(bench, "etape-1")
    restore(bench, "etape-1")
    [kept] = injector.active()
    assert kept == slow
    assert not kept.orphan


def test_asleep_nothing_is_active_and_on_waking_all_is_as_it_was(
    bench: FaultBench, tmp_path: Path
) -> None:
    injected = [bench.injector().inject(spec) for spec in every_kind(tmp_path)]
    save(bench, "veille-4", asleep=True)
    assert ids(bench) == []
    assert bench.injector().lift_all() == [], "no machine is started to be mended"
    assert all(bench.power(vm) is VmPower.STOPPED for vm in ALL)

    restore(bench, "veille-4")
    woken = bench.injector().active()
    hosts = ("power-cut", "freeze")
    assert woken == [f for f in injected if f.spec.kind not in hosts]
    assert orphans(bench.injector()) == []
    bench.injector().lift_all()
    assert not (bench.guests.of("srv") / "qdisc").exists()


def test_what_a_dead_drill_left_in_a_sleeping_lab_is_an_orphan_on_waking(
    bench: FaultBench,
) -> None:
    drill = Owner(label="bascule", process=DEAD)
    one = bench.injector().inject(fault("netem", loss=5), drill)
    save(bench, "veille-1", asleep=True)
    restore(bench, "veille-1")
    assert [x.fault.id for x in bench.injector().lift_orphans()] == [one.id]


def test_killed_once_saved_but_before_that_was_noted_the_faults_come_back(
    bench: FaultBench,
) -> None:
    one = bench.injector().inject(fault("netem", loss=5))
    with pytest.raises(Killed), bench.injector().states.saving("veille-1", asleep=True):
        for vm in bench.plan.vms:
            bench.hypervisor.snapshot(vm.domain, "veille-1")
        raise Killed
    restore(bench, "veille-1")
    assert ids(bench) == [one.id]


def test_started_again_from_its_disks_a_machine_keeps_what_is_on_them(
    bench: FaultBench, tmp_path: Path
) -> None:
    target = tmp_path / "base.db"
    target.write_bytes(bytes(100))
    injector = bench.injector()
    corrupted = injector.inject(fault("file-corruption", path=str(target)))
    injector.inject(fault("netem", loss=5))
    injector.inject(fault("service-kill", unit="cron"))
    split = injector.inject(fault("partition", None, a=["srv"], b=["web"]))
    other = injector.inject(fault("netem", "web", loss=5))
    injector.inject(fault("power-cut"))
    injector.states.booted(["srv"])
    left = {f.id: f.vms for f in injector.active()}
    assert left == {corrupted.id: ["srv"], split.id: ["web"], other.id: ["web"]}


def test_reviving_may_say_that_the_machine_booted(
    bench: FaultBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lab's own boot says so, in the middle of the lift."""
    injector = bench.injector()
    revive = bench.revive

    def revived(vm: str) -> None:
        revive(vm)
        injector.states.booted([vm])

    monkeypatch.setattr(injector._host, "_revive", revived)
    injector.inject(fault("netem", loss=5))
    injector.inject(fault("power-cut"))
    assert len(injector.lift_all()) == 2
    assert ids(bench) == []


def test_a_cable_that_cannot_be_plugged_in_stays_on_record(bench: FaultBench) -> None:
    save(bench, "prepare-1")
    one = bench.injector().inject(fault("link-down"))
    bench.hypervisor.failures["plug", "srv"] = VmError("srv", "le moniteur se tait", hint="-")
    assert [f.id for f in restore(bench, "prepare-1")] == [one.id]
    [left] = bench.injector().active()
    assert left.orphan
    assert len(bench.injector().lift_orphans()) == 1


def test_saving_and_restoring_wait_for_their_turn(bench: FaultBench) -> None:
    impatient = bench.injector(turn_seconds=0.1)
    with bench.injector().states.saving("etape-1"):
        with pytest.raises(LabBusy, match="enregistrement de l'état des machines"):
            impatient.inject(fault("freeze"))
        with (
            pytest.raises(LabBusy),
            impatient.states.restoring(ALL, "etape-1"),
        ):
            raise AssertionError("both at once")
    with (
        bench.injector().states.restoring(ALL, "etape-1"),
        pytest.raises(LabBusy, match="restauration des machines"),
    ):
        impatient.inject(fault("freeze"))
    assert bench.power("srv") is VmPower.RUNNING
    impatient.inject(fault("freeze"))


def test_states_that_are_gone_are_forgotten_and_deleted_machines_have_no_faults(
    bench: FaultBench,
) -> None:
    bench.injector().inject(fault("netem", loss=5))
    save(bench, "etape-1")
    save(bench, "etape-2")
    bench.injector().states.prune(["prepare-1", "etape-2"])
    assert list(bench.ledger.read().saved) == ["etape-2"]
    bench.injector().states.deleted()
    book = bench.ledger.read()
    assert (book.faults, book.saved, book.serial) == ([], {}, 1)


def test_a_lab_without_faults_keeps_no_file(bench: FaultBench) -> None:
    save(bench, "prepare-1")
    restore(bench, "prepare-1")
    bench.injector().states.booted(ALL)
    bench.injector().states.prune(["prepare-1"])
    assert not (bench.plan.folder / "faults.json").exists()
