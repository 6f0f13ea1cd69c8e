"""What a surprise drill draws from its pool: the same seed always draws the same. Pure.

The stream is SHA-256 of the seed and a label, not ``random``, whose algorithms may change between
versions. It hides nothing from who reads the pool and knows the seed.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from pcapra_lab.content.base import seconds
from pcapra_lab.content.parameters import shuffled
from pcapra_lab.content.surprise import Decoy, PoolFault, Surprise


@dataclass(frozen=True, slots=True)
class Due:
    """A fault or a decoy that will happen."""

    id: str
    vm: str
    at: float
    """Seconds from the beginning of the watch."""
    decoy: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A drill as it was drawn."""

    seed: str
    length: float
    """Seconds that the watch lasts."""
    dues: tuple[Due, ...]
    """In the order they happen."""
    causes: tuple[str, ...]
    """The answers offered, by id, in the order they are shown."""


def plan(surprise: Surprise, seed: str) -> Plan:
    """Draw a drill.

    Faults strike different machines; machines that lack for as many as were drawn make them fewer.
    A decoy never suggests what is true: not the cause of a fault on that fault's machine.
    """
    faults = list(_faults(surprise, seed))
    decoys = list(_decoys(surprise, seed, faults))
    times = _times(surprise, seed, len(faults))
    dues = [Due(fault.id, vm, at) for (fault, vm), at in zip(faults, times, strict=True)]
    latest = 0.85 * seconds(surprise.watch)
    for decoy, vm in decoys:
        dues.append(Due(decoy.id, vm, latest * _fraction(seed, f"decoy {decoy.id}"), decoy=True))
    drawn = [one.cause for one, _vm in (*faults, *decoys)]
    return Plan(
        seed,
        seconds(surprise.watch),
        tuple(sorted(dues, key=lambda due: (due.at, due.id))),
        _answers(surprise, seed, list(dict.fromkeys(drawn))),
    )


def _faults(surprise: Surprise, seed: str) -> Iterator[tuple[PoolFault, str]]:
    wanted = _number(surprise.fault_count, seed, "how many faults")
    taken: set[str] = set()
    for fault in shuffled(surprise.faults, seed, "faults"):
        free = [vm for vm in fault.vms if taken.isdisjoint(_touched(fault, vm))]
        if free and wanted:
            vm = shuffled(free, seed, f"machine of {fault.id}")[0]
            taken |= _touched(fault, vm)
            wanted -= 1
            yield fault, vm


def _touched(fault: PoolFault, vm: str) -> set[str]:
    spec = fault.spec(vm)
    return {vm} if spec is None else set(spec.vms)


def _decoys(
    surprise: Surprise, seed: str, faults: list[tuple[PoolFault, str]]
) -> Iterator[tuple[Decoy, str]]:
    wanted = _number(surprise.decoy_count, seed, "how many decoys")
    true = {(vm, fault.cause) for fault, drawn in faults for vm in fault.guilty(drawn)}
    # Nothing can be done to a machine that is off, nor be seen there.
    off = {vm for fault, vm in faults if fault.outside}
    for decoy in shuffled(surprise.decoys, seed, "decoys"):
        free = [vm for vm in decoy.vms if vm not in off and (vm, decoy.cause) not in true]
        if free and wanted:
            wanted -= 1
            yield decoy, shuffled(free, seed, f"machine of {decoy.id}")[0]


def _times(surprise: Surprise, seed: str, count: int) -> list[float]:
    """When faults strike: after the calm, apart, and early enough for the last to be seen."""
    apart, calm = seconds(surprise.apart), seconds(surprise.calm)
    room = max(0.0, seconds(surprise.watch) - calm - count * apart)
    drawn = sorted(room * _fraction(seed, f"fault {number}") for number in range(count))
    return [calm + one + number * apart for number, one in enumerate(drawn)]


def _answers(surprise: Surprise, seed: str, drawn: list[str]) -> tuple[str, ...]:
    """The causes of what was drawn, and others up to as many as are offered."""
    known = [one.id for one in surprise.causes]
    others = [one for one in shuffled(known, seed, "other causes") if one not in drawn]
    offered = [*drawn, *others[: max(0, surprise.answers - len(drawn))]]
    return tuple(shuffled(sorted(offered), seed, "answers"))


def _number(bounds: list[int], seed: str, label: str) -> int:
    least, most = bounds
    return shuffled(range(least, most + 1), seed, label)[0]


def _fraction(seed: str, label: str) -> float:
    """Between 0 and 1, 1 excluded."""
    drawn = hashlib.sha256(f"{seed}\0{label}".encode()).digest()[:8]
    return int.from_bytes(drawn, "big") / 2**64
