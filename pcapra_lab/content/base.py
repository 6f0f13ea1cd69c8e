"""What every content model shares: strictness, and the few string types with rules."""

import re
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

PLACEHOLDER = re.compile(r"\{\{([a-z0-9][a-z0-9-]*)\}\}")
"""A parameter in a text."""

SCHEMA_VERSION = 1
"""Version of the content contract. A newer one in a file asks for a newer program."""


class Strict(BaseModel):
    """Immutable, typed strictly, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _inside(value: str) -> str:
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(
            "le chemin doit rester dans le dossier de l'exercice (ni « / », ni « .. »)"
        )
    return value


def _absolute(value: str) -> str:
    if not PurePosixPath(value).is_absolute():
        raise ValueError("un chemin absolu est attendu")
    return value


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=40)]
"""An identifier used in file names, URLs and anchors."""

VmName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,14}$")]
"""A machine's name: also its host name, so a DNS label, short enough for a domain name."""

RelativePath = Annotated[str, AfterValidator(_inside)]
"""A path that cannot leave the folder of the file that names it."""

GuestPath = Annotated[str, AfterValidator(_absolute)]
"""An absolute path on a VM. May carry ``{{parameter}}``."""

Mode = Annotated[str, StringConstraints(pattern=r"^0[0-7]{3}$")]
"""Permissions as four octal digits between quotes: ``"0600"``."""

Duration = Annotated[str, StringConstraints(pattern=r"^\d+(ms|s|m|h)$", max_length=12)]
"""``500ms``, ``30s``, ``10m`` or ``4h``."""

Text = Annotated[str, Field(min_length=1)]


def seconds(duration: str) -> float:
    """The length of a ``Duration`` in seconds."""
    for unit, factor in (("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0)):
        if duration.endswith(unit):
            return int(duration.removesuffix(unit)) * factor
    raise ValueError(duration)


class GuestUser(StrEnum):
    """The two accounts that scripts may run as."""

    ROOT = "root"
    STAGIAIRE = "stagiaire"
