"""An exercise's PCA/PRA checklist: lines that probes of the living machines prove, or do not."""

from typing import Annotated, Self

from pydantic import StringConstraints, model_validator

from pcapra_lab.content.base import Slug, Strict, Text
from pcapra_lab.content.checks import Check

CheckReference = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*$", max_length=81)
]
"""``step/check``: a check of one of the exercise's steps."""


class ChecklistLine(Strict):
    """One line. It is true when all that proves it passes: nobody ticks it."""

    id: Slug
    category: Text
    """What it is listed under; lines of one category stand together."""
    title: Text
    """The statement that is true or not."""
    proved_by: list[CheckReference] = []
    """Checks of the exercise's steps."""
    checks: list[Check] = []
    """Checks of its own, which the steps do not ask for."""
    not_applicable: Text | None = None
    """Why it has no meaning here; then nothing proves it."""

    @model_validator(mode="after")
    def _proved_or_not_applicable(self) -> Self:
        proofs = bool(self.proved_by or self.checks)
        if self.not_applicable is not None and proofs:
            raise ValueError("une ligne sans objet (« not_applicable ») n'a rien à prouver")
        if self.not_applicable is None and not proofs:
            raise ValueError(
                "rien ne prouve cette ligne : « proved_by », « checks », ou « not_applicable » "
                "avec la raison"
            )
        return self


def split_reference(reference: CheckReference) -> tuple[str, str]:
    """The step and the check that a reference names."""
    step, _, check = reference.partition("/")
    return step, check
