"""Deliberately broken exercises, each kind once: what only the replay can catch.

What is wrong on paper is in ``content/test_broken_content.py``.
"""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_playground import BREAKS, JAMS, MAKES_PASS, Desk, open_desk

from pcapra_lab.errors import LabError, VmError
from pcapra_lab.lab.progress import ignore
from pcapra_lab.session.journal import Row
from pcapra_lab.session.replay import Replay, ReplayResult

Spoil = Callable[[Desk, pytest.MonkeyPatch], None]
FAILED = VmError("srv", "code 1")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(tmp_path, monkeypatch) as opened:
        yield opened


def play(desk: Desk) -> ReplayResult:
    def ignore_row(_row: Row) -> None:
        """Nobody looks."""

    replay = Replay(desk.installation, "panne", "graine", mutants=None, on_row=ignore_row)
    return replay.run(ignore, threading.Event())


def passing(script: str, *checks: str) -> Spoil:
    return lambda _desk, patch: patch.setitem(MAKES_PASS, script, set(checks))


def breaking(script: str, *checks: str) -> Spoil:
    return lambda _desk, patch: patch.setitem(BREAKS, script, set(checks))


def jamming(script: str, *checks: str) -> Spoil:
    return lambda _desk, patch: patch.setitem(JAMS, script, set(checks))


def failing(script: str) -> Spoil:
    return lambda desk, _patch: desk.ground.failing_scripts.__setitem__(script, FAILED)


def erring(check: str) -> Spoil:
    return lambda desk, _patch: desk.ground.errors.add(check)


def mute(desk: Desk, _patch: pytest.MonkeyPatch) -> None:
    desk.ground.mute = True


def harmless_incident(_desk: Desk, patch: pytest.MonkeyPatch) -> None:
    patch.setitem(MAKES_PASS, "setup/base.sh", {"repond"})
    patch.setitem(BREAKS, "setup/incident.sh", set())


BROKEN = [
    # kind, how, and the line of the report that must be bad
    ("check: passes untouched", passing("setup/base.sh", "bilan"), "apres", "rouge avant"),
    ("check: cannot be evaluated", erring("installe"), "avant", "rouge avant"),
    ("check: falls over once solved", jamming("solution/10-web.sh", "installe"), "avant",
     "vert après"),
    ("check: refuses the solution", passing("solution/30-srv.sh"), "apres", "vert après"),
    ("check: blind to its mutant", breaking("mutants/fige.sh"), "incident", "mutant fige"),
    ("check: does not say what it saw", mute, "avant", "mutant faux"),
    ("statement: the incident breaks nothing", harmless_incident, "incident",
     "rouge avant"),
    ("statement: an earlier step does the work", passing("solution/10-web.sh", "bilan"), "apres",
     "rouge avant"),
    ("mutant: wrong in nothing", breaking("mutants/vide.sh"), "avant", "mutant vide"),
    ("mutant: wrong in something else", breaking("mutants/fige.sh", "redemarre"), "incident",
     "mutant fige"),
    ("mutant: makes a check fall over", jamming("mutants/fige.sh", "redemarre"), "incident",
     "mutant fige"),
    ("mutant: its script fails", failing("mutants/faux.sh"), "avant", "mutant faux"),
    ("solution: its script fails", failing("solution/20-srv.sh"), "incident", "vert après"),
    ("solution: does half of it", passing("solution/20-srv.sh", "repond"), "incident",
     "vert après"),
    ("solution: undone by its own end", breaking("solution/10-web.sh", "installe"), "avant",
     "vert après"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "step", "stage"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_the_replay_catches_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, spoil: Spoil, step: str, stage: str
) -> None:
    assert play(desk).ok, "sound before it is broken"
    desk.ground.prepared = False
    spoil(desk, monkeypatch)
    result = play(desk)
    assert not result.ok
    first = next(row for row in result.rows if not row.ok)
    assert (first.step, first.stage) == (step, stage)
    assert first.detail


@pytest.mark.parametrize("script", ["setup/base.sh", "setup/incident.sh"])
def test_a_setup_that_fails_ends_the_replay_with_its_words(desk: Desk, script: str) -> None:
    desk.ground.failing_scripts[script] = FAILED
    with pytest.raises(LabError, match="code 1"):
        play(desk)
