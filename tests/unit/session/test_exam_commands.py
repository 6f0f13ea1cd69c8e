"""Pauses, exams and their journals by commands and in plain mode, without machines."""

import io
import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fake_playground import Desk, open_desk

from pcapra_lab.cli import common, exam
from pcapra_lab.cli.main import cli
from pcapra_lab.lab.progress import ignore
from pcapra_lab.progress.exam_entries import FORMAT
from pcapra_lab.progress.exam_journal import ExamJournal
from pcapra_lab.session.application import LabApplication
from pcapra_lab.session.trainee import LabSession

sys.path.append(str(Path(__file__).parents[1] / "cli"))
from plain_fakes import never_cancelled, scripted

from pcapra_lab.cli.plain_desk import Desk as PlainDesk


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(tmp_path, monkeypatch) as made:

        class Here(LabApplication):
            def __init__(self, content: Path | None = None) -> None:
                self.installation = made.installation
                self.__dict__["progress"] = made.progress

            def close(self) -> None:
                """The progress is the test's."""

        monkeypatch.setattr(common, "_made", Here)
        monkeypatch.setattr(common, "_content", lambda: None)
        monkeypatch.setattr(exam, "make_room", lambda _session, _yes: None)
        yield made


def run(*words: str, code: int = 0) -> Result:
    done = CliRunner().invoke(cli, list(words), catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done


def test_an_exam_is_taken_and_verified_by_commands(desk: Desk, tmp_path: Path) -> None:
    assert "cet exercice n'est pas passé en examen" in run("exam", "status", "panne", code=1).output
    begun = run("exam", "start", "panne", "--yes")
    assert "Ce que l'examen n'empêche pas : vous êtes root" in begun.output
    assert "reste 30 min sur 30 min" in begun.output
    noted = json.loads(run("exam", "status", "panne", "--json").stdout)["fingerprint"]
    refused = run("check", "panne", code=1)
    assert "aucune vérification pendant un examen" in refused.output
    assert "exam submit" in refused.output
    run("hint", "panne", code=1)
    desk.ground.passing.add("installe")
    handed = run("exam", "submit", "panne", "--yes").output
    assert "Étapes rendues : Préparer" in handed and "✔" not in handed
    assert "Examen : reste" in run("status", "panne").output
    over = json.loads(run("exam", "finish", "panne", "--yes", "--json").stdout)
    assert (over["phase"], over["earned"], over["total"]) == ("finished", 10, 40)
    shown = run("exam", "status", "panne").output
    assert "✔ Préparer  1/1 contrôles, 10/10 points" in shown
    assert "✘ Réparer" in shown and "Résultat : 10/40 points" in shown
    file = over["journal"]
    good = run("exam", "verify", file, "--fingerprint", f"{noted[:4]} {noted[4:16]}").output
    assert "Journal intact." in good and "étape rendue : avant" in good
    assert "Préparer  10/10" in good and "Une panne" in good
    assert "signataire inconnu : SHA256:" in good
    lines = Path(file).read_text().splitlines()
    told = json.loads(run("exam", "verify", file, "--json").stdout)
    assert told["signer"].startswith("signature intacte")
    forged = tmp_path / "forge.jsonl"
    forged.write_text("\n".join(lines).replace("ssh-ed25519", "ssh-ed25518") + "\n")
    assert run("exam", "verify", str(forged), code=1).output
    other = run("exam", "verify", file, "--fingerprint", "beef", code=1).output
    assert "l'empreinte notée n'est celle d'aucune entrée" in other
    copy = tmp_path / "copie.jsonl"
    copy.write_text(Path(file).read_text().replace('"earned":10', '"earned":40'))
    changed = run("exam", "verify", str(copy), code=1).output
    assert "l'entrée a été modifiée" in changed and "10/10" not in changed
    found = json.loads(run("exam", "verify", str(copy), "--json", code=1).stdout)
    assert found["sound"] is False and found["entries"][0]["kind"] == "start"


def test_what_a_journal_says_is_never_obeyed_by_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    start = {"format": FORMAT, "title": "\x1b[31mrouge\x07", "steps": []}
    ExamJournal(path, lambda: 5.0).begin(start)
    said = run("exam", "verify", str(path)).output
    assert "\x1b" not in said and "\x07" not in said and "rouge" in said


def test_an_answer_that_is_no_yes_changes_nothing(desk: Desk) -> None:
    done = CliRunner().invoke(cli, ["exam", "start", "panne"], input="n\n")
    assert done.exit_code == 1 and "Commencer l'examen ?" in done.output
    assert desk.ground.ran == []


def test_a_pause_is_taken_and_ended_by_commands(desk: Desk) -> None:
    run("pause", "panne", code=1)
    began = desk.session()
    began.start(ignore, threading.Event())
    began.close()
    assert "pcapra-lab resume panne" in run("pause", "panne").output
    assert "En pause" in run("status", "panne").output
    assert "déjà en pause" in run("pause", "panne", code=1).output
    assert "En pause" not in run("resume", "panne").output
    assert "n'est pas en pause" in run("resume", "panne", code=1).output
    assert {p.value for p in desk.ground.powers.values()} == {"running"}


def test_a_pause_of_an_exam_moves_the_machines(desk: Desk) -> None:
    run("exam", "start", "panne", "--yes")
    run("pause", "panne")
    assert "Examen en pause" in run("exam", "status", "panne").output
    assert "l'examen est en pause" in run("exam", "finish", "panne", "--yes", code=1).output
    run("resume", "panne")
    assert "Examen en cours" in run("exam", "status", "panne").output


def test_an_exercise_without_a_drawing_says_so(desk: Desk) -> None:
    assert "ne dessine pas d'architecture" in run("target", "panne", code=1).output


def plain(desk: Desk, *answers: str) -> tuple[PlainDesk, LabSession, io.StringIO]:
    session = desk.session()
    voice, said = scripted(*answers)
    return PlainDesk(session, voice, never_cancelled), session, said


def test_an_exam_is_taken_in_plain_mode(desk: Desk) -> None:
    at, session, said = plain(desk, "o", "o", "o")
    session.start(ignore, threading.Event())
    at.exam.serve("")
    at.exam.serve("n'importe quoi")
    at.exam.serve("commencer")
    at.check()
    at.watch()
    desk.ground.passing.add("installe")
    at.exam.serve("rendre")
    at.exam.serve("finir")
    at.tell_target()
    session.close()
    text = said.getvalue()
    for part in (
        "Pas d'examen en cours",
        "x est suivi de : commencer, rendre, finir, abandonner.",
        "Ni indice, ni solution",
        "x rendre rend l'étape",
        "Réussie : Préparer, 1/1 contrôles, 10/10 points.",
        "Pas réussie : Réparer",
        "Résultat : 10/40 points",
        "ne dessine pas d'architecture",
    ):
        assert part in text, text
    assert "vérifications réussies" not in text


def test_a_pause_in_plain_mode_waits_for_an_answer(desk: Desk) -> None:
    at, session, said = plain(desk, "")
    session.start(ignore, threading.Event())
    at.pause()
    at.tell_state()
    session.close()
    text = said.getvalue()
    assert "En pause : le temps n'est pas compté." in text and "Reprise." in text
    assert "L'exercice est en pause" not in text
