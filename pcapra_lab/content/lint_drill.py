"""What a schema cannot say about a drill: machines, what its fault takes away, wording."""

from collections.abc import Iterator

from pcapra_lab.content.availability import AnswersState, Availability, OutputState, VipState
from pcapra_lab.content.base import seconds
from pcapra_lab.content.drill import Drill, DrillFault, NumberedWriter
from pcapra_lab.content.faults import FaultSpec, Partition, PowerCut
from pcapra_lab.content.lint_surprise import lint_surprise, surprise_machines
from pcapra_lab.content.problems import Loc, shown
from pcapra_lab.content.surprise import Surprise
from pcapra_lab.content.typography import sentence_faults, title_faults

MOST_UNCERTAIN = 2.5
"""Seconds between two answers at worst: beyond, a cut could hardly be told from its uncertainty."""


def lint_drill(drill: Drill) -> Iterator[tuple[Loc, str]]:
    """Problems of one drill, by key."""
    yield from ((("title",), fault) for fault in title_faults(drill.title))
    if drill.writer is not None:
        yield from _writer(drill.writer, drill.fault.inject if drill.fault is not None else None)
    if drill.hold != "0s" and drill.availability is not None:
        yield ("hold",), "avec « availability », c'est son « hold » qui compte : retirez celui-ci"
    elif drill.hold != "0s" and drill.probe is None:
        yield ("hold",), "sans « probe », l'étape finit dès que ses contrôles passent : retirez-le"
    if drill.availability is not None:
        yield from _availability(drill.availability, _struck(drill))
    if drill.surprise is not None:
        yield from ((("surprise", *loc), said) for loc, said in lint_surprise(drill.surprise))
        if drill.writer is not None:
            yield from _writer_of_pool(drill.writer, drill.surprise)
    yield from _bands(drill)


def _writer(writer: NumberedWriter, fault: FaultSpec | None) -> Iterator[tuple[Loc, str]]:
    if isinstance(fault, PowerCut):
        if fault.vm == writer.witness:
            message = f"la coupure de {shown(fault.vm)} emporte ce que le témoin a noté"
            yield ("writer", "witness"), message
        elif fault.vm == writer.vm and writer.witness is None:
            message = (
                f"la coupure de {shown(fault.vm)} emporte la mémoire de celui qui écrit : nommez "
                "un « witness » sur une autre machine"
            )
            yield ("writer",), message
    if isinstance(fault, Partition) and writer.vm in fault.vms and writer.witness is not None:
        across = fault.across(writer.vm)
        if writer.witness in across:
            message = f"la panne coupe {shown(writer.vm)} de son témoin"
            yield ("writer", "witness"), message


def _writer_of_pool(writer: NumberedWriter, surprise: Surprise) -> Iterator[tuple[Loc, str]]:
    specs = [fault.spec(vm) for fault in surprise.faults for vm in fault.vms]
    told = (found for spec in specs for found in _writer(writer, spec))
    yield from dict.fromkeys(told)


def _struck(drill: Drill) -> set[str]:
    """The machines that something may happen to."""
    if drill.surprise is not None:
        named = [fault.inject.vms for fault in drill.surprise.faults if fault.inject is not None]
        return {*drill.surprise.machines, *(vm for vms in named for vm in vms)}
    if drill.fault is None:
        return set()
    scripts = {one.vm for one in (drill.fault.script, drill.fault.undo) if one is not None}
    return scripts | set(drill.fault.inject.vms if drill.fault.inject is not None else ())


def _availability(seen: Availability, struck: set[str]) -> Iterator[tuple[Loc, str]]:
    if seen.vm in struck:
        message = f"la panne touche {shown(seen.vm)}, qui sonde : elle fausserait la mesure"
        yield ("availability", "vm"), message
    for i, probe in enumerate(seen.probes):
        at: Loc = ("availability", "probes", i)
        yield from (((*at, "title"), wrong) for wrong in title_faults(probe.title))
        if seconds(probe.every) + seconds(probe.timeout) > MOST_UNCERTAIN:
            limit = f"{MOST_UNCERTAIN:g} s".replace(".", ",")
            message = f"« every » et « timeout » font plus de {limit} : la mesure serait trop large"
            yield (*at, "timeout"), message
    for i, state in enumerate(seen.states):
        at = ("availability", "states", i)
        yield from (((*at, "title"), wrong) for wrong in title_faults(state.title))
        if isinstance(state, VipState) and seen.vm in state.among:
            message = f"{shown(seen.vm)} sonde : elle ne peut pas porter l'adresse qu'elle suit"
            yield (*at, "among"), message


def _bands(drill: Drill) -> Iterator[tuple[Loc, str]]:
    bands = drill.expected
    if bands.outage is not None and drill.availability is None:
        yield ("expected", "outage"), "sans « availability », aucune coupure n'est mesurée"
    if bands.rpo is not None and drill.writer is None:
        yield ("expected", "rpo"), "sans « writer », aucune perte n'est mesurée"
    if bands.reason is not None:
        faults = sentence_faults(bands.reason)
        yield from ((("expected", "reason"), fault) for fault in faults)
    elif drill.availability is not None and bands.in_seconds():
        yield ("expected",), "dites dans « reason » pourquoi l'outil donne ces durées"


def drill_machines(drill: Drill) -> Iterator[tuple[Loc, str]]:
    """The machines a drill names, and where."""
    if drill.writer is not None:
        yield ("writer", "vm"), drill.writer.vm
        if drill.writer.witness is not None:
            yield ("writer", "witness"), drill.writer.witness
    if drill.fault is not None:
        yield from _of_fault(drill.fault)
    if drill.surprise is not None:
        for loc, vm in surprise_machines(drill.surprise):
            yield ("surprise", *loc), vm
    if drill.probe is not None:
        yield ("probe", "vm"), drill.probe.vm
    if drill.availability is not None:
        yield from _watching(drill.availability)


def _of_fault(fault: DrillFault) -> Iterator[tuple[Loc, str]]:
    if fault.script is not None:
        yield ("fault", "script", "vm"), fault.script.vm
    if fault.undo is not None:
        yield ("fault", "undo", "vm"), fault.undo.vm
    if fault.inject is not None:
        for vm in fault.inject.vms:
            yield ("fault", "inject"), vm


def _watching(seen: Availability) -> Iterator[tuple[Loc, str]]:
    yield ("availability", "vm"), seen.vm
    for i, state in enumerate(seen.states):
        at: Loc = ("availability", "states", i)
        match state:
            case VipState():
                yield from (((*at, "among"), vm) for vm in state.among)
            case AnswersState():
                yield from (((*at, "urls"), vm) for vm in state.urls)
            case OutputState():
                yield (*at, "vm"), state.vm
