"""What a replay stands on, as one digest."""

from pathlib import Path

import pcapra_lab
from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.digest import digest_tree

PROOF = "proof.json"


def content_digest(catalogue: Catalogue, exercise_id: str) -> str:
    """The digest of all that a proof of this exercise stands on."""
    exercise = catalogue.exercise(exercise_id)
    folder = catalogue.exercise_folder(exercise_id)
    module, _, lesson = exercise.lesson.partition("/")
    recipes = catalogue.root / "vm-images"
    package = Path(pcapra_lab.__file__).parent
    sources = [p for p in sorted(folder.iterdir()) if p.name != PROOF]
    return digest_tree(
        [
            *sources,
            catalogue.lesson_path(module, lesson),
            recipes / "topologies" / f"{exercise.topology}.yaml",
            recipes / "images",
            recipes / "depot.yaml",
            package / "grading",
            package / "drills",
        ]
    )
