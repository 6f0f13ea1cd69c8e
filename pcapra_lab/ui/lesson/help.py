"""Hints given so far, step by step: reading them again is free."""

from pcapra_lab.content.models import Exercise
from pcapra_lab.session.api import Hint, StepStatus


class HelpDesk:
    """Remembers the texts of hints.

    Args:
        exercise: where the texts of hints used in an earlier sitting come from.
    """

    def __init__(self, exercise: Exercise) -> None:
        self._texts = {step.id: step.hints for step in exercise.steps}
        self._given: dict[str, list[str]] = {}

    def given(self, status: StepStatus) -> list[str]:
        """Texts of the hints used on a step, oldest first."""
        heard = self._given.get(status.id, [])
        before = status.hints_used - len(heard)
        return [*self._texts.get(status.id, [])[: max(0, before)], *heard]

    def heard(self, step: str, hint: Hint) -> None:
        """Remember a hint just given."""
        texts = self._given.setdefault(step, [])
        if hint.text not in texts:
            texts.append(hint.text)
