"""Where each command of the course's own document went: ``modules/inventory.yaml``."""

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from pcapra_lab.content.base import Slug, Strict, Text
from pcapra_lab.content.models import Version

NAME = "inventory.yaml"

Place = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+/[a-z0-9-]+#[a-z0-9-]+$")]
"""A lesson's section: ``<module>/<lesson>#<section>``."""

LessonPath = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")]


class TaughtCommand(Strict):
    """A command of the document, and the one thing that became of it."""

    id: Slug
    section: Text
    """The title that the document gives to the page."""
    command: Text
    block: Place | None = None
    """The section of a lesson where a block runs or shows it."""
    text: Text | None = None
    """What the block says instead: the same command, for the lab's machines."""
    replaced: Text | None = None
    """Why no lesson has it, in French."""
    pending: LessonPath | None = None
    """The lesson that will have it, not ready yet."""

    @model_validator(mode="after")
    def _one_fate(self) -> "TaughtCommand":
        fates = [key for key in ("block", "replaced", "pending") if getattr(self, key) is not None]
        if len(fates) != 1:
            found = " et ".join(fates) or "aucune"
            raise ValueError(f"une clé parmi block, replaced et pending attendue, {found} trouvée")
        if self.text is not None and self.block is None:
            raise ValueError("la clé text ne vaut qu'avec block")
        return self


class Inventory(Strict):
    """Every command of the course's document."""

    schema_version: Version
    commands: list[TaughtCommand] = Field(min_length=1)
