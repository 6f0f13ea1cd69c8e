"""A replay proves the checklist too: false on blank machines, true when all is done."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from checklist_course import listed
from fake_playground import MAKES_PASS, Desk

from pcapra_lab.lab.progress import ignore
from pcapra_lab.session.journal import Row
from pcapra_lab.session.replay import Replay

DONE = {
    "avant/installe", "incident/repond", "incident/redemarre", "journal:paquet", "journal:recu",
}  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with listed(tmp_path, monkeypatch) as opened:
        yield opened


def rows(desk: Desk, until: str | None = None) -> dict[str, Row]:
    replay = Replay(desk.installation, "panne", "graine", mutants=0, on_row=lambda _row: None)
    result = replay.run(ignore, threading.Event(), until=until)
    return {row.stage: row for row in result.rows if row.step == "(exercice)"}


def test_a_checklist_that_the_steps_make_true_is_proved(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MAKES_PASS, "solution/30-srv.sh", {"bilan", *DONE})
    found = rows(desk)
    assert list(found) == ["checklist fausse avant", "checklist vraie après"]
    assert all(row.ok for row in found.values())


def test_a_line_that_holds_on_blank_machines_proves_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MAKES_PASS, "setup/base.sh", {"avant/installe"})
    bad = rows(desk)["checklist fausse avant"]
    assert not bad.ok and "deployee vraie avant que rien ne soit fait" in bad.detail


def test_a_line_that_nothing_makes_true_is_told_with_what_was_seen(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MAKES_PASS, "solution/30-srv.sh", {"bilan", *DONE - {"journal:recu"}})
    bad = rows(desk)["checklist vraie après"]
    assert not bad.ok and bad.detail == (
        "journal n'est pas vraie à la fin (journal:recu : journal:recu : fail)"
    )


def test_a_line_that_cannot_be_probed_is_not_proved(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MAKES_PASS, "solution/30-srv.sh", {"bilan", *DONE})
    desk.ground.errors |= {"avant/installe"}
    assert "deployee n'est pas vraie" in rows(desk)["checklist vraie après"].detail


def test_a_part_of_the_exercise_says_nothing_of_it(desk: Desk) -> None:
    assert rows(desk, until="avant") == {}
