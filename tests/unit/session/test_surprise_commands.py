"""A surprise drill by commands and in plain mode."""

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from cut_service import CutService
from drill_course import Drill
from local_machine import wait_for
from surprise_course import hurried, surprising
from test_drill_commands import alone, commanded, run

from pcapra_lab.cli.plain_desk import Desk
from pcapra_lab.cli.plain_lesson import Teacher
from pcapra_lab.cli.plain_library import Library

# After the module that puts their folder on the path.
from plain_fakes import PaperCourse, never_cancelled, scripted  # isort: skip


@pytest.fixture
def one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drill]:
    service = CutService()
    with surprising(tmp_path, monkeypatch, service) as made:
        commanded(made, monkeypatch)
        yield made
    service.end()


def test_a_watch_is_kept_by_commands(one: Drill, tmp_path: Path) -> None:
    declared = run("drill", "declare", "--rto", "5m", "--seed", "promo")
    assert declared.exit_code == 0 and "RTO 5 min" in declared.output
    hurried(one.desk.progress.drills)
    started = run("drill", "start")
    assert started.exit_code == 0, started.output
    assert "il ne se passera plus rien" in started.output and "Cause 4" in started.output
    assert list(one.desk.ground.faults) == ["freeze-1"], "it outlives the command"
    status = json.loads(run("drill", "status", "--json").stdout)
    assert status["phase"] == "on-call" and status["on_call"]["seed"] == ""
    assert status["assessment"] is None and status["since_fault"] is None
    refused = run("drill", "accuse", "srv", "9")
    assert refused.exit_code != 0 and "pas une des causes" in refused.output
    assert "la cause non" in run("drill", "accuse", "srv", "charge").output
    assert "juste : réparez" in run("drill", "accuse", "web", "gel").output
    (tmp_path / "relancee").touch()
    (tmp_path / "repare").touch()
    run("drill", "status")
    one.desk.ground.passing |= {"repond", "redemarre"}
    green = run("check")
    for part in (
        "Note :", "65 % : 1 panne diagnostiquée sur 2 ; 1 diagnostic faux",
        "la machine a été trouvée, pas la cause",
        "Leurre :", "Du bruit ; Rien ne le lit.", "Graine :", "promo", "RTO :", "objectif tenu",
        "Pannes :",
    ):  # fmt: skip
        assert part in green.output, green.output
    [measured] = json.loads(run("drill", "result", "--json").stdout)
    assert measured["assessment"]["score"] == 0.65
    assert measured["on_call"]["told"][0]["verdict"] == "machine"
    picture = tmp_path / "ruban.svg"
    assert run("drill", "picture", str(picture)).exit_code == 0
    root = ElementTree.parse(picture).getroot()  # noqa: S314 - ours
    written = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"srv", "web"} <= set(written), "each fault's window has its machine"


def test_a_watch_is_kept_in_plain_mode(one: Drill) -> None:
    session = alone(one.session())
    answers = (
        "d objectifs 5m graine promo", "d commencer", "d", "d diagnostic web gel", "d fin", "q",
    )  # fmt: skip
    voice, said = scripted(*answers)
    desk = Desk(session, voice, never_cancelled)
    with desk.opened():
        drill, serve = desk.drill, desk.drill.serve

        def patiently(request: str) -> None:
            if request == "commencer":
                hurried(one.desk.progress.drills)
            serve(request)
            if request == "commencer":
                wait_for("the end of the watch", 120, lambda: drill._news)

        drill.serve = patiently  # type: ignore[method-assign]
        Teacher(desk, Library(PaperCourse(session.lesson), voice)).teach()
    session.close()
    text, place = said.getvalue(), 0
    for part in (
        "La garde commence", "La garde est finie", "Cause 4 :", "juste : réparez",
        "1 panne diagnostiquée sur 2", "Graine : promo",
    ):  # fmt: skip
        place = text.find(part, place)
        assert place >= 0, f"{part}\n\n{text}"
    assert one.desk.ground.faults == {}


def test_a_seed_is_for_a_surprise_drill(one: Drill) -> None:
    wrong = run("drill", "declare", "--rto", "5m", "--seed", "a/b")
    assert wrong.exit_code != 0 and "n'est pas une graine" in wrong.output
