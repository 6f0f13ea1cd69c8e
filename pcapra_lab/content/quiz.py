"""Questions of theory: what a step of kind ``quiz`` asks, instead of checking machines.

Answers are formulas over the numbers drawn for each trainee: see ``content/formula.py``.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from pcapra_lab.content.base import Slug, Strict, Text
from pcapra_lab.content.formula import MAX_LENGTH
from pcapra_lab.i18n import _

Formula = Annotated[str, StringConstraints(min_length=1, max_length=MAX_LENGTH)]
Tolerance = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)?%?$", max_length=20)]
"""``"0.5"``, in the answer's unit, or ``"2%"`` of the answer."""


class BaseQuestion(Strict):
    """What all questions have in common. Texts may hold ``{{parameter}}``."""

    id: Slug
    text: Text
    explanation: Text
    """Shown once the question is answered rightly or given up; may hold ``{{answer}}``."""


class Mistake(Strict):
    """A wrong number that has a known cause: it gets an answer of its own, and proves a mutant."""

    value: Formula
    says: Text
    """What is wrong, without giving the answer."""


class NumberQuestion(BaseQuestion):
    """A number to compute."""

    type: Literal["number"]
    answer: Formula
    unit: Text | None = None
    tolerance: Tolerance = "0"
    mistakes: list[Mistake] = []


class Choice(Strict):
    """One of the answers offered: words, or a number that is computed."""

    text: Text | None = None
    value: Formula | None = None
    right: bool = False
    when: Formula | None = None
    """A condition that makes it right: ``rpo <= 15``."""
    why: Text | None = None
    """What is wrong with it, told to who picks it wrongly; without giving the answer."""

    @model_validator(mode="after")
    def _one_of_each(self) -> "Choice":
        if (self.text is None) == (self.value is None):
            raise ValueError(_("une clé parmi text et value est attendue"))
        if self.right and self.when is not None:
            raise ValueError(_("right et when s'excluent"))
        return self


class ChoiceQuestion(BaseQuestion):
    """One right answer among several, offered in an order drawn for each trainee."""

    type: Literal["choice"]
    choices: list[Choice] = Field(min_length=2, max_length=9)
    unit: Text | None = None
    """Of the choices that are numbers."""


class ChoicesQuestion(BaseQuestion):
    """All the right answers, one at least, among several."""

    type: Literal["choices"]
    choices: list[Choice] = Field(min_length=2, max_length=9)
    unit: Text | None = None


class OrderQuestion(BaseQuestion):
    """Items to put in order; they are written here in the right one."""

    type: Literal["order"]
    items: list[Text] = Field(min_length=3, max_length=9)


Question = Annotated[
    NumberQuestion | ChoiceQuestion | ChoicesQuestion | OrderQuestion, Field(discriminator="type")
]
