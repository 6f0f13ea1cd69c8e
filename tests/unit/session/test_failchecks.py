"""States that going on cannot repair: seen, told with the way back, and proved by the replay."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_playground import BREAKS, MAKES_PASS, Desk, open_desk

from pcapra_lab.content.lint import lint
from pcapra_lab.lab.progress import ignore
from pcapra_lab.session.journal import Row
from pcapra_lab.session.replay import Replay, ReplayResult

NOBODY = threading.Event()
FAILCHECK = """\
    failchecks:
      - check:
          id: cle-perdue
          type: file
          vm: srv
          title: La clé du dépôt est perdue
          hint: Sans elle, rien ne se relit.
          path: /cle
          exists: false
        broken_by: {vm: srv, script: mutants/perd.sh}
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(tmp_path, monkeypatch) as opened:
        folder = opened.installation.catalogue.root / "exercises/panne"
        path = folder / "exercise.yaml"
        text = path.read_text().replace("  - id: apres\n", FAILCHECK + "  - id: apres\n")
        path.write_text(text)
        (folder / "mutants/perd.sh").write_text("#!/bin/sh\n")
        monkeypatch.setitem(MAKES_PASS, "mutants/perd.sh", {"cle-perdue"})
        yield opened


def play(desk: Desk) -> ReplayResult:
    replay = Replay(desk.installation, "panne", "graine", mutants=None, on_row=lambda row: None)
    return replay.run(ignore, NOBODY)


def rows(result: ReplayResult, step: str) -> dict[str, Row]:
    return {row.stage: row for row in result.rows if row.step == step}


def test_the_replay_proves_that_it_is_seen(desk: Desk) -> None:
    result = play(desk)
    assert result.ok, [row for row in result.rows if not row.ok]
    assert "mutant sans retour cle-perdue" in rows(result, "incident")
    assert result.mutants == result.killed == 4
    assert "cle-perdue" not in desk.ground.passing, "the lab was put back"


def test_one_that_sees_nothing_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MAKES_PASS, "mutants/perd.sh", set())
    row = rows(play(desk), "incident")["mutant sans retour cle-perdue"]
    assert not row.ok and "ne voit pas l'état sans retour" in row.detail


def test_one_that_holds_from_the_beginning_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MAKES_PASS, "setup/incident.sh", {"cle-perdue"})
    row = rows(play(desk), "incident")["rouge avant"]
    assert not row.ok and "annonce à tort un état sans retour" in row.detail


def test_one_that_holds_on_the_solution_s_path_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only between two scripts of the solution: neither its beginning nor its end shows it."""
    folder = desk.installation.catalogue.root / "exercises/panne"
    path = folder / "exercise.yaml"
    one = "      - {vm: srv, script: solution/20-srv.sh}\n"
    two = one.replace("20-srv", "21-srv")
    path.write_text(path.read_text().replace(one, two + one))
    (folder / "solution/21-srv.sh").write_text("#!/bin/sh\n")
    monkeypatch.setitem(MAKES_PASS, "solution/21-srv.sh", {"cle-perdue"})
    monkeypatch.setitem(BREAKS, "solution/20-srv.sh", {"cle-perdue"})
    row = rows(play(desk), "incident")["vert après"]
    assert not row.ok and "après solution/21-srv.sh" in row.detail


def test_one_that_cannot_be_evaluated_is_told(desk: Desk) -> None:
    desk.ground.errors.add("cle-perdue")
    row = rows(play(desk), "incident")["rouge avant"]
    assert not row.ok and "cle-perdue (error)" in row.detail


def test_the_trainee_is_told_and_led_back(desk: Desk) -> None:
    session = desk.session()
    session.start(ignore, NOBODY)
    session.solve(ignore)
    assert session.check(observe_only=True).lost == ()
    desk.ground.passing |= {"repond", "cle-perdue"}
    report = session.check(observe_only=True)
    [lost] = report.lost
    assert (lost.title, lost.hint) == (
        "La clé du dépôt est perdue",
        "Sans elle, rien ne se relit.",
    )
    assert {r.id for r in report.results} == {"repond", "redemarre"}
    assert session.way_back() == "incident"
    session.rewind("incident", ignore, NOBODY)
    assert session.check(observe_only=True).lost == ()


def test_without_this_step_s_checkpoint_the_one_before_is_offered(desk: Desk) -> None:
    desk.ground.full = True
    session = desk.session()
    session.start(ignore, NOBODY)
    session.solve(ignore)
    assert session.way_back() == "avant", "the prepared state is always there"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "          exists: false\n",
            "          exists: false\n          effect: act\n",
            "s'observe",
        ),
        ("          exists: false\n", "          needs: [repond]\n", "pas de sens pour un état"),
        ("id: cle-perdue", "id: repond", "en double"),
        ("mutants/perd.sh}", "mutants/perdu.sh}", "n'existe pas"),
        ("{vm: srv, script: mutants/perd", "{vm: db, script: mutants/perd", "pas de machine"),
        ("title: La clé du dépôt est perdue", "title: Perdue.", "ponctuation"),
    ],
)
def test_the_linter_catches_it(desk: Desk, old: str, new: str, said: str) -> None:
    path = desk.installation.catalogue.root / "exercises/panne/exercise.yaml"
    assert path.read_text().count(old) == 1
    path.write_text(path.read_text().replace(old, new))
    assert any(said in str(problem) for problem in lint(desk.installation.catalogue))
