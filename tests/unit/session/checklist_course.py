"""The small course with a checklist: lines proved by its steps, or by checks of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fake_playground import Desk, open_desk
from session_course import COURSE

EXERCISE = "exercises/panne/exercise.yaml"
CHECKLIST = """\
checklist:
  - id: deployee
    category: Service
    title: Le service de {{client}} est déployé
    proved_by: [avant/installe]
  - id: survit
    category: Service
    title: Il survit
    proved_by: [incident/repond, incident/redemarre]
  - id: journal
    category: Supervision
    title: Les journaux sont centralisés
    checks:
      - {id: paquet, type: package, vm: web, title: Paquet, hint: Installez-le., name: rsyslog}
      - id: recu
        type: file
        vm: srv
        title: Une ligne est arrivée
        hint: Regardez.
        path: /var/log/distant
        needs: [paquet]
  - id: base
    category: Supervision
    title: La base est répliquée
    not_applicable: Pas de base de données chez {{client}}.
"""


@contextmanager
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk whose exercise has the checklist."""
    monkeypatch.setitem(COURSE, EXERCISE, COURSE[EXERCISE] + CHECKLIST)
    with open_desk(tmp_path, monkeypatch) as desk:
        yield desk
