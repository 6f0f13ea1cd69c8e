"""``proof.json``: that an exercise was proved, by which content, on what, and how long it took.

A proof is stale once the content or the code that grades it has changed. Images, versions, the
accelerator and durations are recorded, not compared: a Debian update proves nothing wrong.
"""

import json
from pathlib import Path
from typing import Any

import pcapra_lab
from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.digest import digest_tree
from pcapra_lab.lab.files import read_json, write_atomic
from pcapra_lab.session.replay import ReplayResult

SCHEMA = 1
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


def write_proof(catalogue: Catalogue, result: ReplayResult, world: dict[str, str]) -> Path:
    """Write the proof of a successful replay beside its exercise.

    Args:
        world: what is recorded and not compared: versions, accelerator, image digests.
    """
    path = catalogue.exercise_folder(result.exercise) / PROOF
    data: dict[str, Any] = {
        "schema": SCHEMA,
        "exercise": result.exercise,
        "content": content_digest(catalogue, result.exercise),
        "mutants": result.mutants,
        "killed": result.killed,
        "seed": result.seed,
        "world": world,
        "prepare_seconds": round(result.prepare_seconds, 1),
        "seconds": round(result.seconds, 1),
        "rows": [
            {"step": r.step, "stage": r.stage, "ok": r.ok, "seconds": round(r.seconds, 1)}
            for r in result.rows
        ],
    }
    write_atomic(path, json.dumps(data, indent=1, ensure_ascii=False) + "\n", 0o644)
    return path


def stale_proof(catalogue: Catalogue, exercise_id: str) -> str:
    """Why the exercise's proof does not hold; empty when it does."""
    data = read_json(catalogue.exercise_folder(exercise_id) / PROOF)
    if data is None:
        return "aucune preuve"
    if data.get("schema") != SCHEMA:
        return "preuve d'une autre version"
    if data["content"] != content_digest(catalogue, exercise_id):
        return "le contenu ou le code de notation a changé depuis la preuve"
    if data["killed"] != data["mutants"] or not all(row["ok"] for row in data["rows"]):
        return "la preuve elle-même n'est pas entière"
    return ""
