"""The report of an exercise: what is recorded, what was seen, and nothing else; signed."""

import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from checklist_course import CHECKLIST, EXERCISE
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from drawn_ribbon import FAILOVER
from drill_course import INJECT, drill
from fake_playground import Desk, open_desk
from quiz_course import plant_quiz
from session_course import COURSE

from pcapra_lab.cli import common
from pcapra_lab.cli import report as command
from pcapra_lab.cli.main import cli
from pcapra_lab.drills.clocks import Measure
from pcapra_lab.drills.result import DrillResult, Judged
from pcapra_lab.drills.timeline import Targets, Timeline
from pcapra_lab.lab.paths import Paths
from pcapra_lab.lab.power import VmPower
from pcapra_lab.lab.progress import ignore
from pcapra_lab.progress.records import DrillState
from pcapra_lab.remote.result import CommandResult
from pcapra_lab.report.markdown import to_markdown
from pcapra_lab.report.seal import write_sealed
from pcapra_lab.report.sshsig import PublicKey
from pcapra_lab.session.application import LabApplication
from pcapra_lab.session.drill_book import Page
from pcapra_lab.session.reporting.facts import gather
from pcapra_lab.session.reporting.writing import document_of

HOSTILE = "<script>alert('x')</script> | `a` & **b**"
LESSON = "modules/1-reprise/01-panne.md"
HEALTH = """\
pcapra-health 1
load 0.12
uptime 7500.25
memory 400000 100000
disk 4000 1000 2000
link up
address 192.168.1.10/24
address 192.168.1.100/32
seen addresses
unit nginx.service active running
unit cron.service failed failed
seen units
listen 0.0.0.0:80 users:(("nginx",pid=1,fd=6))
listen 127.0.0.1:25 users:(("exim4",pid=1,fd=6))
seen listeners
end
"""
BLOCKS = """\
```bash {vm=srv}
echo '<b>gras</b>' | tee /srv/{{client}}
borg init --passphrase {{jeton}}
```

```ini {vm=web file=/etc/site.conf}
nom = {{client}}
```
"""


@dataclass
class Room:
    """A trainee's desk in a course with a drill and a checklist, and commands run there."""

    desk: Desk
    folder: Path

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(cli, list(words), catch_exceptions=False)

    def report(self, *words: str, name: str = "rapport") -> Path:
        folder = self.folder / name
        done = self.run("report", "panne", "--output", str(folder), "--name", "Alice", *words)
        assert done.exit_code == 0, done.output
        return folder

    def markdown(self, *words: str) -> str:
        folder = self.report(*words)
        text = (folder / "rapport.md").read_text(encoding="utf-8")
        shutil.rmtree(folder)
        return text


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    text = COURSE[EXERCISE].replace("    objective: {rto: 10m}\n", drill(tmp_path / "r", INJECT))
    text = text.replace("    setup:\n      - {vm: srv, script: setup/incident.sh}\n", "")
    text = text.replace("client: random-name}", "client: random-name, jeton: random-token}")
    monkeypatch.setitem(COURSE, EXERCISE, text + CHECKLIST)
    lesson = COURSE[LESSON].replace("Installez le service", BLOCKS + "\nInstallez le service")
    monkeypatch.setitem(COURSE, LESSON, lesson)
    monkeypatch.setenv("PCAPRA_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("pcapra_lab.session.inspection.provenance", world)
    monkeypatch.chdir(tmp_path)
    with open_desk(tmp_path, monkeypatch) as desk:

        class Here(LabApplication):
            def __init__(self, content: Path | None = None) -> None:
                self.installation = desk.installation
                self.__dict__["progress"] = desk.progress

            def close(self) -> None:
                """The progress is the test's."""

        monkeypatch.setattr(common, "_made", Here)
        monkeypatch.setattr(common, "_content", lambda: None)
        desk.ground.command = healthy
        yield Room(desk, tmp_path)


def world(_play: Any) -> dict[str, str]:
    return {"hypervisor": "qemu 7.2.19", "accelerator": "tcg", "image base": "0123456789abcdef"}


def healthy(_vm: str, _argv: list[str], _stdin: bytes, _timeout: float) -> CommandResult:
    return CommandResult(0, HEALTH.encode(), b"")


def begun(room: Room) -> None:
    """The first step is done after a failed check and a hint, the second one is reached."""
    session = room.desk.session()
    session.start(ignore, threading.Event())
    assert not session.check().green
    session.hint()
    room.desk.ground.passing |= {"installe", "avant/installe"}
    assert session.check().green
    session.close()


def drilled(room: Room) -> None:
    """A drill of the second step was measured, one before it was cut short."""
    store = room.desk.progress.drills
    timeline = Timeline("boot", Targets(3.0, 60.0), diagnosis=HOSTILE)
    page = Page(timeline, "jeton", problem="la session s'est terminée")
    cut = store.declare("panne", "incident", page.to_data())
    store.change(cut, DrillState.INTERRUPTED, lambda _data: None)
    result = DrillResult(
        Judged.of(Measure(3.6, 4.0), 3.0, (1.0, 4.0)),
        None,
        Measure(5.9, 6.1),
        None,
        ribbon=FAILOVER,
    )
    page = Page(timeline, "jeton", result=result)
    key = store.declare("panne", "incident", page.to_data())
    store.change(key, DrillState.ENDED, lambda _data: None)


class Tags(HTMLParser):
    """The tags of a page, and its visible text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_report_tells_what_was_done_and_measured(room: Room) -> None:
    begun(room)
    drilled(room)
    text = room.markdown()
    for part in (
        "# Runbook PRA et retour d'expérience : Une panne",
        "**Auteur** : Alice",
        "**Étapes réussies** : 1/3",
        "| Préparer | ✔ réussie |",
        "| 2 | 1/2 | 8/10 |",
        "Ce qui n'était pas encore vrai",
        "| ✘ 1 en échec | Installé |",
        "mesurés : 1 ; objectifs tenus : 0, manqués : 1, indécis ou non mesurés : 1",
        "objectif manqué : Un matin chez",
        "| RTO | 3 s | 3,8 s ± 0,2 s | ✘ manqué de 0,8 s |",
        "| RPO | 1 min | — | ? non mesuré |",
        "interrompu : la session s'est terminée",
        "étape à finir : Conclure",
        "qemu 7.2.19",
        "émulation logicielle",
    ):
        assert part in text, f"{part}\n\n{text}"


def test_the_architecture_is_what_was_found(room: Room) -> None:
    begun(room)
    text = room.markdown()
    assert "| srv | serveur | 192.168.1.10 | 192.168.1.10, 192.168.1.100 | en marche |" in text
    assert "| srv | nginx | 80 (nginx) | en échec : cron |" in text, text
    assert "exim4" not in text, "a port of the loopback is no business of the network's"


def test_what_sleeps_is_told_as_it_was_last_seen_and_dated(room: Room) -> None:
    begun(room)
    room.report(name="premier")
    room.desk.ground.powers = dict.fromkeys(room.desk.ground.powers, VmPower.SAVED)
    room.desk.ground.command = None
    text = room.markdown()
    assert "192.168.1.100 | en marche" in text and "État constaté le" in text
    assert "| Service | Le service de " in text and "✔ vrai" in text
    assert "recommencé" not in text
    room.desk.progress.restart("panne")
    text = room.markdown()
    assert "L'exercice a été recommencé depuis cette date" in text
    assert "ces états datent d'avant" in text


def test_nothing_is_guessed_of_what_was_never_seen(room: Room) -> None:
    room.desk.ground.powers = dict.fromkeys(room.desk.ground.powers, VmPower.STOPPED)
    text = room.markdown()
    assert "rien n'a été constaté" in text and "n'a jamais été sondée" in text
    assert "| srv | serveur | 192.168.1.10 | inconnu | inconnu |" in text
    assert text.count("jamais sondé |") == 3 and "– sans objet" in text
    assert "**Hyperviseur** : inconnu" in text and "Aucun drill" in text


def test_no_probe_looks_at_nothing(room: Room) -> None:
    begun(room)
    calls = len(room.desk.ground.calls)
    assert "rien n'a été constaté" in room.markdown("--no-probe")
    assert not any(call.startswith("root") for call in room.desk.ground.calls[calls:])


def test_acting_checks_run_only_when_asked(room: Room) -> None:
    begun(room)
    room.desk.ground.passing |= {"incident/repond", "incident/redemarre"}
    quiet = room.markdown()
    assert "(option --act)" in quiet and "checklist, inconnu : Il survit" in quiet
    acted = room.markdown("--act")
    assert "(option --act)" not in acted
    assert "✔ Il répond [web] ; ✔ Il survit à un redémarrage [srv]" in acted.replace("\\", "")


def test_the_solution_and_the_labs_secrets_are_never_shown(room: Room) -> None:
    begun(room)
    session = room.desk.session()
    assert session.solution().is_solution
    token = session._play.parameters["jeton"]
    session.close()
    folder = room.report()
    for path in folder.iterdir():
        data = path.read_bytes()
        assert b"# solution/" not in data and b"#!/bin/sh" not in data, path
        assert token.encode() not in data, path
    text = (folder / "rapport.md").read_text(encoding="utf-8")
    assert "borg init --passphrase {{jeton}}" in text and "Étape aidée" in text


def test_a_page_is_inert_whatever_was_typed(room: Room) -> None:
    begun(room)
    drilled(room)
    folder = room.report("--name", HOSTILE)
    page = (folder / "rapport.html").read_text(encoding="utf-8")
    tags = Tags(page)
    assert not {"script", "b", "img", "iframe", "link"} & tags.tags and "svg" in tags.tags
    assert "<?xml" not in page and "http://www.w3.org/2000/svg" in page
    assert "echo '<b>gras</b>' | tee /srv/" in tags.text
    assert tags.text.count("<script>alert('x')</script>") >= 2, "shown, not run"
    assert page.count("<svg") == 1 and (folder / "ruban-1.svg").read_text().startswith("<svg")
    assert "(ruban-1.svg)" in (folder / "rapport.md").read_text(encoding="utf-8")


def test_the_data_are_for_programs(room: Room) -> None:
    begun(room)
    drilled(room)
    data = json.loads((room.report() / "rapport.json").read_text(encoding="utf-8"))
    assert data["exercise"] == "panne" and data["steps"][0]["earned"] == 8
    assert len(data["steps"][0]["attempts"]) == 2
    assert [one["state"] for one in data["drills"]] == ["interrupted", "ended"]
    assert data["drills"][1]["result"]["rto"]["verdict"] == "missed"
    assert {line["state"] for line in data["checklist"]} >= {"true", "not-applicable"}
    assert data["machines"]["vms"][0]["addresses"] == ["192.168.1.10", "192.168.1.100"]


def test_questions_have_a_report_without_machines(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "cache", tmp_path / "data", tmp_path / "state")
    app = LabApplication(paths, plant_quiz(tmp_path / "cours"))
    session = app.open("theorie")
    session.check()
    facts = gather(app, session, "Alice", session.inspection.look())
    session.close()
    app.close()
    text = to_markdown(document_of(facts, "SHA256:x"))
    assert "Cet exercice n'a pas de machines." in text and "Ce que coûte un pourcentage" in text
    assert "Checklist PCA/PRA" not in text and "la méthode est libre" not in text


def test_a_trainer_recognises_who_was_enrolled_and_sees_what_was_touched(room: Room) -> None:
    folder = room.report()
    stranger = room.run("report", "--verify", str(folder))
    assert stranger.exit_code == command.UNKNOWN_SIGNER
    assert "intègre, mais signataire inconnu" in stranger.output
    assert "report enroll" in stranger.output and "Une panne [panne]" in stranger.output
    mine = json.loads(room.run("report", "keys", "--json").stdout)["own"]["fingerprint"]
    public = str(folder / "signataire.pub")
    assert room.run("report", "enroll", "SHA256:" + "A" * 43, public).exit_code == 1
    enrolled = room.run("report", "enroll", mine, public, "--name", "Alice Martin")
    assert enrolled.exit_code == 0 and "Alice Martin" in enrolled.output
    known = room.run("report", "--verify", str(folder))
    assert known.exit_code == 0 and "intègre, signé par Alice Martin" in known.output
    assert json.loads(room.run("report", "--verify", str(folder), "--json").stdout) == {
        "intact": True, "fingerprint": mine, "signer": "Alice Martin",
    }  # fmt: skip
    assert "Alice Martin" in room.run("report", "keys").output
    page = folder / "rapport.md"
    page.write_text(page.read_text(encoding="utf-8").replace("0/3", "3/3"), encoding="utf-8")
    touched = room.run("report", "--verify", str(folder))
    assert touched.exit_code == 1
    assert "n'est pas intègre" in touched.output and "rapport.md a été modifié" in touched.output
    assert room.run("report", "forget", mine).exit_code == 0
    assert "Aucune clé enrôlée" in room.run("report", "keys").output


def test_signed_data_of_another_program_do_not_upset_the_verifier(room: Room) -> None:
    for number, data in enumerate((b"", b"[]", b'{"title": 1}', b"[" * 100_000, b"\xff")):
        folder = room.folder / f"autre-{number}"
        write_sealed(folder, {"rapport.json": data}, Ed25519PrivateKey.generate(), "x\x1b")
        told = room.run("report", "--verify", str(folder))
        assert told.exit_code == command.UNKNOWN_SIGNER and "Exercice" not in told.output


def test_an_exam_is_signed_with_the_key_that_was_lent(room: Room) -> None:
    key = Ed25519PrivateKey.generate()
    path = room.folder / "examen"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    refused = room.run("report", "panne", "--exam-key", str(path))
    assert refused.exit_code == 1 and "chmod 600" in refused.output
    path.chmod(0o600)
    folder = room.report("--exam-key", str(path))
    fingerprint = PublicKey.of(key).fingerprint
    assert fingerprint in (folder / "rapport.md").read_text(encoding="utf-8").replace("\\", "")
    told = json.loads(room.run("report", "--verify", str(folder), "--json").stdout)
    assert told["fingerprint"] == fingerprint


def test_without_a_folder_a_dated_one_is_made_and_nothing_is_written_over(room: Room) -> None:
    done = room.run("report", "panne", "--json")
    folder = room.folder / json.loads(done.stdout)["folder"]
    assert folder.name.startswith("rapport-panne-2") and (folder / "rapport.html").is_file()
    again = room.run("report", "panne", "--output", str(folder))
    assert again.exit_code == 1 and "n'est pas vide" in again.output


def test_the_help_teaches_and_the_words_are_kept_apart(room: Room) -> None:
    told = room.run("report", "--help").output
    for part in (
        "pcapra-lab report tp-final",
        "report keys",
        "report enroll",
        "--verify",
        "maître",
    ):
        assert part in told, told
    assert "--exam-key" in room.run("report", "write", "--help").output
    assert room.run("report", "rien").exit_code == 1
    assert room.run("report", "panne", "--verify", str(room.folder)).exit_code == 2
    assert room.run("report", "panne", "--act", "--no-probe").exit_code == 2
