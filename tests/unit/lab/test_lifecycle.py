"""A lab's life on a hypervisor in memory, kills at the worst moments included."""

import threading
from pathlib import Path

import pytest
from fake_hypervisor import Killed
from fake_lab import Bench, make_bench

from pcapra_lab.errors import Cancelled, EnvironmentProblem, VmError
from pcapra_lab.lab import disks
from pcapra_lab.lab.events import Phase
from pcapra_lab.lab.manifest import ASLEEP, BOOTED, PREPARED
from pcapra_lab.lab.power import VmPower
from pcapra_lab.lab.progress import Tracker

NOBODY = threading.Event()


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return make_bench(tmp_path, monkeypatch)


def test_the_first_up_boots_prepares_and_keeps_only_the_prepared_state(bench: Bench) -> None:
    seen: list[set[str]] = []
    lab = bench.lab()

    def prepare(tracker: Tracker, cancel: threading.Event) -> None:
        seen.append(set(bench.manifest.sets))
        assert cancel is NOBODY
        bench.prepare(tracker, cancel)

    assert lab.up(prepare, bench.events.append, NOBODY)
    assert seen == [{BOOTED}], "the booted state must be saved before the setup runs"
    assert set(bench.manifest.sets) == {PREPARED}
    assert lab.prepared
    assert bench.powers == {VmPower.RUNNING}
    for vm in ("srv", "web"):
        assert bench.memory(vm) == ["amorcé", "préparé"]
        assert len(bench.hypervisor.vm(vm).snapshots) == 1
    assert bench.events[-1].phase is Phase.READY
    phases = [e.phase for e in bench.events]
    told = [(e.fraction, e.detail) for e in bench.events if e.phase is Phase.PREPARE]
    assert told == [(None, ""), (0.0, "srv"), (0.5, "web"), (1.0, "")]
    assert phases.index(Phase.DEFINE) < phases.index(Phase.BOOT) < phases.index(Phase.PREPARE)


def test_a_second_up_on_running_machines_changes_nothing(bench: Bench) -> None:
    bench.up()
    bench.hypervisor.work("srv", "travail")
    calls = list(bench.hypervisor.calls)
    assert not bench.up()
    assert bench.hypervisor.calls == calls
    assert bench.memory("srv") == ["amorcé", "préparé", "travail"]
    assert bench.prepared == ["fait"]


def test_a_setup_that_was_interrupted_starts_again_from_the_boot(bench: Bench) -> None:
    def half(_tracker: Tracker, _cancel: threading.Event) -> None:
        bench.hypervisor.work("srv", "à moitié")
        raise Killed

    with pytest.raises(Killed):
        bench.lab().up(half, bench.events.append, NOBODY)
    assert set(bench.manifest.sets) == {BOOTED}
    assert bench.up()
    assert bench.hypervisor.count("start") == 2, "each machine boots once in all"
    assert bench.memory("srv") == ["amorcé", "préparé"], "the half-done setup must be gone"
    assert set(bench.manifest.sets) == {PREPARED}


def test_a_kill_during_the_boot_resumes_without_cutting_the_power(bench: Bench) -> None:
    bench.hypervisor.failures["start", "web"] = Killed()
    with pytest.raises(Killed):
        bench.up()
    assert bench.hypervisor.vm("srv").power is VmPower.RUNNING
    assert bench.up()
    assert bench.hypervisor.calls.count(("start", "srv")) == 1
    assert bench.hypervisor.count("destroy") == 0


def test_down_then_up_brings_the_memory_back_without_a_boot(bench: Bench) -> None:
    bench.up()
    bench.hypervisor.work("srv", "travail")
    bench.lab().down(bench.events.append)
    assert bench.powers == {VmPower.STOPPED}
    assert bench.manifest.asleep and ASLEEP in bench.manifest.sets
    starts = bench.hypervisor.count("start")
    assert not bench.up()
    assert bench.hypervisor.count("start") == starts
    assert bench.memory("srv") == ["amorcé", "préparé", "travail"]
    assert not bench.manifest.asleep
    assert bench.prepared == ["fait"]


def test_down_twice_keeps_the_state_and_one_snapshot_per_label(bench: Bench) -> None:
    bench.up()
    bench.lab().down(bench.events.append)
    bench.lab().down(bench.events.append)
    bench.up()
    bench.hypervisor.work("web", "encore")
    bench.lab().down(bench.events.append)
    wanted = {s.snapshot for s in bench.manifest.sets.values()}
    for domain in bench.hypervisor.domains.values():
        assert set(domain.snapshots) == wanted
    bench.up()
    assert bench.memory("web") == ["amorcé", "préparé", "encore"]


def test_down_before_any_preparation_only_cuts_the_power(bench: Bench) -> None:
    bench.hypervisor.failures["start", "web"] = Killed()
    with pytest.raises(Killed):
        bench.up()
    bench.lab().down(bench.events.append)
    assert bench.powers == {VmPower.STOPPED}
    assert bench.manifest.sets == {}


@pytest.mark.parametrize("operation", ["pause", "snapshot"])
def test_a_failed_save_leaves_the_machines_running_and_the_old_states(
    bench: Bench, operation: str
) -> None:
    bench.up()
    bench.lab().down(bench.events.append)
    bench.up()
    before = bench.manifest.sets
    bench.hypervisor.work("srv", "travail")
    bench.hypervisor.failures[operation, "web"] = VmError("web", "disque plein", hint="-")
    with pytest.raises(VmError, match="disque plein"):
        bench.lab().down(bench.events.append)
    assert bench.powers == {VmPower.RUNNING}
    assert bench.memory("srv")[-1] == "travail"
    assert bench.manifest.sets == before
    known = {s.snapshot for s in before.values()}
    for domain in bench.hypervisor.domains.values():
        assert set(domain.snapshots) == known, "a part of a set is left behind"


def test_a_kill_amid_snapshots_leaves_the_previous_states_and_up_resumes(bench: Bench) -> None:
    bench.up()
    before = bench.manifest.sets
    bench.hypervisor.work("srv", "travail")
    bench.hypervisor.failures["snapshot", "web"] = Killed()
    with pytest.raises(Killed):
        bench.lab().down(bench.events.append)
    assert bench.powers == {VmPower.PAUSED}
    assert bench.manifest.sets == before
    assert not bench.manifest.asleep
    assert not bench.up()
    assert bench.powers == {VmPower.RUNNING}
    assert bench.memory("srv")[-1] == "travail"


def test_a_kill_between_save_and_power_cut_loses_nothing(bench: Bench) -> None:
    bench.up()
    bench.hypervisor.work("srv", "travail")
    bench.hypervisor.failures["destroy", "srv"] = Killed()
    with pytest.raises(Killed):
        bench.lab().down(bench.events.append)
    assert bench.manifest.asleep
    assert not bench.up()
    assert bench.powers == {VmPower.RUNNING}
    assert bench.memory("srv")[-1] == "travail"


def test_a_kill_while_waking_wakes_from_the_same_state_again(bench: Bench) -> None:
    bench.up()
    bench.hypervisor.work("web", "travail")
    bench.lab().down(bench.events.append)
    bench.hypervisor.failures["revert", "web"] = Killed()
    with pytest.raises(Killed):
        bench.up()
    assert bench.manifest.asleep
    assert not bench.up()
    assert bench.memory("web")[-1] == "travail"
    assert bench.powers == {VmPower.RUNNING}


def test_mixed_states_after_a_crash_end_up_running(bench: Bench) -> None:
    bench.up()
    bench.hypervisor.work("web", "sur le disque")
    bench.hypervisor.destroy(bench.hypervisor.vm("web").name)
    bench.hypervisor.pause(bench.hypervisor.vm("srv").name)
    assert not bench.up()
    assert bench.powers == {VmPower.RUNNING}
    assert bench.hypervisor.vm("web").disk[-1] == "sur le disque"
    assert bench.memory("srv") == ["amorcé", "préparé"]


def test_a_machine_cut_off_under_an_open_session_gets_a_new_port(bench: Bench) -> None:
    lab = bench.lab()
    bench.up(lab)
    stale = lab.links.trainee("web").endpoint.port
    bench.hypervisor.destroy(bench.hypervisor.vm("web").name)
    assert not bench.up(lab)
    assert lab.links.trainee("web").endpoint.port != stale


def test_all_machines_pause_before_the_first_snapshot_and_resume_after_the_last(
    bench: Bench,
) -> None:
    bench.up()
    bench.hypervisor.calls.clear()
    bench.lab().checkpoint("étape")
    operations = [op for op, _ in bench.hypervisor.calls]
    assert operations == ["pause"] * 2 + ["snapshot"] * 2 + ["resume"] * 2


@pytest.mark.parametrize("change", ["qemu", "image"])
def test_another_world_prepares_the_lab_again(bench: Bench, change: str) -> None:
    bench.up()
    bench.lab().down(bench.events.append)
    if change == "qemu":
        bench.hypervisor.version = "qemu 8.0.0"
    else:
        bench.image_digest = "b" * 64
    assert not bench.lab().prepared
    assert bench.up()
    assert bench.prepared == ["fait", "fait"]
    assert bench.hypervisor.count("undefine") == 2
    assert bench.lab().prepared
    assert set(bench.manifest.sets) == {PREPARED}


def test_delete_forgets_machines_disks_and_states_but_not_the_keys(bench: Bench) -> None:
    bench.up()
    lab = bench.lab()
    root = lab.plan.vm("srv").root_disk.path
    assert root.exists()
    lab.delete()
    assert bench.hypervisor.domains == {}
    assert not root.exists()
    assert (lab.plan.folder / "cle").exists()
    assert bench.manifest.sets == {} and not bench.lab().prepared


@pytest.mark.parametrize("operation", ["destroy", "undefine"])
def test_a_kill_amid_a_deletion_can_be_followed_by_up(bench: Bench, operation: str) -> None:
    bench.up()
    bench.hypervisor.failures[operation, "web"] = Killed()
    with pytest.raises(Killed):
        bench.lab().delete()
    assert bench.up(), "the lab must be made again, not woken"
    assert bench.memory("srv") == bench.memory("web") == ["amorcé", "préparé"]


def test_cancel_stops_before_the_setup_and_keeps_the_boot(bench: Bench) -> None:
    cancel = threading.Event()
    bench.hypervisor.before = lambda op, _vm: cancel.set() if op == "snapshot" else None
    with pytest.raises(Cancelled):
        bench.up(cancel=cancel)
    assert set(bench.manifest.sets) == {BOOTED}
    assert bench.prepared == []
    bench.hypervisor.before = lambda _op, _vm: None
    assert bench.up()
    assert bench.hypervisor.count("start") == 2


def test_cancel_before_waking_touches_nothing(bench: Bench) -> None:
    bench.up()
    bench.lab().down(bench.events.append)
    calls = list(bench.hypervisor.calls)
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        bench.up(cancel=cancel)
    assert bench.hypervisor.calls == calls
    assert bench.manifest.asleep


def test_a_machine_that_dies_while_booting_is_named_with_its_console(bench: Bench) -> None:
    def die(operation: str, vm: str) -> None:
        if (operation, vm) == ("wait", "web"):
            bench.plan.vm("web").console_log.write_text("Kernel panic - not syncing\n")
            bench.hypervisor.vm("web").power = VmPower.STOPPED

    bench.hypervisor.before = die
    with pytest.raises(
        VmError, match=r"s'est éteinte pendant son démarrage\nKernel panic"
    ) as caught:
        bench.up()
    assert caught.value.vm == "web"
    assert "console.log" in caught.value.hint


def test_a_machine_that_never_answers_is_named_with_its_console(bench: Bench) -> None:
    def freeze(operation: str, vm: str) -> None:
        if (operation, vm) == ("wait", "web"):
            bench.plan.vm("web").console_log.write_text("[ OK ] Started sshd\n")
            bench.hypervisor.vm("web").power = VmPower.PAUSED

    bench.hypervisor.before = freeze
    with pytest.raises(VmError, match=r"ne répond pas après 420 s[^\0]*Started sshd"):
        bench.up()


def test_a_lab_that_does_not_fit_is_refused_with_numbers(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disks, "free_memory_mib", lambda: 100)
    with pytest.raises(EnvironmentProblem, match="il faut 616 Mio pour 2 machines, 100 Mio"):
        bench.up()
    assert bench.hypervisor.domains == {}


def test_running_machines_do_not_need_their_memory_twice(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.up()
    monkeypatch.setattr(disks, "free_memory_mib", lambda: 10)
    assert not bench.up()


def test_guests_are_told_the_time_after_waking(bench: Bench) -> None:
    lab = bench.lab()
    bench.up(lab)
    lab.down(bench.events.append)
    bench.up(lab)
    for vm in ("srv", "web"):
        asked = [argv for asked, argv in bench.hypervisor.commands if asked == vm]
        assert asked[-1][:2] == ["date", "--set"]
