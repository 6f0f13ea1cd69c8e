"""The target architecture filling up, and what is lost of it."""

from dataclasses import replace

import pytest
from drawn_course import ARCHITECTURE, VIP, up, vitals

from pcapra_lab.content.architecture import Architecture, Element, ElementKind, Probe
from pcapra_lab.grading.results import CheckResult, Outcome, StepReport
from pcapra_lab.lab.power import VmPower
from pcapra_lab.progress.records import Attempt
from pcapra_lab.session.blueprint import Blueprint, Part, Sight
from pcapra_lab.session.blueprint_words import link_groups, plan_lines
from pcapra_lab.session.health import VmHealth
from pcapra_lab.session.sightings import Sightings

Health = dict[str, VmHealth]


def report(step: str, **outcomes: Outcome) -> StepReport:
    results = (CheckResult(name, name, "srv", outcome) for name, outcome in outcomes.items())
    return StepReport(step, tuple(results), 1, 0.1)


def one(probe: Probe, *more: Probe, kind: ElementKind = ElementKind.SERVICE) -> Architecture:
    element = Element(id="x", kind=kind, title="x", tier=1, seen_by=[probe, *more])
    return Architecture(elements=[element])


def look(blueprint: Blueprint, health: Health | None = None, *, hidden: bool = False) -> Part:
    return blueprint.plan(health or {}, hidden=hidden).tiers[0][0].part


def test_a_check_shows_once_it_has_passed_and_when_it_is_lost() -> None:
    now = [50.0]
    sightings = Sightings(clock=lambda: now[0])
    blueprint = Blueprint(one(Probe(check="a/b")), sightings)
    assert look(blueprint).sight is Sight.WAITING
    sightings.take(report("a", b=Outcome.FAIL))
    assert look(blueprint).sight is Sight.WAITING
    sightings.take(report("a", b=Outcome.PASS))
    assert (look(blueprint).sight, look(blueprint).at) == (Sight.SEEN, 50.0)
    sightings.take(report("a", b=Outcome.PENDING))
    assert look(blueprint).sight is Sight.SEEN, "an acting check that did not run says nothing"
    sightings.take(report("a", b=Outcome.ERROR))
    assert look(blueprint).sight is Sight.UNKNOWN
    sightings.take(report("a", b=Outcome.FAIL))
    assert look(blueprint).sight is Sight.LOST
    sightings.forget()
    assert look(blueprint).sight is Sight.WAITING


def test_after_a_reset_nothing_is_lost_it_is_to_be_built_again() -> None:
    sightings = Sightings()
    blueprint = Blueprint(one(Probe(vm="web1", service="nginx")), sightings)
    bare = {"web1": up("web1", vitals("web1"))}
    assert look(blueprint, {"web1": up("web1", HTTP)}).sight is Sight.SEEN
    assert look(blueprint, bare).sight is Sight.LOST
    sightings.forget()
    assert look(blueprint, bare).sight is Sight.WAITING


def test_after_going_back_what_the_steps_behind_built_is_unknown_until_looked_at() -> None:
    sightings = Sightings()
    blueprint = Blueprint(one(Probe(check="a/b")), sightings)
    sightings.take(report("a", b=Outcome.PASS))
    sightings.forget(["later"])
    assert look(blueprint).sight is Sight.UNKNOWN
    sightings.forget(["a", "later"])
    assert look(blueprint).sight is Sight.WAITING


def test_what_was_graded_in_earlier_sittings_is_known() -> None:
    attempts = [
        Attempt(1, "a", 10.0, True, 0.1, {"b": "pass"}),
        Attempt(1, "a", 20.0, False, 0.1, {"b": "fail"}),
    ]
    blueprint = Blueprint(one(Probe(check="a/b")), Sightings(attempts))
    assert (look(blueprint).sight, look(blueprint).at) == (Sight.LOST, 20.0)


HTTP = vitals("web1", services=("nginx",), ports=(80,))


@pytest.mark.parametrize(
    ("probe", "health", "sight"),
    [
        (Probe(vm="web1"), {}, Sight.WAITING),
        (Probe(vm="web1"), {"web1": up("web1", HTTP)}, Sight.SEEN),
        (Probe(vm="web1"), {"web1": VmHealth("web1", VmPower.STOPPED)}, Sight.WAITING),
        (Probe(vm="web1"), {"web1": VmHealth("web1", VmPower.RUNNING)}, Sight.WAITING),
        (Probe(vm="web1", service="nginx"), {"web1": up("web1", HTTP)}, Sight.SEEN),
        (Probe(vm="web1", service="haproxy"), {"web1": up("web1", HTTP)}, Sight.WAITING),
        (Probe(vm="web1", port=80), {"web1": up("web1", HTTP)}, Sight.SEEN),
        (Probe(vm="web1", port=443), {"web1": up("web1", HTTP)}, Sight.WAITING),
        (Probe(vm="lb1", address=VIP), {"lb1": up("lb1", vitals("lb1", VIP))}, Sight.SEEN),
        (Probe(vm="lb1", address=VIP), {"lb1": up("lb1", vitals("lb1"))}, Sight.WAITING),
    ],
)
def test_a_fact_of_a_machine_is_live(probe: Probe, health: Health, sight: Sight) -> None:
    assert look(Blueprint(one(probe), Sightings()), health).sight is sight


def test_a_port_on_the_loopback_only_is_not_there() -> None:
    inner = replace(HTTP, listeners=tuple(replace(x, loopback=True) for x in HTTP.listeners or ()))
    blueprint = Blueprint(one(Probe(vm="web1", port=80)), Sightings())
    assert look(blueprint, {"web1": up("web1", inner)}).sight is Sight.WAITING


def test_a_vip_is_there_on_one_machine_exactly_and_names_it() -> None:
    blueprint = Blueprint(one(Probe(address=VIP), kind=ElementKind.VIP), Sightings())
    both = {name: up(name, vitals(name)) for name in ("lb1", "lb2")}
    assert look(blueprint, both).sight is Sight.WAITING
    held = {**both, "lb1": up("lb1", vitals("lb1", VIP))}
    assert (look(blueprint, held).sight, look(blueprint, held).detail) == (Sight.SEEN, "lb1")
    twice = {**held, "lb2": up("lb2", vitals("lb2", VIP))}
    assert (look(blueprint, twice).sight, look(blueprint, twice).detail) == (Sight.LOST, "lb1, lb2")
    silent = {**both, "lb1": VmHealth("lb1", VmPower.RUNNING, problem="muette")}
    assert look(blueprint, silent).sight is Sight.UNKNOWN, "it may be on the one that is silent"
    moved = {"lb1": VmHealth("lb1", VmPower.STOPPED), "lb2": up("lb2", vitals("lb2", VIP))}
    assert (look(blueprint, moved).sight, look(blueprint, moved).detail) == (Sight.SEEN, "lb2")


def test_some_of_several_probes_are_a_part() -> None:
    sightings = Sightings()
    blueprint = Blueprint(one(Probe(check="a/b"), Probe(vm="web1")), sightings)
    health = {"web1": up("web1", HTTP)}
    assert look(blueprint, health).sight is Sight.PARTLY
    sightings.take(report("a", b=Outcome.PASS))
    assert look(blueprint, health).sight is Sight.SEEN
    assert look(blueprint, {"web1": VmHealth("web1", VmPower.STOPPED)}).sight is Sight.LOST


def test_an_exam_hides_what_checks_say_and_shows_what_anybody_sees() -> None:
    sightings = Sightings()
    sightings.take(report("a", b=Outcome.PASS))
    told = Blueprint(one(Probe(check="a/b")), sightings)
    assert look(told, hidden=True).sight is Sight.HIDDEN
    live = Blueprint(one(Probe(vm="web1")), sightings)
    assert look(live, {"web1": up("web1", HTTP)}, hidden=True).sight is Sight.SEEN


def test_the_whole_drawing_counts_and_is_told_in_lines() -> None:
    sightings = Sightings(clock=lambda: 0.0)
    sightings.take(report("restauration", archive=Outcome.PASS))
    blueprint = Blueprint(ARCHITECTURE, sightings)
    assert blueprint.checks == {"depot/chiffre", "restauration/archive"}
    health = {
        "lb1": up("lb1", vitals("lb1", VIP, services=("haproxy", "keepalived"))),
        "lb2": VmHealth("lb2", VmPower.STOPPED),
        "web1": up("web1", vitals("web1", ports=(80,))),
    }
    plan = blueprint.plan(health)
    assert [[box.part.id for box in tier] for tier in plan.tiers] == [
        ["client"],
        ["vip"],
        ["lb1", "lb2"],
        ["web1", "web2"],
        ["sauvegarde", "sup"],
    ]
    lines = plan_lines(plan)
    assert lines[0] == f"{plan.seen} sur {len(plan.parts)} en place"
    assert "✔ VIP 192.168.1.100 : portée par lb1" in lines
    assert "✔ lb1 : répond · ✔ HAProxy : actif · ✔ Keepalived : actif" in lines
    assert dict(link_groups(plan))["HTTP interne 2/4"] is Sight.PARTLY
    assert any(line.startswith("contrôles vus depuis") for line in lines)
