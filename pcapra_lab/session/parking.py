"""Putting another lab of the installation to sleep, so that one more fits in memory.

The lab is built from the ground it was made on: its exercise is not needed, and may have changed
or gone since.
"""

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.ground import Ground
from pcapra_lab.lab.lifecycle import Lab
from pcapra_lab.lab.lock import HolderKind, LabLock
from pcapra_lab.lab.manifest import PREPARED
from pcapra_lab.lab.memory import MemoryPlan, plan_start
from pcapra_lab.lab.progress import EventSink


def memory_plan(installation: Installation, exercise: str, lab_id: str | None = None) -> MemoryPlan:
    """What starting an exercise's lab takes, and what to park first. Starts nothing.

    Args:
        lab_id: of the lab, where it is not the exercise's own.
    """
    catalogue = installation.catalogue
    topology = catalogue.topology_of(catalogue.exercise(exercise))
    return plan_start(installation.paths, installation.daemons, lab_id or exercise, topology)


def park(installation: Installation, lab_id: str, sink: EventSink) -> None:
    """Save a lab's machines to disk and stop them; ``up`` brings them back as they were.

    Nothing happens when no daemon answers. One that does goes on: parking makes room for a lab
    that is about to start on it.

    Raises:
        LabBusy: somebody has that lab; the message says who.
        LabError: its machines cannot be saved.
    """
    if not installation.daemons.running():
        return
    lock = LabLock(installation.paths.labs / lab_id, HolderKind.COMMAND)
    lock.acquire()
    try:
        lab = existing_lab(installation, lab_id)
        try:
            if PREPARED in lab.manifest.sets and not lab.prepared:
                raise LabError(
                    _(
                        "le laboratoire {lab_id} ne peut pas être endormi : il a été préparé sous "
                        "une autre version de QEMU, son état serait perdu"
                    ).format(lab_id=lab_id),
                    hint=_("terminez d'abord ce qui compte dans ce laboratoire, puis arrêtez-le"),
                )
            lab.down(sink)
        finally:
            lab.links.close()
            lab.world.close()
    finally:
        lock.release()


def existing_lab(installation: Installation, lab_id: str) -> Lab:
    """A lab that was made before, whatever exercise it belongs to.

    Raises:
        LabError: there is no such lab, or the images it stood on are gone.
    """
    ground = Ground.load(installation.paths.labs / lab_id)
    if ground is None:
        raise LabError(
            _("le laboratoire {lab_id} n'existe pas, ou ses images ont été supprimées").format(
                lab_id=lab_id
            ),
            hint=_("pcapra-lab doctor --fix supprime les restes"),
        )
    return installation.lab(lab_id, ground.topology["id"], ground.setup)
