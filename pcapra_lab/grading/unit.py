"""What a check type is to the grader: what it asks of machines, and how it judges their facts."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from pcapra_lab.content.checks.base import BaseCheck
from pcapra_lab.grading.facts import Fact

Item = dict[str, Any]
"""What to look at, as JSON: see ``guest/core.py``."""

Parameters = Mapping[str, str]
"""The trainee's parameters, by name."""

C = TypeVar("C", bound=BaseCheck)
F = TypeVar("F", bound=Fact)


class Unjudgeable(Exception):
    """The facts do not allow a verdict; the message says why, in French."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the check holds, in the trainee's words."""

    ok: bool
    expected: str
    observed: str
    hint: str = ""
    """Replaces the author's, when the fact itself says where to look."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a check is asked with: the trainee's parameters, the exercise's folder."""

    parameters: Parameters
    folder: Path


class Unit(ABC, Generic[C, F]):
    """One check type. Its module, named after it, holds the one instance as ``UNIT``."""

    guest: ClassVar[str]
    """The module of ``guest/`` that looks. Its facts are those of the unit of that name."""
    fact: type[F]

    @abstractmethod
    def asks(self, check: C, context: Context) -> Mapping[str, Item]:
        """What to ask each machine about a bound check. No expected value of a planted file.

        Raises:
            ContentError: a file of the exercise cannot be read.
        """

    @abstractmethod
    def judge(self, check: C, facts: Mapping[str, F], parameters: Parameters) -> Verdict:
        """The verdict on the facts of all the machines that were asked.

        Raises:
            Unjudgeable: they do not allow one.
        """


class OneMachine(Unit[C, F]):
    """A check type that looks at the check's own machine only."""

    def asks(self, check: C, context: Context) -> Mapping[str, Item]:
        """The one item, for the one machine."""
        return {check.vm: self.item(check, context)}

    def judge(self, check: C, facts: Mapping[str, F], parameters: Parameters) -> Verdict:
        """The verdict on the one machine's fact."""
        return self.verdict(check, facts[check.vm], parameters)

    @abstractmethod
    def item(self, check: C, context: Context) -> Item:
        """What to ask: the fields that the guest module reads."""

    @abstractmethod
    def verdict(self, check: C, fact: F, parameters: Parameters) -> Verdict:
        """The verdict on the fact. Raises Unjudgeable."""
