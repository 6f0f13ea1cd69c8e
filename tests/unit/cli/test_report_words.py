"""A step's report by command and in plain mode: advice, and states without a way on."""

import pytest
from plain_fakes import scripted

from pcapra_lab.cli.plain_words import tell_lost, tell_report
from pcapra_lab.cli.words import show_report, show_way_back
from pcapra_lab.grading.results import CheckResult, Outcome, StepReport

RED = CheckResult("droits", "Les droits", "srv", Outcome.FAIL, advice=("`chmod 0600 /k` ?",))
LOST = CheckResult("cle", "La clé est perdue", "srv", Outcome.PASS, hint="Rien ne se relit plus.")
NOT_LOST = CheckResult("autre", "Autre chose", "srv", Outcome.FAIL, hint="Non.")
REPORT = StepReport("depot", (RED,), 1, 0.1, watched=(LOST, NOT_LOST))


def test_by_command(capsys: pytest.CaptureFixture[str]) -> None:
    show_report(REPORT)
    show_way_back(REPORT, "depot")
    said = capsys.readouterr().out
    assert "conseil : `chmod 0600 /k` ?" in said
    assert "✖ La clé est perdue" in said and "Rien ne se relit plus." in said
    assert "pcapra-lab rewind depot" in said and "Autre chose" not in said
    show_way_back(REPORT, None)
    assert "pcapra-lab reset" in capsys.readouterr().out


def test_in_plain_mode() -> None:
    voice, said = scripted()
    tell_report(voice, REPORT)
    tell_lost(voice, REPORT)
    text = said.getvalue()
    assert "Conseil : `chmod 0600 /k` ?" in text
    assert "Sans retour : La clé est perdue." in text and "Autre chose" not in text
    assert "r ramène les machines à un point de retour" in text
