"""The small course with a surprise drill: what is broken, and repaired, are files of this host."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fake_playground
import pytest
from cut_service import CutService
from drill_course import Drill, planted

from pcapra_lab.progress.drills import DrillStore

PROBES = """\
      availability:
        vm: web
        hold: 1s
        probes:
          - {{id: page, title: La page, type: http, timeout: 2s, every: 50ms,
             url: "http://127.0.0.1:{port}/"}}
"""
SURPRISE = """\
surprise:
        watch: 30s
        calm: 1s
        apart: 1s
        fault_count: [2, 2]
        decoy_count: [1, 1]
        answers: 4
        causes:
          - {{id: reglage, title: "Un réglage chez {{{{client}}}}"}}
          - {{id: gel, title: Une machine figée}}
          - {{id: disque, title: Un disque en panne}}
          - {{id: charge, title: Trop de charge}}
        faults:
          - {{id: casse, title: Un réglage cassé, cause: reglage, vms: [srv],
             script: setup/incident.sh, undo: solution/20-srv.sh,
             repaired: {{run: [test, -e, {folder}/repare]}}}}
          - {{id: figee, title: Une machine figée, cause: gel, vms: [web],
             inject: {{kind: freeze, vm: web}}, repaired: {{run: [test, -e, {folder}/relancee]}}}}
        decoys:
          - {{id: bruit, title: Du bruit, cause: disque, vms: [srv],
             script: mutants/vide.sh, undo: mutants/faux.sh, innocent: Rien ne le lit.}}
"""


@contextmanager
def surprising(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: CutService
) -> Iterator[Drill]:
    """A desk at whose second step there is a surprise drill, without a writer."""
    probes = PROBES.format(port=service.port)
    pool = SURPRISE.format(folder=tmp_path)
    for script in ("mutants/vide.sh", "mutants/faux.sh"):
        monkeypatch.setitem(fake_playground.BREAKS, script, set())
    monkeypatch.setattr("pcapra_lab.session.surprising.BETWEEN_LOOKS", 0.05)
    # A host that is busy with something else answers late.
    monkeypatch.setattr("pcapra_lab.session.surprising.LOOK_SECONDS", 60.0)
    with planted(tmp_path, monkeypatch, pool, probes, writes=False) as made:
        yield made


def hurried(store: DrillStore, length: float = 0.5, **dues: float) -> None:
    """After the declaration: a watch that lasts so long, its events at these moments."""
    [record] = store.open("panne")

    def edit(data: dict[str, Any]) -> None:
        data["watch"]["length"] = length
        for event in data["watch"]["events"]:
            event["due"] = dues.get(event["id"], 0.0)

    store.change(record.id, None, edit)
