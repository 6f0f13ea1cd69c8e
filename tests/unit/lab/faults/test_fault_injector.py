"""Injecting and lifting every kind; refusals, failures half way, what cannot be undone."""

from pathlib import Path

import pytest
from fault_bench import FaultBench, every_kind, fault, make_fault_bench, orphans

from pcapra_lab.errors import LabError, VmError
from pcapra_lab.lab.faults.errors import FaultsLeft
from pcapra_lab.lab.faults.model import FaultSpec
from pcapra_lab.lab.faults.record import FaultState, Owner, Undo
from pcapra_lab.lab.power import VmPower


@pytest.fixture
def bench(tmp_path: Path) -> FaultBench:
    return make_fault_bench(tmp_path)


def clock_offset(bench: FaultBench, vm: str) -> float:
    """How far a machine's clock was last set from the host's."""
    return float((bench.guests.of(vm) / "clock").read_text())


def test_all_kinds_together_take_effect_and_are_all_undone(
    bench: FaultBench, tmp_path: Path
) -> None:
    specs = every_kind(tmp_path)
    original = (tmp_path / "donnees.bin").read_bytes()
    injector = bench.injector()
    injected = [injector.inject(spec) for spec in specs]

    assert (bench.guests.of("srv") / "qdisc").read_text() == "fa17: netem"
    assert "failed" in (bench.guests.of("srv") / "unit").read_text()
    assert (tmp_path / "donnees.bin").read_bytes() != original
    assert clock_offset(bench, "srv") == pytest.approx(-3600, abs=1)
    for vm in ("srv", "web", "lb"):
        assert "pcapra_fault_5" in (bench.guests.of(vm) / "tables").read_text()
    assert bench.hypervisor.vm("web").unplugged == {"lan"}
    assert bench.power("web") is VmPower.PAUSED
    assert bench.power("lb") is VmPower.STOPPED

    assert [f.id for f in injector.active()] == [
        f"{spec.kind}-{number}" for number, spec in enumerate(specs, start=1)
    ]
    assert all(f.state is FaultState.ACTIVE and f.at is not None for f in injected)
    assert injector.active() == injected == bench.injector().active()

    lifted = injector.lift_all()
    assert {one.fault.id for one in lifted} == {f.id for f in injected}
    # Machines answer before they are mended, and services start last.
    kinds = [one.fault.spec.kind for one in lifted]
    assert kinds[:3] == ["power-cut", "freeze", "link-down"]
    assert kinds[-2:] == ["netem", "service-kill"]
    assert injector.active() == []
    assert not (bench.guests.of("srv") / "qdisc").exists()
    assert "active running" in (bench.guests.of("srv") / "unit").read_text()
    assert (tmp_path / "donnees.bin").read_bytes() == original
    assert abs(clock_offset(bench, "srv")) < 1
    for vm in ("srv", "web", "lb"):
        assert "pcapra_fault_5" not in (bench.guests.of(vm) / "tables").read_text()
        assert bench.power(vm) is VmPower.RUNNING
    assert bench.hypervisor.vm("web").unplugged == set()
    assert bench.revived == ["lb"]


@pytest.mark.parametrize("number", range(8))
def test_each_kind_is_lifted_once_and_a_second_lift_does_nothing(
    bench: FaultBench, tmp_path: Path, number: int
) -> None:
    spec = every_kind(tmp_path)[number]
    injector = bench.injector()
    one = injector.inject(spec)
    lifted = injector.lift(one.id)
    assert lifted is not None
    assert lifted.fault.id == one.id
    assert lifted.note == ""
    before = len(bench.guests.calls), len(bench.hypervisor.calls)
    assert injector.lift(one.id) is None
    assert injector.lift_all() == []
    assert (len(bench.guests.calls), len(bench.hypervisor.calls)) == before
    with pytest.raises(LabError, match=r"« netem-99 » n'existe pas \(en cours : aucune\)"):
        injector.lift("netem-99")


def test_lifting_by_machine_and_by_owner(bench: FaultBench) -> None:
    injector = bench.injector()
    drill = Owner.current("bascule")
    a = injector.inject(fault("netem", "srv", loss=5), drill)
    b = injector.inject(fault("netem", "web", loss=5))
    c = injector.inject(fault("partition", None, a=["lb"], b=["web"]), drill)
    assert {x.fault.id for x in injector.lift_all(vms=["lb"])} == {c.id}
    assert {x.fault.id for x in injector.lift_all(vms=["web"], owner=drill)} == set()
    assert {x.fault.id for x in injector.lift_all(owner=drill)} == {a.id}
    assert [f.id for f in injector.active()] == [b.id]


@pytest.mark.parametrize(
    ("spec", "power", "said"),
    [
        (fault("netem", loss=5), VmPower.STOPPED, "la machine est à l'arrêt"),
        (fault("netem", loss=5), VmPower.PAUSED, "la machine est figée"),
        (fault("freeze"), VmPower.PAUSED, "la machine est figée"),
        (fault("power-cut"), VmPower.STOPPED, "la machine est à l'arrêt"),
        (fault("link-down"), VmPower.STOPPED, "la machine est à l'arrêt"),
        (fault("partition", None, a=["web"], b=["srv"]), VmPower.STOPPED, "srv : la machine est"),
    ],
)
def test_a_machine_that_does_not_run_is_refused_and_nothing_is_recorded(
    bench: FaultBench, spec: FaultSpec, power: VmPower, said: str
) -> None:
    bench.hypervisor.vm("srv").power = power
    with pytest.raises(VmError, match=said) as raised:
        bench.injector().inject(spec)
    assert raised.value.hint
    assert bench.ledger.read().faults == []
    assert bench.guests.calls == []


def test_an_unknown_machine_and_a_taken_slot_are_refused(bench: FaultBench) -> None:
    injector = bench.injector()
    with pytest.raises(LabError, match="« sauvegarde » n'existe pas") as raised:
        injector.inject(fault("freeze", "sauvegarde"))
    assert raised.value.hint == "machines : srv, web, lb"
    first = injector.inject(fault("netem", loss=5))
    calls = len(bench.guests.calls)
    with pytest.raises(LabError, match="déjà en cours : réseau de srv dégradé") as raised:
        injector.inject(fault("netem", delay_ms=100))
    assert f"pcapra-lab fault lift {first.id}" in raised.value.hint
    assert len(bench.guests.calls) == calls, "the machine was not disturbed"


def test_an_injection_that_fails_half_way_is_undone_where_it_can_be(
    bench: FaultBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    injector = bench.injector()
    spec = fault("partition", None, a=["srv"], b=["web", "lb"])
    prepare, refusal = injector._guest.prepare, bench.guests.of("lb") / "refuse-nft"

    def then_refuse(of: FaultSpec) -> Undo:
        prepared = prepare(of)
        refusal.touch()
        return prepared

    # Two machines drop frames when the third refuses.
    monkeypatch.setattr(injector._guest, "prepare", then_refuse)
    with pytest.raises(FaultsLeft, match="lb : commande refusée : nft") as raised:
        injector.inject(spec)
    # lb cannot even be told to drop its table: it stays on record, for lb alone.
    [left] = injector.active()
    assert left.vms == ["lb"]
    assert left.orphan
    assert f"pcapra-lab fault lift {left.id}" in raised.value.hint
    for vm in ("srv", "web"):
        assert "chain" not in (bench.guests.of(vm) / "tables").read_text()

    refusal.unlink()
    [lifted] = injector.lift_orphans()
    assert lifted.note == "il n'en restait rien sur lb"
    assert injector.active() == []


def test_an_injection_refused_by_one_program_leaves_no_trace(bench: FaultBench) -> None:
    (bench.guests.of("srv") / "refuse-tc").write_text("replace")
    with pytest.raises(VmError, match=r"srv : commande refusée : tc qdisc replace .* refused"):
        bench.injector().inject(fault("netem", loss=5))
    assert bench.ledger.read().faults == []


def test_a_fault_that_had_no_effect_is_not_called_active(
    bench: FaultBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench.hypervisor, "pause", lambda _domain: None)
    with pytest.raises(VmError, match="la panne n'a pas eu d'effet : la machine est en marche"):
        bench.injector().inject(fault("freeze"))
    assert bench.ledger.read().faults == []


def test_ctrl_c_in_the_middle_of_an_injection_leaves_nothing(
    bench: FaultBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    pause = bench.hypervisor.pause

    def interrupted(domain: str) -> None:
        pause(domain)
        raise KeyboardInterrupt

    monkeypatch.setattr(bench.hypervisor, "pause", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bench.injector().inject(fault("freeze"))
    assert bench.power("srv") is VmPower.RUNNING
    assert bench.ledger.read().faults == []


def test_what_cannot_be_lifted_stays_and_the_others_are_lifted(
    bench: FaultBench, tmp_path: Path
) -> None:
    target = tmp_path / "base.db"
    target.write_bytes(b"\0" * 500)
    injector = bench.injector()
    corrupted = injector.inject(fault("file-corruption", path=str(target)))
    slow = injector.inject(fault("netem", "web", loss=5))
    split = injector.inject(fault("partition", None, a=["web"], b=["lb"]))
    frozen = injector.inject(fault("freeze", "lb"))
    bench.cut("srv")
    bench.guests.deaf.add("web")

    with pytest.raises(FaultsLeft) as raised:
        injector.lift_all()
    error = raised.value
    assert {f.id for f in error.left} == {corrupted.id, slow.id, split.id}
    assert [x.fault.id for x in error.lifted] == [frozen.id]
    assert "srv : la machine est à l'arrêt" in error.message
    assert "web : connexion SSH impossible" in error.message
    assert "pcapra-lab fault lift --all" in error.hint
    left = {f.id: f for f in injector.active()}
    assert left[split.id].vms == ["web"], "lb is free of it"
    assert {f.state for f in left.values()} == {FaultState.LIFTING}
    assert all(f.orphan for f in left.values()), "the next start tries again"

    # The machine's power is back: disks remember, so what was on them is undone.
    bench.hypervisor.start(bench.plan.vm("srv").domain)
    bench.guests.deaf.clear()
    assert {x.fault.id for x in injector.lift_orphans()} == {corrupted.id, slow.id, split.id}
    assert target.read_bytes() == b"\0" * 500


def test_what_left_with_the_power_is_moot(bench: FaultBench, tmp_path: Path) -> None:
    injector = bench.injector()
    injector.inject(fault("netem", loss=5))
    injector.inject(fault("link-down"))
    injector.inject(fault("freeze", "web"))
    bench.cut("srv")
    bench.cut("web")
    notes = {x.fault.spec.kind: x.note for x in injector.lift_all()}
    assert notes == {
        "freeze": "web n'était plus en marche",
        "link-down": "srv n'était plus en marche",
        "netem": "srv est à l'arrêt : la panne est partie avec sa mémoire",
    }
    assert bench.revived == []
    assert bench.power("srv") is VmPower.STOPPED


def test_a_machine_that_is_back_already_is_not_started_again(bench: FaultBench) -> None:
    injector = bench.injector()
    one = injector.inject(fault("power-cut"))
    bench.hypervisor.start(bench.plan.vm("srv").domain)
    lifted = injector.lift(one.id)
    assert lifted is not None
    assert lifted.note == "srv n'était plus à l'arrêt"
    assert bench.revived == []


def test_a_machine_that_does_not_revive_is_said_and_tried_again(
    bench: FaultBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    injector = bench.injector()
    one = injector.inject(fault("power-cut"))
    bench.hypervisor.failures["start", "srv"] = VmError("srv", "pas de mémoire", hint="down")
    with pytest.raises(FaultsLeft, match="srv : pas de mémoire") as raised:
        injector.lift(one.id)
    assert raised.value.hint == "down"
    assert [f.id for f in injector.active()] == [one.id]
    assert injector.lift(one.id) is not None
    assert bench.revived == ["srv", "srv"]


def test_a_frozen_machine_is_told_the_time_that_another_fault_wants(bench: FaultBench) -> None:
    injector = bench.injector()
    plain = injector.inject(fault("freeze", "web"))
    injector.lift(plain.id)
    assert abs(clock_offset(bench, "web")) < 1
    injector.inject(fault("clock-jump", seconds=86400))
    frozen = injector.inject(fault("freeze"))
    injector.lift(frozen.id)
    assert clock_offset(bench, "srv") == pytest.approx(86400, abs=1)
    injector.lift_all()
    assert abs(clock_offset(bench, "srv")) < 1


def test_looking_asks_no_hypervisor(bench: FaultBench, monkeypatch: pytest.MonkeyPatch) -> None:
    injector = bench.injector()
    injector.inject(fault("freeze"))

    def never() -> None:
        raise AssertionError("no daemon may be started to look")

    monkeypatch.setattr(injector._host, "_hypervisor", never)
    monkeypatch.setattr(injector._guest, "_hypervisor", never)
    assert len(injector.active()) == 1
    assert orphans(injector) == []
    assert injector.close() == []
    assert injector.lift_orphans() == []


def test_a_full_host_disk_does_not_keep_machines_broken(
    bench: FaultBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    injector = bench.injector()
    one = injector.inject(fault("freeze"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("pcapra_lab.lab.files.write_atomic", full)
        with pytest.raises(FaultsLeft, match="No space left on device"):
            injector.lift(one.id)
        assert bench.power("srv") is VmPower.RUNNING
        with pytest.raises(LabError, match="No space left on device"):
            injector.inject(fault("freeze", "web"))
        assert bench.power("web") is VmPower.RUNNING, "not recorded, hence not injected"
    [lifted] = injector.lift_all()
    assert lifted.note == "srv n'était plus figée"
