"""Check types by name, each loaded when one of its checks is met."""

from importlib import import_module
from typing import Any

from pcapra_lab.grading.facts import Fact
from pcapra_lab.grading.unit import Unit


def unit_of(type_: str) -> Unit[Any, Any]:
    """The unit of a check type, or of the guest module that has its name."""
    unit: Unit[Any, Any] = import_module(f"pcapra_lab.grading.units.{type_}").UNIT
    return unit


def fact_model(kind: str) -> type[Fact]:
    """The facts that a guest module reports."""
    model: type[Fact] = unit_of(kind).fact
    return model
