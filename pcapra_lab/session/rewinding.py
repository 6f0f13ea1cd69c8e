"""Going back in time: machines to a saved state, and with them what speaks of what they forget."""

import threading

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import N_, _
from pcapra_lab.lab.manifest import PREPARED
from pcapra_lab.progress.store import END
from pcapra_lab.session.api import Checkpoint, EventSink
from pcapra_lab.session.bundling import must_be_graded
from pcapra_lab.session.custody import Custody
from pcapra_lab.session.drilling import Drilling
from pcapra_lab.session.machines import Machines
from pcapra_lab.session.playground import Playground
from pcapra_lab.session.sightings import Sightings
from pcapra_lab.session.walk import FINISH, Walk

_RESET = N_("les machines ont été réinitialisées pendant le drill")


class Rewinding:
    """Takes one session back.

    Args:
        play: the exercise on its machines.
        walk: moved with them.
        machines: by name.
        custody: what holds them.
        drills: interrupted, and forgotten with what they measured.
        sightings: forgotten with what was seen.
    """

    def __init__(
        self,
        play: Playground,
        walk: Walk,
        machines: Machines,
        custody: Custody,
        drills: Drilling,
        sightings: Sightings,
    ) -> None:
        self._play = play
        self._walk = walk
        self._machines = machines
        self._custody = custody
        self._drills = drills
        self._sightings = sightings

    def begin_anew(self, on_event: EventSink, cancel: threading.Event) -> None:
        """All machines as they were prepared, progress at the first step of a new run.

        The trainee's time stands still until ``Custody.count``.

        Raises:
            LabError: the exercise cannot be graded, or the lab itself failed.
            Cancelled: ``cancel`` was set.
        """
        must_be_graded(self._play.installation, self._play.exercise, self._play.exercise.id)
        with self._custody.bringing():
            self._drills.interrupt_all(_(_RESET), forgotten=True)
            self._custody.suspend()
            if self._play.has_lab and self._play.lab.prepared:
                self._play.lab.reset(on_event, cancel)
            else:
                self._play.up(on_event, cancel)
            self._walk.restart()
            self._sightings.forget()
            self._walk.enter(on_event)

    def reset_vm(self, vm: str, on_event: EventSink, cancel: threading.Event) -> None:
        """One machine as it was at the beginning of the current step; progress stays.

        If that beginning was not kept, as it was prepared.

        Raises:
            LabError: there is no such machine, or the lab itself failed.
            Cancelled: ``cancel`` was set.
        """
        self._machines.known(vm)
        with self._custody.changing():
            self._drills.interrupt_all(_(_RESET))
            label = self._walk.label(self._walk.current_id() or END)
            if not self._play.lab.has_checkpoint(label):
                label = PREPARED
            self._play.lab.reset_vm(vm, on_event, cancel, label)

    def go_back(self, step_id: str, on_event: EventSink, cancel: threading.Event) -> None:
        """Machines and progress to the beginning of a step, or after the last one for ``fin``.

        The trainee's time stands still until ``Custody.count``.

        Raises:
            LabError: there is no such step, or its beginning was not kept.
            Cancelled: ``cancel`` was set.
        """
        with self._custody.bringing():
            target = END if step_id == FINISH else step_id
            if target != END:
                self._walk.index(target)
            label = self._walk.label(target)
            if not self._play.lab.has_checkpoint(label):
                raise self._not_kept(step_id)
            self._custody.suspend()
            said = _("les machines ont été ramenées en arrière")
            self._drills.interrupt_all(said, forgotten=True)
            self._play.lab.rewind(label, on_event, cancel)
            self._walk.move(target)
            again = self._walk.from_on(target)
            self._sightings.forget(again)
            self._drills.forget(again)

    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """See ``TraineeSession.checkpoints``."""
        if not self._play.has_lab:
            return ()
        titles = {self._walk.label(s.id): (s.id, s.title) for s in self._play.exercise.steps}
        titles[self._walk.label(END)] = (FINISH, _("Exercice terminé"))
        return tuple(
            Checkpoint(*titles[one.saved.label], at=one.saved.at, mib=one.mib)
            for one in self._play.lab.checkpoints()
            if one.saved.label in titles
        )

    def _not_kept(self, step_id: str) -> LabError:
        known = ", ".join(c.step for c in self.checkpoints()) or _("aucun")
        return LabError(
            _("pas de point de retour pour « {step_id} » (ceux qui existent : {known})").format(
                step_id=step_id, known=known
            ),
            hint=_("pcapra-lab solve --until {step_id} y mène, solutions appliquées").format(
                step_id=step_id
            ),
        )
