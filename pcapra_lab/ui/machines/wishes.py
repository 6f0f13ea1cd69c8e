"""What a screen that shows the machines is left for."""

from dataclasses import dataclass
from enum import Enum


class Deed(Enum):
    """What the trainee wants done."""

    SHELL = "shell"
    RESET = "reset"
    MAP = "map"
    TARGET = "target"
    HOME = "home"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the trainee left the machines for; the lesson does it."""

    deed: Deed
    vm: str = ""
