"""How much of an advice is given: no more than the help that was taken."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_playground import Desk, open_desk

from pcapra_lab.grading.results import CheckResult, Outcome, StepReport
from pcapra_lab.lab.progress import ignore

ADVICE = ("Regardez `ls -l`.", "`chmod 0600` ?")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(tmp_path, monkeypatch) as opened:
        yield opened


def test_what_to_try_follows_the_first_hint(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    session = desk.session()
    session.start(ignore, threading.Event())

    def grade(_step: object, **_options: object) -> StepReport:
        red = CheckResult("installe", "T", "srv", Outcome.FAIL, advice=ADVICE)
        return StepReport("avant", (red,), 1, 0.1)

    monkeypatch.setattr(session._play, "grade", grade)
    assert session.check(observe_only=True).results[0].advice == (ADVICE[0],)
    assert session.check().results[0].advice == (ADVICE[0],)
    session.hint()
    assert session.check().results[0].advice == (ADVICE[1],)
    session.hint()
    assert session.check().results[0].advice == (ADVICE[1],)
