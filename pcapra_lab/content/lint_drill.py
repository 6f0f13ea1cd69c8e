"""What a schema cannot say about a drill: machines, what its fault takes away, wording."""

from collections.abc import Iterator

from pcapra_lab.content.drill import Drill
from pcapra_lab.content.faults import Partition, PowerCut
from pcapra_lab.content.problems import Loc, shown
from pcapra_lab.content.typography import title_faults


def lint_drill(drill: Drill) -> Iterator[tuple[Loc, str]]:
    """Problems of one drill, by key."""
    yield from ((("title",), fault) for fault in title_faults(drill.title))
    writer, fault = drill.writer, drill.fault.inject
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
    if drill.hold != "0s" and drill.probe is None:
        yield ("hold",), "sans « probe », l'étape finit dès que ses contrôles passent : retirez-le"


def drill_machines(drill: Drill) -> Iterator[tuple[Loc, str]]:
    """The machines a drill names, and where."""
    yield ("writer", "vm"), drill.writer.vm
    if drill.writer.witness is not None:
        yield ("writer", "witness"), drill.writer.witness
    if drill.fault.script is not None:
        yield ("fault", "script", "vm"), drill.fault.script.vm
    if drill.fault.undo is not None:
        yield ("fault", "undo", "vm"), drill.fault.undo.vm
    if drill.fault.inject is not None:
        for vm in drill.fault.inject.vms:
            yield ("fault", "inject"), vm
    if drill.probe is not None:
        yield ("probe", "vm"), drill.probe.vm
