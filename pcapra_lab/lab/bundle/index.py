"""What an exported bundle says of itself: ``bundle.json``, beside its files or first in its tar."""

from typing import Annotated, Literal

from pydantic import Field, ValidationError

from pcapra_lab.content.base import Strict
from pcapra_lab.content.bundle import MAX_BYTES, Digest, FileName
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _

NAME = "bundle.json"
MOST_BYTES = 1 << 20
MOST_FILES = 1000


class Entry(Strict):
    """One file."""

    sha256: Digest
    size: Annotated[int, Field(ge=1, le=MAX_BYTES)]


class Index(Strict):
    """All of them, by name."""

    schema_version: Literal[1] = 1
    files: Annotated[dict[FileName, Entry], Field(max_length=MOST_FILES)]


def parse(data: bytes, where: str) -> Index:
    """The index that ``data`` is. Raises ``LabError`` when it is none."""
    if len(data) > MOST_BYTES:
        raise not_a_bundle(where, _("son index est trop gros"))
    try:
        return Index.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        why = _("{name}, {place} : {msg}").format(name=NAME, place=place, msg=first["msg"])
        raise not_a_bundle(where, why) from error


def not_a_bundle(where: str, why: str) -> LabError:
    """What was given is not what ``export`` writes."""
    return LabError(
        _("{where} n'est pas un lot exporté par ce programme : {why}").format(where=where, why=why),
        hint=_("refaites-le sur l'ordinateur du formateur : pcapra-lab bundle export DESTINATION"),
    )
