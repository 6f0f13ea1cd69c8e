"""Going back to a saved state, on a hypervisor in memory, kills in the middle included."""

import threading
from pathlib import Path

import pytest
from fake_hypervisor import Killed
from fake_lab import Bench, make_bench

from pcapra_lab.errors import LabError
from pcapra_lab.lab.manifest import ASLEEP, PREPARED
from pcapra_lab.lab.power import VmPower

NOBODY = threading.Event()


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return make_bench(tmp_path, monkeypatch)


def test_reset_goes_back_to_the_prepared_state_and_drops_checkpoints(bench: Bench) -> None:
    bench.up()
    lab = bench.lab()
    lab.checkpoint("étape")
    bench.hypervisor.work("srv", "gâché")
    bench.hypervisor.work("web", "gâché")
    lab.reset(bench.events.append, NOBODY)
    assert bench.memory("srv") == bench.memory("web") == ["amorcé", "préparé"]
    assert "étape" not in bench.manifest.sets
    assert {len(d.snapshots) for d in bench.hypervisor.domains.values()} == {1}


def test_reset_of_one_machine_leaves_the_other_alone(bench: Bench) -> None:
    bench.up()
    bench.hypervisor.work("srv", "gâché")
    bench.hypervisor.work("web", "bon travail")
    bench.hypervisor.calls.clear()
    bench.lab().reset_vm("srv", bench.events.append, NOBODY)
    assert bench.memory("srv") == ["amorcé", "préparé"]
    assert bench.memory("web")[-1] == "bon travail"
    assert {vm for _, vm in bench.hypervisor.calls} == {"srv"}


def test_reset_of_one_machine_of_a_sleeping_lab_keeps_the_others_memory(bench: Bench) -> None:
    bench.up()
    bench.hypervisor.work("srv", "gâché")
    bench.hypervisor.work("web", "bon travail")
    bench.lab().down(bench.events.append)
    bench.lab().reset_vm("srv", bench.events.append, NOBODY)
    assert bench.memory("srv") == ["amorcé", "préparé"]
    assert bench.memory("web") == ["amorcé", "préparé", "bon travail"]
    assert bench.powers == {VmPower.RUNNING}


def test_rewind_brings_back_a_checkpoint_and_an_unknown_one_is_refused(bench: Bench) -> None:
    bench.up()
    lab = bench.lab()
    bench.hypervisor.work("srv", "étape 1")
    lab.checkpoint("fin-etape")
    bench.hypervisor.work("srv", "mutant")
    lab.rewind("fin-etape", bench.events.append, NOBODY)
    assert bench.memory("srv")[-1] == "étape 1"
    assert [s.saved.label for s in lab.checkpoints()] == [PREPARED, "fin-etape"]
    with pytest.raises(LabError, match="aucun état « inconnu »"):
        lab.rewind("inconnu", bench.events.append, NOBODY)


@pytest.fixture
def half_rewound(bench: Bench) -> Bench:
    """The program was killed between two machines: one is back, the other is not."""
    bench.up()
    lab = bench.lab()
    bench.hypervisor.work("srv", "étape 1")
    bench.hypervisor.work("web", "étape 1")
    lab.checkpoint("fin-etape")
    bench.hypervisor.work("srv", "raté")
    bench.hypervisor.work("web", "raté")
    bench.hypervisor.failures["revert", "web"] = Killed()
    with pytest.raises(Killed):
        lab.rewind("fin-etape", bench.events.append, NOBODY)
    return bench


def test_a_rewind_cut_short_is_finished_by_up(half_rewound: Bench) -> None:
    assert not half_rewound.up()
    assert half_rewound.memory("srv")[-1] == "étape 1"
    assert half_rewound.memory("web")[-1] == "étape 1"
    assert half_rewound.powers == {VmPower.RUNNING}
    assert half_rewound.manifest.restoring is None


def test_half_a_rewind_is_not_what_down_saves(half_rewound: Bench) -> None:
    lab = half_rewound.lab()
    lab.down(half_rewound.events.append)
    assert half_rewound.powers == {VmPower.STOPPED}
    assert set(lab.power().values()) == set(lab.power_at_rest().values()) == {VmPower.SAVED}
    assert ASLEEP not in half_rewound.manifest.sets
    half_rewound.up()
    assert half_rewound.memory("web")[-1] == "étape 1"


def test_a_reset_goes_before_a_rewind_cut_short(half_rewound: Bench) -> None:
    half_rewound.lab().reset(half_rewound.events.append, NOBODY)
    assert half_rewound.memory("web")[-1] == "préparé"
    assert half_rewound.manifest.restoring is None


def test_one_machine_reset_and_cut_short_is_reset_again_the_others_go_on(bench: Bench) -> None:
    bench.up()
    bench.hypervisor.work("srv", "raté")
    bench.hypervisor.work("web", "en cours")
    bench.hypervisor.failures["revert", "srv"] = Killed()
    with pytest.raises(Killed):
        bench.lab().reset_vm("srv", bench.events.append, NOBODY)
    bench.up()
    assert bench.memory("srv")[-1] == "préparé"
    assert bench.memory("web")[-1] == "en cours"
