"""What saved states weigh, how many are kept, and what a full disk does to them."""

import threading
from pathlib import Path

import pytest
from fake_lab import Bench, make_bench

from pcapra_lab.errors import EnvironmentProblem, VmError
from pcapra_lab.lab import states
from pcapra_lab.lab.manifest import PREPARED, SavedSet
from pcapra_lab.lab.power import VmPower
from pcapra_lab.lab.states import Sized, surplus

NOBODY = threading.Event()


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return make_bench(tmp_path, monkeypatch)


def sized(*weights: tuple[str, int]) -> list[Sized]:
    return [Sized(SavedSet(label, f"{label}-1", n), mib) for n, (label, mib) in enumerate(weights)]


def test_within_its_budget_nothing_is_dropped() -> None:
    kept = sized(("prepare", 9000), ("etape-a", 1000), ("etape-b", 1000))
    assert surplus(kept, "etape-b") == [], "only checkpoints count"


def test_the_oldest_go_first_and_never_the_one_just_taken() -> None:
    third = states.CHECKPOINTS_MIB // 3
    heavy = sized(("etape-a", third), ("etape-b", third), ("etape-c", third), ("etape-d", third))
    assert surplus(heavy, "etape-d") == ["etape-a"]
    assert surplus(heavy, "etape-a") == ["etape-b"], "an old label taken again"
    alone = sized(("prepare", 1), ("etape-a", 3 * states.CHECKPOINTS_MIB))
    assert surplus(alone, "etape-a") == []


def test_their_number_is_bounded_too() -> None:
    many = sized(*((f"etape-{n}", 1) for n in range(states.CHECKPOINTS_MAX + 2)))
    assert surplus(many, "etape-13") == ["etape-0", "etape-1"]


def test_a_checkpoint_drops_those_beyond_the_budget(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(states, "CHECKPOINTS_MAX", 2)
    lab = bench.lab()
    bench.up(lab)
    for step in "abc":
        lab.checkpoint(f"etape-{step}")
    assert set(bench.manifest.sets) == {PREPARED, "etape-b", "etape-c"}
    assert len(bench.hypervisor.vm("srv").snapshots) == 3


def test_without_room_nothing_is_saved_nor_harmed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = bench.lab()
    bench.up(lab)
    monkeypatch.setattr(states, "free_disk_mib", lambda _folder: 100)
    with pytest.raises(EnvironmentProblem, match="100 Mio libres"):
        lab.checkpoint("etape-a")
    assert set(bench.manifest.sets) == {PREPARED}
    assert {d.power for d in bench.hypervisor.domains.values()} == {VmPower.RUNNING}


def test_a_disk_that_fills_while_saving_leaves_the_earlier_state_and_running_machines(
    bench: Bench,
) -> None:
    lab = bench.lab()
    bench.up(lab)
    lab.checkpoint("etape-a")
    before = bench.manifest.sets["etape-a"]
    bench.hypervisor.failures["snapshot", "web"] = VmError("web", "No space left on device")
    with pytest.raises(VmError, match="No space left"):
        lab.checkpoint("etape-a")
    assert bench.manifest.sets["etape-a"] == before
    assert {d.power for d in bench.hypervisor.domains.values()} == {VmPower.RUNNING}
    lab.rewind("etape-a", bench.events.append, NOBODY)
    assert len(bench.hypervisor.vm("srv").snapshots) == 2, "the half-made one is gone"


def test_what_qemu_wrote_and_libvirt_never_recorded_is_dropped_by_up(bench: Bench) -> None:
    lab = bench.lab()
    bench.up(lab)
    lab.down(bench.events.append)
    bench.hypervisor.vm("srv").unrecorded.append("veille-20")
    bench.up(lab)
    assert bench.hypervisor.vm("srv").unrecorded == []


def test_one_machine_goes_back_to_a_checkpoint_the_other_stays(bench: Bench) -> None:
    lab = bench.lab()
    bench.up(lab)
    bench.hypervisor.work("srv", "étape 1")
    lab.checkpoint("etape-deux")
    bench.hypervisor.work("srv", "raté")
    bench.hypervisor.work("web", "en cours")
    lab.reset_vm("srv", bench.events.append, NOBODY, "etape-deux")
    assert bench.memory("srv") == ["amorcé", "préparé", "étape 1"]
    assert bench.memory("web")[-1] == "en cours"


def test_a_machine_that_lost_its_power_is_booted_alone(bench: Bench) -> None:
    lab = bench.lab()
    bench.up(lab)
    bench.hypervisor.work("srv", "écrit")
    bench.hypervisor.destroy(bench.plan.vm("srv").domain)
    web = bench.hypervisor.vm("web").incarnation
    lab.revive("srv", bench.events.append, NOBODY)
    assert bench.memory("srv") == ["amorcé"]
    assert "écrit" in bench.hypervisor.vm("srv").disk
    assert bench.hypervisor.vm("web").incarnation == web


def test_a_sleeping_machine_is_not_called_off(bench: Bench) -> None:
    lab = bench.lab()
    assert set(lab.power_at_rest().values()) == {VmPower.ABSENT}
    bench.up(lab)
    lab.down(bench.events.append)
    for one in (lab, bench.lab()):
        assert set(one.power().values()) == {VmPower.SAVED}
        assert set(one.power_at_rest().values()) == {VmPower.SAVED}
    bench.up(lab)
    bench.hypervisor.destroy(bench.plan.vm("srv").domain)
    assert lab.power() == {"srv": VmPower.STOPPED, "web": VmPower.RUNNING}
