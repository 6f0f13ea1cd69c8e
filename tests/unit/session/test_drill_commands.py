"""A drill by commands and in plain mode, with the real writer."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from drill_course import INJECT, Drill, planted
from local_machine import wait_for

from pcapra_lab.cli import common
from pcapra_lab.cli.main import cli
from pcapra_lab.errors import LabError
from pcapra_lab.session.application import LabApplication
from pcapra_lab.session.trainee import LabSession

sys.path.append(str(Path(__file__).parents[1] / "cli"))
from plain_fakes import PaperCourse, never_cancelled, scripted

from pcapra_lab.cli.plain_desk import Desk
from pcapra_lab.cli.plain_lesson import Teacher
from pcapra_lab.cli.plain_library import Library


@pytest.fixture
def one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drill]:
    with planted(tmp_path, monkeypatch, INJECT) as made:
        commanded(made, monkeypatch)
        yield made


def commanded(made: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands play on this desk."""
    first = made.at_the_drill(command=True)
    first.close()

    class Here(LabApplication):
        def __init__(self, content: Path | None = None) -> None:
            self.installation = made.desk.installation
            self.__dict__["progress"] = made.desk.progress

        def close(self) -> None:
            """The progress is the test's."""

    monkeypatch.setattr(common, "_made", Here)
    monkeypatch.setattr(common, "_content", lambda: None)


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words), catch_exceptions=False)


def test_a_drill_is_done_by_commands(one: Drill) -> None:
    assert "objectifs à déclarer" in run("drill", "status").output
    declared = run("drill", "declare", "--rto", "15m", "--rpo", "2 min")
    assert declared.exit_code == 0, declared.output
    assert "RTO 15 min, RPO 2 min" in declared.output and "prêt à commencer" in declared.output
    started = run("drill", "start")
    assert started.exit_code == 0, started.output
    assert "panne en cours" in started.output and "gel" not in started.output
    assert list(one.desk.ground.faults) == ["freeze-1"], "it outlives the command"
    assert run("drill", "diagnose", "web ne répond plus").exit_code == 0
    status = json.loads(run("drill", "status", "--json").stdout)
    assert status["phase"] == "struck" and status["diagnosis"] == "web ne répond plus"
    assert status["acknowledged"] >= 3 and status["fault"] == "" and status["bands"] == {}
    red = run("check")
    assert red.exit_code == 1 and "Horloge" in red.output
    one.desk.ground.passing |= {"repond", "redemarre"}
    green = json.loads(run("check", "--json").stdout)
    assert green["green"] and green["drill"]["phase"] == "ended"
    assert one.desk.ground.faults == {}
    shown = run("drill", "result").output
    for part in (
        "RTO",
        "objectif tenu",
        "RPO",
        "aucune des",
        "après la panne : « web",
        "gel de web",
    ):
        assert part in shown, shown
    [measured] = json.loads(run("drill", "result", "--json").stdout)
    assert measured["result"]["rto"]["verdict"] == "met"
    assert measured["result"]["rto"]["uncertainty"] > 0
    assert measured["bands"] == {"rto": [1.0, 3600.0], "rpo": [0.0, 3600.0]}


def test_commands_refuse_with_what_comes_first(one: Drill) -> None:
    for words, said in (
        (["drill", "start"], "drill declare --rto 15m"),
        (["drill", "declare"], "aucun objectif"),
        (["drill", "declare", "--rto", "vite"], "n'est pas une durée"),
        (["drill", "diagnose", "feu"], "drill declare"),
        (["drill", "end"], "drill declare"),
        (["drill", "give-up"], "aucun drill n'est en cours"),
    ):
        refused = run(*words)
        assert refused.exit_code != 0 and said in refused.output, refused.output
    assert "Aucun drill" in run("drill", "result").output


def test_a_drill_is_given_up_or_ended_by_commands(one: Drill) -> None:
    run("drill", "declare", "--rto", "15m")
    assert run("drill", "start").exit_code == 0
    given_up = run("drill", "give-up")
    assert "rien n'a été mesuré" in given_up.output and one.desk.ground.faults == {}
    run("drill", "declare", "--rpo", "1h")
    assert run("drill", "start").exit_code == 0
    ended = run("drill", "end")
    assert ended.exit_code == 0
    assert "le retour du service n'a pas été vu" in ended.output
    assert "aucun diagnostic" in ended.output and "objectif tenu" in ended.output


def alone(session: LabSession) -> LabSession:
    """These machines have no hypervisor whose events could be followed."""
    session.follow = lambda on_power: lambda: None  # type: ignore[method-assign]
    return session


def taught(one: Drill, session: LabSession, *answers: str) -> str:
    voice, said = scripted(*answers)
    desk = Desk(session, voice, never_cancelled)
    with desk.opened():
        drill = desk.drill
        serve = drill.serve

        def patiently(request: str) -> None:
            """What a trainee does between two answers: waits to see what happens."""
            serve(request)
            if request == "commencer":
                wait_for("the fault", 30, lambda: one.desk.ground.faults)
                wait_for("the news", 30, lambda: drill._news)

        drill.serve = patiently  # type: ignore[method-assign]
        Teacher(desk, Library(PaperCourse(session.lesson), voice)).teach()
    return said.getvalue()


def test_a_drill_is_done_in_plain_mode(one: Drill) -> None:
    session = alone(one.session())
    said = taught(
        one, session, "d", "d commencer", "d objectifs 15m 2m", "d commencer", "d diag gel de web",
        "d fin", "c", "q",
    )  # fmt: skip
    session.close()
    parts = [
        "Drill : Un matin", "objectifs à déclarer", "d commencer : lance",
        "objectifs du drill ne sont pas déclarés", "Objectifs : RTO 15 min, RPO 2 min",
        "C'est parti", "quelque chose vient d'arriver", "panne en cours",
        "après la panne : « gel de web »", "RTO : non mesuré", "RPO : 0 s pour un objectif",
        "Pertes : aucune des", "Panne : gel de web",
    ]  # fmt: skip
    place = 0
    for part in parts:
        place = said.find(part, place)
        assert place >= 0, f"{part}\n\n{said}"
    assert one.desk.ground.faults == {}


def test_leaving_plain_mode_interrupts_a_drill_that_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with planted(tmp_path, monkeypatch, INJECT.replace("[0s, 0s]", "[1h, 1h]")) as one:
        session = alone(one.at_the_drill())
        voice, said = scripted("d objectifs 15m", "d commencer", "d nager", "q")
        desk = Desk(session, voice, never_cancelled)
        with desk.opened():
            Teacher(desk, Library(PaperCourse(session.lesson), voice)).teach()
        assert "Drill abandonné avant la panne" in said.getvalue()
        assert "d fin : mesure sans attendre" in said.getvalue()
        assert one.desk.ground.faults == {} and one.desk.progress.drills.open("panne") == []
        with pytest.raises(LabError):
            session.drills.diagnose("rien")
        session.close()


def test_a_drill_without_probes_has_no_picture(one: Drill, tmp_path: Path) -> None:
    path = tmp_path / "ruban.svg"
    refused = run("drill", "picture", str(path))
    assert refused.exit_code != 0 and "n'a pas de ruban" in refused.output
    assert not path.exists()
