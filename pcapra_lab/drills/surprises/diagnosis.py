"""Diagnoses judged: as each is declared, and all together once the watch is over. Pure."""

from pcapra_lab.content.surprise import Surprise
from pcapra_lab.drills.clocks import Mark, Measure
from pcapra_lab.drills.result import Judged
from pcapra_lab.drills.surprises.assessment import Assessment, Incident, Lure
from pcapra_lab.drills.surprises.watch import Event, Guess, Verdict, Watch

HALF = 0.5
"""What naming the machine alone is worth of a fault."""
WRONG_COST = 0.1
DECOY_COST = 0.2
"""What a wrong guess takes from the grade, which lies between 0 and 1."""


def judge(
    surprise: Surprise, watch: Watch, vm: str, cause: str, at: Mark
) -> tuple[Verdict, Event | None]:
    """What a guess is worth when it is declared, and the event it is about.

    What has not happened yet cannot be right; nor is what was found before found again.
    """
    found: set[str] = set()
    for guess in watch.guesses:
        verdict, event = _judged(surprise, watch, guess.vm, guess.cause, guess.at, found)
        if verdict is Verdict.RIGHT and event is not None:
            found.add(event.id)
    return _judged(surprise, watch, vm, cause, at, found)


def _judged(
    surprise: Surprise, watch: Watch, vm: str, cause: str, at: Mark, found: set[str]
) -> tuple[Verdict, Event | None]:
    begun = [x for x in watch.events if x.struck is not None and x.struck.low <= at.high]
    there = [
        event
        for event in begun
        if not event.decoy
        and event.id not in found
        and vm in surprise.fault(event.id).guilty(event.vm)
    ]
    late: Event | None = None
    for event in there:
        if surprise.fault(event.id).cause == cause:
            if event.repaired is None or at.low <= event.repaired.high:
                return Verdict.RIGHT, event
            late = late or event
    if late is not None:
        return Verdict.LATE, late
    for event in begun:
        if event.decoy and event.vm == vm and surprise.decoy(event.id).cause == cause:
            return Verdict.DECOY, event
    broken = [event for event in there if event.repaired is None or at.low <= event.repaired.high]
    return (Verdict.MACHINE, broken[0]) if broken else (Verdict.WRONG, None)


def assess(surprise: Surprise, watch: Watch, rto: float | None) -> Assessment:
    """Grade a watch that is over, with all that is known by then.

    Args:
        surprise: its pool.
        watch: what happened and what was said.
        rto: the target declared, in seconds, for each fault.
    """
    best: dict[str, tuple[Verdict, Guess]] = {}
    accused: set[str] = set()
    wrong = 0
    found: set[str] = set()
    for guess in watch.guesses:
        verdict, event = _judged(surprise, watch, guess.vm, guess.cause, guess.at, found)
        if verdict is Verdict.RIGHT and event is not None:
            found.add(event.id)
        else:
            wrong += 1
        if verdict is Verdict.DECOY and event is not None:
            accused.add(event.id)
        elif event is not None and _better(verdict, best.get(event.id)):
            best[event.id] = (verdict, guess)
    incidents = [
        _incident(surprise, event, best.get(event.id), rto, watch.first)
        for event in sorted(watch.faults, key=lambda event: event.due)
        if event.struck is not None
    ]
    cost = WRONG_COST * (wrong - len(accused)) + DECOY_COST * len(accused)
    lures = tuple(
        Lure(decoy.title, event.vm, decoy.innocent, event.id in accused)
        for event in watch.events
        if event.decoy and event.struck is not None
        for decoy in [surprise.decoy(event.id)]
    )
    parts = [_WORTH.get(one.verdict, 0.0) for one in incidents]
    score = round(max(0.0, sum(parts) / len(parts) - cost), 3) if parts else 0.0
    return Assessment(watch.seed, tuple(incidents), lures, wrong, score)


def longest(graded: Assessment) -> Measure | None:
    """The recovery time of a surprise drill: that of its longest fault; None as long as one was
    not repaired."""
    repairs = [one.repair.measure for one in graded.incidents if one.repair is not None]
    if len(repairs) < len(graded.incidents):
        return None
    return max(repairs, key=lambda one: (one.seconds, one.high), default=None)


_WORTH: dict[Verdict | None, float] = {Verdict.RIGHT: 1.0, Verdict.MACHINE: HALF}
_ORDER = (Verdict.RIGHT, Verdict.MACHINE, Verdict.LATE)


def _better(verdict: Verdict, known: tuple[Verdict, Guess] | None) -> bool:
    return known is None or _ORDER.index(verdict) < _ORDER.index(known[0])


def _incident(
    surprise: Surprise,
    event: Event,
    best: tuple[Verdict, Guess] | None,
    rto: float | None,
    first: Mark | None,
) -> Incident:
    fault, struck = surprise.fault(event.id), event.struck or Mark(0.0)
    back = event.repaired
    right = best[1].at if best is not None and best[0] is Verdict.RIGHT else None
    return Incident(
        fault.title,
        event.vm,
        surprise.cause(fault.cause).title,
        struck.at - (first.at if first is not None else struck.at),
        best[0] if best is not None else None,
        None if right is None else Measure.between(struck, right),
        None if back is None else Judged.of(Measure.between(struck, back), rto, None),
    )
