"""JSON Schemas of the content, for editors: ``python -m pcapra_lab.content.schema [folder]``.

The models are the schema; these files are generated and a test fails when they drift.
"""

import json
import sys
from pathlib import Path

from pydantic import BaseModel

from pcapra_lab.content.bundle import BundleRecipe
from pcapra_lab.content.glossary import Glossary
from pcapra_lab.content.inventory import Inventory
from pcapra_lab.content.models import (
    DepotRecipe,
    Exercise,
    ImageRecipe,
    LessonMeta,
    Module,
    Topology,
)

_MODELS: dict[str, type[BaseModel]] = {
    "bundle": BundleRecipe,
    "depot": DepotRecipe,
    "exercise": Exercise,
    "glossary": Glossary,
    "image": ImageRecipe,
    "inventory": Inventory,
    "lesson": LessonMeta,
    "module": Module,
    "topology": Topology,
}
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, str]:
    """The text of each schema, by file name."""
    return {
        f"{name}.schema.json": json.dumps(
            {"$schema": _DIALECT, **model.model_json_schema()},
            ensure_ascii=False,
            indent=2,
            sort_keys=True,
        )
        + "\n"
        for name, model in _MODELS.items()
    }


def write_schemas(folder: Path) -> None:
    """Write every schema into ``folder``, which is made if needed."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1] if len(sys.argv) > 1 else "schemas"))
