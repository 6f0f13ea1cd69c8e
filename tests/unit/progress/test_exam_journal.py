"""An exam's journal: what is written holds together, and what was touched shows."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pcapra_lab.errors import LabError
from pcapra_lab.progress.exam_check import check_journal
from pcapra_lab.progress.exam_entries import FORMAT, Entry, Kind, read_entry
from pcapra_lab.progress.exam_journal import ExamJournal

START = {
    "format": FORMAT,
    "exercise": "panne",
    "steps": [{"id": "avant", "points": 10}, {"id": "apres", "points": 20}],
}
VERDICTS = [{"step": "avant", "earned": 10}, {"step": "apres", "earned": 0}]


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        self.now += 1.25
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "examens" / "panne.jsonl"


def write(path: Path, *more: tuple[str, dict[str, Any]]) -> list[Entry]:
    journal = ExamJournal(path, Clock())
    entries = [journal.begin(START)]
    for kind, data in more:
        entries.append(journal.append(kind, data, entries[-1].hash))
    return entries


def whole(path: Path) -> list[Entry]:
    return write(
        path,
        (Kind.OPEN, {"used": 0.0}),
        (Kind.SUBMIT, {"step": "avant", "outcomes": {"installé": "pass"}}),
        (Kind.FINISH, {"verdicts": VERDICTS, "earned": 10}),
    )


def edited(path: Path, edit: Callable[[list[str]], object]) -> tuple[str, ...]:
    lines = path.read_text().splitlines()
    edit(lines)
    path.write_text("".join(f"{line}\n" for line in lines))
    return check_journal(path).faults


def test_what_is_written_is_read_again_and_sound(path: Path) -> None:
    entries = whole(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert ExamJournal(path, Clock()).entries() == entries
    checked = check_journal(path, fingerprint=entries[0].hash[:12])
    assert checked.sound and checked.remarks == ()
    assert checked.head == entries[-1].hash
    assert [entry.kind for entry in checked.entries] == ["start", "open", "submit", "finish"]


def test_a_second_exam_does_not_write_over_the_first(path: Path) -> None:
    whole(path)
    with pytest.raises(LabError, match="ne peut pas être écrit"):
        ExamJournal(path, Clock()).begin(START)
    assert check_journal(path).sound


@pytest.mark.parametrize("line", range(4))
def test_a_changed_entry_shows(path: Path, line: int) -> None:
    whole(path)

    def edit(lines: list[str]) -> None:
        data = json.loads(lines[line])
        data["data"]["used"] = 1.0
        lines[line] = json.dumps(data)

    [fault] = edited(path, edit)
    assert fault == f"ligne {line + 1} : l'entrée a été modifiée"


@pytest.mark.parametrize(
    "edit",
    [
        lambda lines: lines.pop(1),
        lambda lines: lines.pop(0),
        lambda lines: lines.insert(2, lines[1]),
        lambda lines: lines.reverse(),
    ],
    ids=["removed", "beheaded", "doubled", "reversed"],
)
def test_a_missing_or_moved_entry_shows(path: Path, edit: Callable[[list[str]], object]) -> None:
    whole(path)
    assert any("manque ou a été déplacée" in fault for fault in edited(path, edit))


def test_an_end_cut_off_leaves_no_result(path: Path) -> None:
    whole(path)
    assert edited(path, lambda lines: lines.pop()) == ()
    assert "n'est pas terminé" in check_journal(path).remarks[0]


def test_a_chain_forged_again_is_told_by_the_noted_fingerprint(path: Path) -> None:
    noted = whole(path)[0].hash
    path.unlink()
    journal = ExamJournal(path, Clock())
    first = journal.begin({**START, "account": "other"})
    forged = [{**one, "earned": 30} for one in VERDICTS]
    journal.append(Kind.FINISH, {"verdicts": forged, "earned": 60}, first.hash)
    assert check_journal(path).sound
    assert check_journal(path, fingerprint=noted[:16]).faults == (
        "l'empreinte notée n'est celle d'aucune entrée de ce journal",
    )


@pytest.mark.parametrize(
    ("finish", "fault"),
    [
        ({"verdicts": VERDICTS, "earned": 30}, "le total ne correspond pas aux verdicts"),
        ({"verdicts": VERDICTS[:1], "earned": 10}, "les verdicts ne sont pas ceux des étapes"),
        ({"earned": 10}, "le résultat n'a pas la forme attendue"),
    ],
)
def test_a_result_must_agree_with_itself(path: Path, finish: dict[str, Any], fault: str) -> None:
    write(path, (Kind.FINISH, finish))
    [found] = check_journal(path).faults
    assert found.startswith(fault)


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ([(Kind.FINISH, {"verdicts": VERDICTS, "earned": 10}), (Kind.OPEN, {})], "après la fin"),
        ([(Kind.ABANDON, {}), (Kind.SUBMIT, {})], "après la fin"),
        ([(Kind.START, START)], "commence deux fois"),
    ],
)
def test_a_story_out_of_order_shows(
    path: Path, more: list[tuple[str, dict[str, Any]]], fault: str
) -> None:
    write(path, *more)
    assert any(fault in found for found in check_journal(path).faults)


def test_a_line_cut_short_by_a_power_cut_is_made_up_for(path: Path) -> None:
    entries = write(path, (Kind.OPEN, {}))
    with path.open("ab") as stream:
        stream.write(b'{"n":2,"at":10')
    assert "pas été écrite en entier" in " ".join(check_journal(path).remarks)
    journal = ExamJournal(path, Clock())
    last = journal.append(Kind.ABANDON, {}, entries[-1].hash)
    assert [one.kind for one in journal.entries()] == ["start", "open", "torn", "abandon"]
    checked = check_journal(path)
    assert checked.sound and checked.head == last.hash
    assert any("interrompue" in remark for remark in checked.remarks)


def test_nothing_is_added_to_a_journal_that_was_changed(path: Path) -> None:
    entries = whole(path)
    journal = ExamJournal(path, Clock())
    with pytest.raises(LabError, match="a été modifié") as caught:
        journal.append(Kind.OPEN, {}, "f" * 64)
    assert "exam abandon" in caught.value.hint
    edited(path, lambda lines: lines.pop(1))
    before = path.read_bytes()
    with pytest.raises(LabError, match="a été modifié"):
        journal.append(Kind.OPEN, {}, entries[-1].hash)
    assert path.read_bytes() == before


def test_a_clock_set_back_is_a_remark(path: Path) -> None:
    journal = ExamJournal(path, lambda: times.pop(0))
    times = [1000.0, 400.0]
    first = journal.begin(START)
    journal.append(Kind.OPEN, {}, first.hash)
    checked = check_journal(path)
    assert checked.sound and any("a reculé" in remark for remark in checked.remarks)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{}",
        "[]",
        "null",
        '{"n":0,"at":NaN,"kind":"start","data":{},"previous":"","hash":""}',
        '{"n":"0","at":1,"kind":"start","data":{},"previous":"","hash":""}',
        '{"n":0,"at":1,"kind":"start","data":{"a":"\\ud800"},"previous":"","hash":""}',
        "[" * 100_000,
        '{"n":0,"at":1e12,"kind":"start","data":{},"previous":"","hash":""}',
        '{"n":0,"at":1,"kind":"start","data":{"a":1e999},"previous":"","hash":""}',
    ],
    ids=["empty", "no-key", "list", "null", "nan", "text", "surrogate", "deep", "late", "infinite"],
)
def test_hostile_lines_are_no_entries(path: Path, line: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_entry(line)
    path.parent.mkdir()
    path.write_text(f"{line}\n")
    assert not check_journal(path).sound


def test_an_empty_or_binary_file_is_no_journal(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"")
    assert check_journal(path).faults == ("le journal ne commence pas par le début d'un examen",)
    path.write_bytes(b"\xff\xfe\n")
    with pytest.raises(LabError, match="ne peut pas être lu"):
        check_journal(path)


def test_a_seal_is_given_to_who_checks_signatures(path: Path) -> None:
    entries = whole(path)
    ExamJournal(path, Clock()).append(Kind.SEAL, {"signature": "s"}, entries[-1].hash)
    assert "n'a pas été vérifiée" in check_journal(path).remarks[-1]
    seen: list[str] = []

    def refuse(digest: str, seal: Any) -> str:
        seen.append(digest)
        return "clé inconnue"

    checked = check_journal(path, signature=refuse)
    assert seen == [entries[-1].hash] == [checked.head]
    assert checked.faults == ("clé inconnue",)
