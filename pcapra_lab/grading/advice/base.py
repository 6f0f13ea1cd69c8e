"""What an advice is, and how one is found."""

from collections.abc import Mapping
from importlib import import_module
from typing import NamedTuple

from pcapra_lab.content.checks.base import BaseCheck
from pcapra_lab.grading.facts import Fact
from pcapra_lab.grading.text import clean


class Advice(NamedTuple):
    """One French sentence at two levels of help."""

    look: str
    """Where to look: what differs, and what shows it. Given to anybody."""
    act: str = ""
    """What to try. Given once a hint of the step was taken; empty when ``look`` is all there is."""


def advise(check: BaseCheck, type_: str, facts: Mapping[str, Fact | None]) -> tuple[str, ...]:
    """What the facts of a failed check suggest, from the vaguest to the most precise."""
    advice: Advice | None = import_module(f"{__package__}.{type_}").advise(check, facts)
    return tuple(clean(text) for text in advice or () if text)
