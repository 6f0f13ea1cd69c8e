"""``proof.json``: that an exercise was proved, by which content, on what, and how long it took.

A proof is stale once the content or the code that grades it has changed. Images, versions, the
accelerator and durations are recorded, not compared: a Debian update proves nothing wrong.
"""

import json
import time
from pathlib import Path
from typing import Any

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.i18n import _
from pcapra_lab.lab.files import read_json, write_atomic
from pcapra_lab.session.digests import PROOF, content_digest
from pcapra_lab.session.provenance import provenance
from pcapra_lab.session.replay import Replay, ReplayResult

SCHEMA = 1


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


def world_of(run: Replay) -> dict[str, str]:
    """What a proof records and does not compare: date, versions, accelerator, images."""
    date = {"date": time.strftime("%Y-%m-%d")}
    return {**date, **provenance(run.playground)}


def stale_proof(catalogue: Catalogue, exercise_id: str) -> str:
    """Why the exercise's proof does not hold; empty when it does."""
    data = read_json(catalogue.exercise_folder(exercise_id) / PROOF)
    if data is None:
        return _("aucune preuve")
    if data.get("schema") != SCHEMA:
        return _("preuve d'une autre version")
    if data["content"] != content_digest(catalogue, exercise_id):
        return _("le contenu ou le code de notation a changé depuis la preuve")
    if data["killed"] != data["mutants"] or not all(row["ok"] for row in data["rows"]):
        return _("la preuve elle-même n'est pas entière")
    return ""
