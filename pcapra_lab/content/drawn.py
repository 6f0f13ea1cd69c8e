"""A question's texts, numbers and conditions for what was drawn for one trainee."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from pcapra_lab.content.base import PLACEHOLDER
from pcapra_lab.content.formula import evaluate, exact, holds
from pcapra_lab.content.numerals import french
from pcapra_lab.content.quiz import Choice

ANSWER = "answer"
"""What an explanation calls the right answer: no parameter may have that name."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn for a trainee: texts by parameter, and those of them that are numbers."""

    values: Mapping[str, str]
    numbers: Mapping[str, Fraction]
    seed: str = ""

    @classmethod
    def of(cls, names: Iterable[str], values: Mapping[str, str], seed: str) -> "Drawn":
        """Of all the values of an exercise, ``names`` being its numbers."""
        return cls(values, {name: exact(values[name]) for name in names}, seed)

    def put(self, text: str, **more: str) -> str:
        """``text`` with its parameters, numbers as a reader writes them."""
        shown = {**self.values, **{n: french(v) for n, v in self.numbers.items()}, **more}
        return PLACEHOLDER.sub(lambda match: shown.get(match[1], match[0]), text)


def tolerance(written: str, value: Fraction) -> Fraction:
    """How far from ``value`` an answer may be, in its unit."""
    if written.endswith("%"):
        return abs(value) * exact(written.removesuffix("%")) / 100
    return exact(written)


def is_right(choice: Choice, drawn: Drawn) -> bool:
    """Whether a choice is right for what was drawn. Raises FormulaError."""
    return holds(choice.when, drawn.numbers) if choice.when is not None else choice.right


def offered(choice: Choice, unit: str | None, drawn: Drawn) -> str:
    """What a choice reads like. Raises FormulaError."""
    if choice.value is None:
        return drawn.put(choice.text or "")
    number = french(evaluate(choice.value, drawn.numbers), 3)
    return f"{number}\u00a0{unit}" if unit else number
