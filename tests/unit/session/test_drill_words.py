"""Drills in words."""

import math

import pytest

from pcapra_lab.drills.clocks import Measure
from pcapra_lab.drills.measures import Loss, Verdict
from pcapra_lab.drills.result import DrillResult, Judged
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
    loss = Loss(50, 4, 2, 1, 3, Measure(70, 71), 44)
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
        " numéro 44 ; 1 altérées ; 3 en double"
    )
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
