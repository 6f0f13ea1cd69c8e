"""The last word of a replay: after ``reset``, machines and checks are as they were prepared."""

import threading
from pathlib import Path

from pcapra_lab.content.models import Exercise
from pcapra_lab.i18n import _
from pcapra_lab.lab.files import read_json, write_json
from pcapra_lab.lab.progress import EventSink
from pcapra_lab.session.leaks import Inventory, leaks
from pcapra_lab.session.playground import Playground

FILE = "inventaire.json"
STEP = _("(exercice)")
STAGE = _("rien ne reste")

Outcomes = dict[str, str]
"""By step and check."""


class LeakCheck:
    """Compares the prepared state with what a reset leaves.

    Acting checks are not run: the state they would change is the one that is compared.

    Args:
        path: where the prepared state is kept, for a replay that is interrupted.
    """

    def __init__(self, play: Playground, path: Path) -> None:
        self._play = play
        self._path = path

    @property
    def exercise(self) -> Exercise:
        """The exercise that is replayed."""
        return self._play.exercise

    def before(self, sink: EventSink, cancel: threading.Event) -> None:
        """Keep the prepared state, as a reset brings it back.

        The machines were prepared a moment ago, and then went on by themselves: they are brought
        back here as they will be at the end, so that both looks come as long after a restore.
        """
        self._play.lab.reset(sink, cancel)
        inventories = self._play.inventory(sink, cancel)
        data = {
            "outcomes": self._outcomes(cancel),
            "machines": {vm: one.to_json() for vm, one in inventories.items()},
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_json(self._path, data)

    def after(self, sink: EventSink, cancel: threading.Event) -> str:
        """Reset the lab; what is left of the exercise, in words, or nothing."""
        data = read_json(self._path)
        if data is None:
            return _("l'état préparé n'est pas connu : rejouez l'exercice depuis son début")
        before = {vm: Inventory.from_json(one) for vm, one in data["machines"].items()}
        self._play.lab.reset(sink, cancel)
        # First what is there: looking at checks may wake something.
        left = leaks(before, self._play.inventory(sink, cancel))
        outcomes = self._outcomes(cancel)
        changed = [
            _("{name} était {get}, est {outcome}").format(
                name=name, get=data["outcomes"].get(name, "absent"), outcome=outcome
            )
            for name, outcome in outcomes.items()
            if data["outcomes"].get(name) != outcome
        ]
        return " ; ".join([*changed, *left])

    def forget(self) -> None:
        """The next replay looks at its own prepared state."""
        self._path.unlink(missing_ok=True)

    def _outcomes(self, cancel: threading.Event) -> Outcomes:
        return {
            f"{step.id}/{result.id}": result.outcome.value
            for step in self.exercise.steps
            if not step.is_quiz
            for result in self._play.grade(step, observe_only=True, cancel=cancel).results
        }
