"""Drills in words."""

import math
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from drawn_ribbon import FAILOVER

from pcapra_lab.drills.clocks import Measure
from pcapra_lab.drills.measures import Loss, Verdict
from pcapra_lab.drills.outages import Outage
from pcapra_lab.drills.result import DrillResult, Judged, Seen
from pcapra_lab.drills.ribbon import Cell, Lane, Ribbon
from pcapra_lab.errors import LabError
from pcapra_lab.session.drill_api import DrillPhase, DrillView
from pcapra_lab.session.drill_words import (
    PHASES,
    clock,
    duration,
    live_lines,
    measure_words,
    parse_duration,
    result_lines,
)
from pcapra_lab.session.ribbon_picture import ribbon_svg, save_picture
from pcapra_lab.session.ribbon_words import ribbon_lines


def _seen(total: Measure, longest: Measure, count: int) -> Seen:
    missed = 2 if count else 0
    one = Outage("page", "Page", total, longest, count, 300, count // 2, missed, 0.0395, 0.0039)
    return Seen(one, Judged.of(total, None, (1.0, 4.0)))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"), (0.04, "0 s"), (12.34, "12,3 s"), (60, "1 min"), (125.4, "2 min 05 s"),
        (3599.9, "1 h"), (3840, "1 h 04 min"), (7200, "2 h"),
    ],
)  # fmt: skip
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(("text", "seconds"), [("30s", 30), ("15 min", 900), ("2H", 7200)])
def test_what_a_person_types(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "15", "vite", "-3s", "1e3s", "²s"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(LabError):
        parse_duration(text)


def test_an_uncertainty_is_never_told_smaller_than_it_is() -> None:
    assert measure_words(Measure(10.0, 10.0)) == "10 s ± 0,1 s"
    assert measure_words(Measure(9.0, 11.0)) == "10 s ± 1 s"
    assert measure_words(Measure(9.93, 10.13)) == "10 s ± 0,2 s", "10,03, told as 10"
    assert measure_words(Measure(70.6, 70.6)) == "1 min 11 s ± 0,4 s"
    assert measure_words(Measure(0.0, 0.0)) == "0 s"
    assert measure_words(Measure(75.0, math.inf)) == "au moins 1 min 15 s"


def test_a_clock_shows_hours_when_there_are_some() -> None:
    assert (clock(125.9), clock(3725)) == ("02:05", "1:02:05")


def test_every_phase_has_words() -> None:
    assert set(PHASES) == set(DrillPhase)


def test_a_result_says_loss_verdict_and_what_is_usual() -> None:
    loss = Loss(50, 4, 2, 1, 3, Measure(70, 71), 44, apart=5)
    result = DrillResult(
        Judged.of(Measure(58.0, 62.0), 60.0, (10.0, 30.0)),
        Judged.of(loss.age, 10.0, None),
        None,
        loss,
    )
    view = DrillView("a", "Un matin", DrillPhase.ENDED, 60.0, 10.0, result=result, fault="gel")
    lines = {line.label: line for line in result_lines(view)}
    assert lines["RTO"].verdict is Verdict.UNDECIDED
    assert "1 min ± 2 s pour un objectif de 1 min : indécis" in lines["RTO"].text
    assert "plus que d'ordinaire (entre 10 s et 30 s)" in lines["RTO"].text
    assert lines["RPO"].verdict is Verdict.MISSED
    assert lines["Pertes"].text == (
        "6 écritures acquittées sur 50, dont 2 faites après la panne ; tout est là jusqu'au"
        " numéro 44 ; 1 altérées ; 3 en double ; 5 sur un autre nœud seulement"
    )
    assert DrillResult.from_data(result.to_data()).loss == loss
    assert "aucun diagnostic" in lines["Détection"].text
    assert lines["Panne"].text == "gel"


def test_what_goes_on_is_told_without_what_it_is() -> None:
    view = DrillView(
        "a", "Un matin", DrillPhase.STRUCK, 60.0, None,
        acknowledged=12, refused=1, since_ack=2.0, since_fault=65.0, problem="srv se tait",
    )  # fmt: skip
    lines = {line.label: line.text for line in live_lines(view)}
    assert lines["Drill"] == "Un matin : panne en cours"
    assert lines["Objectifs"] == "RTO 1 min"
    assert lines["Horloge"] == "01:05"
    assert lines["Écritures"] == (
        "12 acquittées, 1 refusées, la dernière il y a 2 s ; celui qui écrit ne répond pas"
    )
    assert lines["À savoir"] == "srv se tait"
    assert result_lines(view) == []


SEEN = DrillView(
    "panne",
    "Un matin",
    DrillPhase.ENDED,
    writes=False,
    reason="Trois annonces manquées.",
    ribbon=FAILOVER,
    result=DrillResult(
        Judged.of(Measure(2.9, 3.3), 5.0, (2.0, 5.0)),
        None,
        None,
        None,
        (
            _seen(Measure(2.9, 3.3), Measure(2.5, 2.7), 2),
            _seen(Measure(0.0, 0.0), Measure(0.0, 0.0), 0),
        ),
        FAILOVER,
    ),
)


def test_what_clients_saw_is_told_with_what_is_usual_and_why() -> None:
    told = {line.label: line.text for line in result_lines(SEEN)}
    assert "RPO" not in told, "nothing was written"
    assert told["RTO"].startswith("3,1 s ± 0,2 s pour un objectif de 5 s : objectif tenu")
    outages = [line.text for line in result_lines(SEEN) if line.label == "Coupure"]
    assert outages == [
        "Page : 3,1 s ± 0,2 s en tout, en 2 fois, la plus longue 2,6 s ± 0,1 s ; "
        "comme d'ordinaire (entre 1 s et 4 s)",
        "Page : aucune",
    ]
    assert told["D'ordinaire"] == "Trois annonces manquées."
    assert (
        "300 essais, en retard de 4 ms au plus neuf fois sur dix, de 40 ms au pire"
        in (told["Sondes"])
    )
    assert "3 sautés ou sans réponse certaine" in told["Sondes"]


def test_without_a_writer_nothing_is_said_of_writes() -> None:
    view = DrillView("panne", "Un matin", DrillPhase.CALM, writes=False)
    assert "Écritures" not in {line.label for line in live_lines(view)}


def test_a_ribbon_in_words() -> None:
    told = {line.label: line.text for line in ribbon_lines(FAILOVER)}
    assert told["Page d'accueil"] == (
        "répond pendant 5 s (5 s avant la panne), puis ne répond pas pendant 3 s (à la panne), "
        "puis répond lentement pendant 0,5 s (3 s après la panne), "
        "puis répond pendant 6 s (3,5 s après la panne), "
        "puis rien n'est su pendant 0,5 s (9,5 s après la panne)"
    )
    assert told["VIP"] == (
        "lb1 pendant 5,5 s (5 s avant la panne), puis personne pendant 2,4 s (0,5 s après la "
        "panne), puis lb2 pendant 7,1 s (2,9 s après la panne)"
    )


def test_a_ribbon_that_flaps_is_told_from_its_end() -> None:
    lane = Lane("page", "Page", (Cell.UP, Cell.DOWN) * 20)
    [line] = ribbon_lines(Ribbon(0.0, 1.0, (lane,)))
    assert line.text.startswith("32 passages plus tôt, puis répond pendant 1 s (à 32 s)")


def test_a_picture_has_the_words_too(tmp_path: Path) -> None:
    text = ribbon_svg(SEEN)
    root = ElementTree.fromstring(text)  # noqa: S314 - ours
    name = "{http://www.w3.org/2000/svg}"
    assert root.findtext(f"{name}title") == "Un matin"
    assert "ne répond pas pendant 3 s (à la panne)" in (root.findtext(f"{name}desc") or "")
    written = [one.text for one in root.iter(f"{name}text")]
    assert {"Page d'accueil", "lb1", "personne", "lb2", "✘", "panne, puis retour"} <= set(written)
    assert any("objectif tenu" in (one or "") for one in written)
    path = tmp_path / "images" / "ruban.svg"
    save_picture(SEEN, path)
    assert path.read_text(encoding="utf-8") == text
    with pytest.raises(LabError, match="n'a pas pu être écrite"):
        save_picture(SEEN, path / "dessous.svg")
    with pytest.raises(LabError, match="n'a pas de ruban"):
        ribbon_svg(replace(SEEN, ribbon=None))


def test_a_title_with_markup_stays_text_in_the_picture() -> None:
    root = ElementTree.fromstring(ribbon_svg(replace(SEEN, title="<b> & Cie")))  # noqa: S314
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "<b> & Cie"
