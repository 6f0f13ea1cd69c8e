"""What a schema cannot say about a drill's surprises: names that agree, a draw that can be made."""

from collections.abc import Iterator

from pcapra_lab.content.base import seconds
from pcapra_lab.content.problems import Loc, shown, suggestion
from pcapra_lab.content.surprise import Odd, Surprise
from pcapra_lab.content.typography import sentence_faults, title_faults


def lint_surprise(surprise: Surprise) -> Iterator[tuple[Loc, str]]:
    """Problems of a pool, by key."""
    yield from _twice("causes", [one.id for one in surprise.causes])
    odds = [*_odds(surprise)]
    names = [one.id for _loc, one in odds]
    for at, (loc, one) in enumerate(odds):
        if one.id in names[:at]:
            yield (*loc, "id"), f"{shown(one.id)} en double parmi les pannes et les leurres"
        yield from _odd(surprise, loc, one)
    for i, cause in enumerate(surprise.causes):
        yield from ((("causes", i, "title"), fault) for fault in title_faults(cause.title))
    for i, decoy in enumerate(surprise.decoys):
        at_it: Loc = ("decoys", i, "innocent")
        yield from ((at_it, fault) for fault in sentence_faults(decoy.innocent))
    yield from _counts(surprise)


def surprise_machines(surprise: Surprise) -> Iterator[tuple[Loc, str]]:
    """The machines that a pool names, and where."""
    for loc, one in _odds(surprise):
        for i, vm in enumerate(one.vms):
            yield (*loc, "vms", i), vm
    for i, fault in enumerate(surprise.faults):
        if fault.repaired.vm is not None:
            yield ("faults", i, "repaired", "vm"), fault.repaired.vm
        for vm in fault.inject.vms if fault.inject is not None else ():
            yield ("faults", i, "inject"), vm


def _odds(surprise: Surprise) -> Iterator[tuple[Loc, Odd]]:
    for i, fault in enumerate(surprise.faults):
        yield ("faults", i), fault
    for i, decoy in enumerate(surprise.decoys):
        yield ("decoys", i), decoy


def _odd(surprise: Surprise, loc: Loc, one: Odd) -> Iterator[tuple[Loc, str]]:
    known = [cause.id for cause in surprise.causes]
    if one.cause not in known:
        said = f"aucune cause {shown(one.cause)}" + suggestion(one.cause, known)
        yield (*loc, "cause"), said
    yield from _twice((*loc, "vms"), one.vms)
    yield from (((*loc, "title"), fault) for fault in title_faults(one.title))


def _twice(where: str | Loc, names: list[str]) -> Iterator[tuple[Loc, str]]:
    at: Loc = (where,) if isinstance(where, str) else where
    for i, name in enumerate(names):
        if name in names[:i]:
            yield (*at, i), f"{shown(name)} en double"


def _counts(surprise: Surprise) -> Iterator[tuple[Loc, str]]:
    least, most = surprise.fault_count
    machines = len({vm for fault in surprise.faults for vm in fault.vms})
    room = min(len(surprise.faults), machines)
    if least < 1:
        yield ("fault_count",), "une garde a au moins une panne"
    if most > room:
        yield ("fault_count",), f"{most} pannes pour {room} au plus, jamais deux sur une machine"
    if surprise.decoy_count[1] > len(surprise.decoys):
        yield ("decoy_count",), f"{surprise.decoy_count[1]} leurres pour {len(surprise.decoys)}"
    if surprise.answers > len(surprise.causes):
        yield ("answers",), f"{surprise.answers} réponses pour {len(surprise.causes)} causes"
    if surprise.answers < most + surprise.decoy_count[1]:
        yield ("answers",), "moins de réponses que de pannes et de leurres tirés"
    taken = seconds(surprise.calm) + most * seconds(surprise.apart)
    if taken > seconds(surprise.watch):
        yield ("watch",), "trop courte pour « calm » et autant de fois « apart » que de pannes"
