"""What a surprise drill draws, and what diagnoses are worth."""

from itertools import pairwise
from typing import Any

import pytest

from pcapra_lab.content.surprise import Surprise
from pcapra_lab.drills.clocks import Mark
from pcapra_lab.drills.measures import Verdict as Met
from pcapra_lab.drills.ribbon import Cell, Lane, Ribbon
from pcapra_lab.drills.surprises.assessment import Assessment
from pcapra_lab.drills.surprises.diagnosis import assess, judge, longest
from pcapra_lab.drills.surprises.draw import plan
from pcapra_lab.drills.surprises.watch import Event, Guess, Verdict, Watch
from pcapra_lab.drills.surprises.windows import Window, within

SCRIPTED = {"script": "a.sh", "undo": "b.sh"}
FAULTS: list[dict[str, Any]] = [
    {"id": "config", "cause": "config", "vms": ["web1", "web2"], **SCRIPTED},
    {"id": "droits", "cause": "droits", "vms": ["web1", "web2"], **SCRIPTED},
    {"id": "gel", "cause": "gel", "vms": ["lb1", "web2"],
     "inject": {"kind": "freeze", "vm": "lb1"}},
]  # fmt: skip
POOL = Surprise.model_validate(
    {
        "watch": "2m",
        "calm": "10s",
        "apart": "20s",
        "fault_count": [1, 3],
        "decoy_count": [1, 2],
        "answers": 5,
        "causes": [
            {"id": name, "title": f"La cause {name}"}
            for name in ("config", "droits", "gel", "disque", "cpu", "autre")
        ],
        "faults": [
            {**one, "title": f"Panne {one['id']}", "repaired": {"run": ["true"]}}
            for one in FAULTS
        ],
        "decoys": [
            {"id": "journal", "title": "Un journal", "cause": "config",
             "vms": ["web1", "web2", "lb1"], "innocent": "Du bruit.", **SCRIPTED},
            {"id": "charge", "title": "Une charge", "cause": "cpu",
             "vms": ["web1"], "innocent": "Bridée.", **SCRIPTED},
        ],
    }
)  # fmt: skip
SEEDS = [f"graine-{number}" for number in range(300)]


def test_the_same_seed_draws_the_same_on_every_host() -> None:
    first = plan(POOL, "promo-2026")
    assert first == plan(POOL, "promo-2026")
    assert first != plan(POOL, "promo-2027")
    # Frozen: a seed that a trainer gave must not change with the program.
    assert [(due.id, due.vm, round(due.at, 1)) for due in first.dues] == GOLDEN_DUES
    assert list(first.causes) == GOLDEN_CAUSES


GOLDEN_DUES = [("gel", "lb1", 56.3), ("charge", "web1", 74.0), ("config", "web1", 76.5)]
GOLDEN_CAUSES = ["droits", "cpu", "config", "autre", "gel"]


@pytest.mark.parametrize("seed", SEEDS[:100])
def test_what_is_drawn_can_be_played(seed: str) -> None:
    drawn = plan(POOL, seed)
    faults = [due for due in drawn.dues if not due.decoy]
    decoys = [due for due in drawn.dues if due.decoy]
    assert 1 <= len(faults) <= 3 and len(decoys) <= 2
    assert len({due.vm for due in faults}) == len(faults), "never two on one machine"
    times = [due.at for due in faults]
    assert all(10 <= at <= 100 for at in times), "the last one can still be seen"
    assert all(b - a >= 20 for a, b in pairwise(times))
    for due in faults:
        assert due.vm in POOL.fault(due.id).vms and POOL.fault(due.id).cause in drawn.causes
    true = {(due.vm, POOL.fault(due.id).cause) for due in faults}
    frozen = {due.vm for due in faults if due.id == "gel"}
    for due in decoys:
        assert (due.vm, POOL.decoy(due.id).cause) not in true, "an accusation that would be right"
        assert due.vm not in frozen, "nothing can be done there"
        assert POOL.decoy(due.id).cause in drawn.causes
    assert len(drawn.causes) == 5 == len(set(drawn.causes))


def test_everything_is_drawn_some_day() -> None:
    plans = [plan(POOL, seed) for seed in SEEDS]
    assert {sum(not d.decoy for d in one.dues) for one in plans} == {1, 2, 3}
    assert {(d.id, d.vm) for one in plans for d in one.dues if not d.decoy} == {
        (fault.id, vm) for fault in POOL.faults for vm in fault.vms
    }
    assert {one.causes[0] for one in plans} == {cause.id for cause in POOL.causes}


def watch() -> Watch:
    made = Watch(
        "g",
        120.0,
        ["config", "droits", "gel", "disque", "cpu"],
        [
            Event("config", "web1", 10.0, armed=True, struck=Mark(100.0, 0.5)),
            Event("journal", "web2", 20.0, decoy=True, armed=True, struck=Mark(110.0)),
            Event("gel", "lb1", 40.0, armed=True, struck=Mark(130.0)),
        ],
        Mark(90.0),
        over=True,
    )
    return made


def repaired(event: Event, at: float) -> None:
    event.look(at - 2, at - 1.9, up=False)
    event.look(at - 1, at - 0.9, up=True)
    event.look(at, at + 0.1, up=True)


def said(made: Watch, vm: str, cause: str, at: float) -> Verdict:
    verdict, _event = judge(POOL, made, vm, cause, Mark(at))
    made.guesses.append(Guess(vm, cause, Mark(at), verdict))
    return verdict


def test_a_guess_is_judged_by_what_has_happened_by_then() -> None:
    made = watch()
    assert said(made, "lb1", "gel", 120.0) is Verdict.WRONG, "not struck yet"
    assert said(made, "web1", "disque", 121.0) is Verdict.MACHINE
    assert said(made, "web2", "config", 122.0) is Verdict.DECOY
    assert said(made, "web2", "cpu", 123.0) is Verdict.WRONG, "nothing at all is there"
    assert said(made, "web1", "config", 125.0) is Verdict.RIGHT
    assert said(made, "web1", "config", 126.0) is Verdict.WRONG, "found once"
    assert said(made, "lb1", "gel", 131.0) is Verdict.RIGHT


def test_a_diagnosis_after_the_repair_is_late() -> None:
    made = watch()
    repaired(made.events[0], 150.0)
    assert said(made, "web1", "config", 160.0) is Verdict.LATE
    assert said(made, "web1", "droits", 160.0) is Verdict.WRONG, "the machine is well again"
    graded = assess(POOL, made, None)
    assert [one.verdict for one in graded.incidents] == [Verdict.LATE, None]
    assert graded.score == 0.0 and graded.wrong == 2


def test_a_watch_is_graded_with_all_that_is_known_in_the_end() -> None:
    made = watch()
    said(made, "web2", "config", 112.0)
    said(made, "web1", "droits", 113.0)
    said(made, "web1", "config", 120.0)
    repaired(made.events[0], 140.0)
    graded = assess(POOL, made, 30.0)
    first, second = graded.incidents
    assert (first.verdict, first.vm, first.cause) == (Verdict.RIGHT, "web1", "La cause config")
    assert first.detection is not None and first.detection.low <= 20.0 <= first.detection.high
    assert first.repair is not None and first.repair.verdict is Met.MISSED
    assert first.repair.measure.low <= 39.0 <= first.repair.measure.high
    assert (second.verdict, second.start, second.repair) == (None, 30.0, None)
    [lure] = graded.lures
    assert lure.accused and lure.innocent == "Du bruit."
    # Half of the faults, a tenth for a wrong guess, a fifth for the decoy.
    assert graded.wrong == 2 and graded.score == pytest.approx(0.5 - 0.1 - 0.2)
    assert longest(graded) is None, "one was not repaired"
    assert Assessment.from_data(graded.to_data()) == graded
    assert [(one.label, one.end is None) for one in graded.windows] == [
        ("web1", False),
        ("lb1", True),
    ]


def test_the_machine_alone_is_worth_half_and_nothing_is_below_nothing() -> None:
    made = watch()
    said(made, "web1", "droits", 113.0)
    graded = assess(POOL, made, None)
    assert graded.incidents[0].verdict is Verdict.MACHINE
    assert graded.score == pytest.approx(0.25 - 0.1)
    for number in range(9):
        said(made, "web2", "cpu", 114.0 + number)
    assert assess(POOL, made, None).score == 0.0


def test_a_perfect_watch() -> None:
    made = watch()
    said(made, "web1", "config", 101.0)
    said(made, "lb1", "gel", 131.0)
    repaired(made.events[0], 120.0)
    repaired(made.events[2], 170.0)
    graded = assess(POOL, made, None)
    assert graded.score == 1.0 and graded.wrong == 0
    span = longest(graded)
    assert span is not None and span.low <= 39.0 <= span.high


def test_a_repair_that_did_not_last_is_none() -> None:
    event = Event("config", "web1", 0.0, armed=True, struck=Mark(100.0))
    assert event.repaired is None
    event.look(101.0, 101.1, up=False)
    event.look(102.0, 102.1, up=True)
    assert event.repaired == Mark.between(101.0, 102.1)
    event.look(103.0, 103.1, up=False)
    assert event.repaired is None
    for at in (104.0, 105.0, 106.0):
        event.look(at, at + 0.1, up=True)
    assert event.repaired == Mark.between(103.0, 104.1) and len(event.looks) == 5


def test_a_look_from_before_the_strike_says_nothing() -> None:
    event = Event("config", "web1", 0.0, struck=Mark(100.0, 1.0))
    event.look(99.0, 99.1, up=True)
    assert event.repaired is None


def test_a_watch_comes_back_from_the_store_as_it_was() -> None:
    made = watch()
    said(made, "web1", "config", 101.0)
    repaired(made.events[0], 120.0)
    assert Watch.from_data(made.to_data()) == made
    assert made.first == Mark(100.0, 0.5)


def test_windows_shade_the_ribbon_where_a_fault_lasts() -> None:
    ribbon = Ribbon(-2.0, 1.0, (Lane("page", "Page", (Cell.UP,) * 12),), struck=True, back=1.0)
    assert [n for n in range(12) if within(ribbon, n)] == [2]
    windows = [Window("web1", 0.0, 2.0), Window("lb1", 6.0)]
    assert [n for n in range(12) if within(ribbon, n, windows)] == [2, 3, 8, 9, 10, 11]


def test_a_partition_may_be_told_of_either_side() -> None:
    data = POOL.model_dump(mode="json")
    data["faults"] = [
        {"id": "coupure", "title": "Coupés", "cause": "autre", "vms": ["lb1", "web1"],
         "inject": {"kind": "partition", "a": ["lb1"], "b": ["web1"]},
         "repaired": {"run": ["true"]}},
    ]  # fmt: skip
    pool = Surprise.model_validate(data)
    made = Watch("g", 60.0, ["autre"], [Event("coupure", "lb1", 0.0, struck=Mark(10.0))])
    assert judge(pool, made, "web1", "autre", Mark(20.0))[0] is Verdict.RIGHT
    assert judge(pool, made, "web2", "autre", Mark(20.0))[0] is Verdict.WRONG
