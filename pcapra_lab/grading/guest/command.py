"""A command that runs."""

from pcapra_lab.grading.guest.core import Fact, Item
from pcapra_lab.grading.guest.process import run_as


def look(item: Item) -> Fact:
    """Run an argument vector. ``user``, ``argv``, ``env``."""
    return run_as(item, item["argv"])
