"""The replay's judgements, on a playground whose machines are sets of words."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_playground import BREAKS, JAMS, MAKES_PASS, Desk, open_desk

from pcapra_lab.errors import Cancelled, LabError, VmError
from pcapra_lab.lab.progress import ignore
from pcapra_lab.session.journal import Row
from pcapra_lab.session.replay import Replay, ReplayResult

NOBODY = threading.Event()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(tmp_path, monkeypatch) as opened:
        yield opened


def play(
    desk: Desk,
    *,
    mutants: int | None = None,
    until: str | None = None,
    seed: str = "graine",
    cancel: threading.Event = NOBODY,
    resume: bool = False,
    stop_after: str = "",
) -> tuple[ReplayResult, list[Row]]:
    told: list[Row] = []

    def on_row(row: Row) -> None:
        told.append(row)
        if f"{row.step} {row.stage}" == stop_after:
            cancel.set()

    replay = Replay(desk.installation, "panne", seed, mutants=mutants, on_row=on_row, resume=resume)
    return replay.run(ignore, cancel, until=until), told


def row(result: ReplayResult, step: str, stage: str) -> Row:
    [found] = [r for r in result.rows if (r.step, r.stage) == (step, stage)]
    return found


def test_a_sound_exercise_is_proved_in_order(desk: Desk) -> None:
    result, told = play(desk)
    assert result.ok
    assert told == result.rows
    assert [(r.step, r.stage) for r in result.rows] == [
        ("avant", "rouge avant"),
        ("avant", "vert après"),
        ("avant", "mutant faux"),
        ("avant", "mutant vide"),
        ("incident", "rouge avant"),
        ("incident", "vert après"),
        ("incident", "mutant fige"),
        ("apres", "rouge avant"),
        ("apres", "vert après"),
        ("(exercice)", "rien ne reste"),
    ]
    assert (result.mutants, result.killed) == (3, 3)
    back = [call for call in desk.ground.calls if call.startswith("rewind")]
    assert back == ["rewind fin-avant", "rewind fin-avant", "rewind fin-incident"], (
        "each mutant starts from the step's end"
    )


def test_it_runs_on_machines_of_its_own_and_todays_images(desk: Desk) -> None:
    replay = Replay(desk.installation, "panne", "graine", mutants=0, on_row=ignore_row)
    made: Any = replay.playground
    assert (made.lab_id, made.fresh) == ("rejeu-panne", True)


def ignore_row(_row: Row) -> None:
    """Nobody looks."""


def test_a_check_that_is_green_before_the_solution_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MAKES_PASS, "setup/base.sh", {"bilan"})
    result, _ = play(desk, mutants=0)
    bad = row(result, "apres", "rouge avant")
    assert not bad.ok and not result.ok
    assert "bilan (pass) devrait échouer avant la solution" in bad.detail


def test_an_error_is_not_a_red(desk: Desk) -> None:
    desk.ground.errors.add("installe")
    result, _ = play(desk, mutants=0)
    assert not row(result, "avant", "rouge avant").ok
    assert "installe (error)" in row(result, "avant", "rouge avant").detail


def test_a_guard_may_hold_before_the_step(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desk.installation.catalogue.root / "exercises/panne/exercise.yaml"
    text = path.read_text()
    path.write_text(text.replace("{id: bilan,", "{id: bilan, guard: true,"))
    monkeypatch.setitem(MAKES_PASS, "setup/base.sh", {"bilan"})
    result, _ = play(desk, mutants=0)
    assert row(result, "apres", "rouge avant").ok


def test_a_solution_that_does_not_turn_the_checks_green_ends_the_replay(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MAKES_PASS, "solution/20-srv.sh", {"repond"})
    result, _ = play(desk)
    assert result.rows[-1].stage == "vert après" and result.rows[-1].step == "incident"
    assert "redemarre (fail) devrait réussir" in result.rows[-1].detail
    assert "redemarre : fail" in result.rows[-1].detail, "what was seen is told"
    assert not result.ok


def test_a_solution_that_fails_ends_the_replay_with_its_words(desk: Desk) -> None:
    desk.ground.failing_scripts["solution/10-srv.sh"] = VmError("srv", "code 1")
    result, _ = play(desk)
    assert [r.stage for r in result.rows] == ["rouge avant", "vert après"]
    assert result.rows[-1].detail == "la solution échoue : srv : code 1"


def test_a_mutant_that_survives_is_told_and_the_others_are_still_tried(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BREAKS, "mutants/faux.sh", set())
    result, _ = play(desk)
    assert "installe (pass) ne voit pas ce mutant" in row(result, "avant", "mutant faux").detail
    assert row(result, "avant", "mutant vide").ok
    assert (result.mutants, result.killed) == (3, 2)
    assert not result.ok


def test_a_mutant_killed_without_a_word_is_not_killed(desk: Desk) -> None:
    desk.ground.mute = True
    result, _ = play(desk)
    assert "échoue sans dire ce qu'elle a vu" in row(result, "avant", "mutant faux").detail


def test_a_mutant_that_breaks_a_check_instead_of_failing_it_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(JAMS, "mutants/fige.sh", {"redemarre"})
    result, _ = play(desk, until="incident")
    assert "redemarre (error) tombe en erreur" in row(result, "incident", "mutant fige").detail


def test_a_mutant_whose_script_fails_proves_nothing(desk: Desk) -> None:
    desk.ground.failing_scripts["mutants/faux.sh"] = VmError("srv", "introuvable")
    result, _ = play(desk)
    assert "le mutant échoue" in row(result, "avant", "mutant faux").detail
    assert result.killed == 2


def test_fewer_mutants_are_drawn_from_the_seed(desk: Desk) -> None:
    drawn = set()
    for seed in (f"graine-{n}" for n in range(12)):
        result, _ = play(desk, mutants=1, until="avant", seed=seed)
        again, _ = play(desk, mutants=1, until="avant", seed=seed)
        names = [r.stage for r in result.rows if r.stage.startswith("mutant")]
        assert names == [r.stage for r in again.rows if r.stage.startswith("mutant")]
        assert len(names) == 1
        drawn.update(names)
    assert drawn == {"mutant faux", "mutant vide"}
    assert play(desk, mutants=0)[0].mutants == 0


def test_until_stops_after_a_step_and_refuses_an_unknown_one(desk: Desk) -> None:
    result, _ = play(desk, mutants=0, until="incident")
    assert {r.step for r in result.rows} == {"avant", "incident"}
    desk.ground.ran.clear()
    with pytest.raises(LabError, match="« indicent »") as caught:
        play(desk, until="indicent")
    assert "avant, incident, apres" in caught.value.hint
    assert desk.ground.ran == []


def test_an_existing_lab_is_reset_first(desk: Desk) -> None:
    play(desk, mutants=0)
    assert "reset" not in desk.ground.calls
    assert play(desk, mutants=0)[0].ok
    assert "reset" in desk.ground.calls


def test_a_cancel_is_obeyed_between_two_gradings(desk: Desk) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        play(desk, cancel=cancel)


@pytest.mark.parametrize(("keep", "call"), [(True, "down"), (False, "delete")])
def test_closing_keeps_or_removes_and_always_lets_go(desk: Desk, keep: bool, call: str) -> None:
    replay = Replay(desk.installation, "panne", "graine", mutants=0, on_row=ignore_row)
    replay.close(ignore, keep=keep)
    assert desk.ground.calls == [call, "close"]


def test_an_empty_replay_proves_nothing() -> None:
    assert not ReplayResult("panne", "graine").ok


def interrupt(desk: Desk) -> None:
    """Stop a replay in the middle of its second step."""
    with pytest.raises(Cancelled):
        play(desk, cancel=threading.Event(), stop_after="incident vert après")


def test_an_interrupted_replay_goes_on_after_its_last_whole_step(desk: Desk) -> None:
    whole, _ = play(desk)
    desk.ground.passing.clear()
    interrupt(desk)
    desk.ground.ran.clear()
    desk.ground.calls.clear()
    again, told = play(desk, resume=True)
    assert [(r.step, r.stage, r.ok) for r in again.rows] == [
        (r.step, r.stage, r.ok) for r in whole.rows
    ]
    assert told == again.rows, "the lines of the steps behind are shown again"
    assert "solution/10-srv.sh" not in desk.ground.ran, "the first step is behind"
    assert desk.ground.ran.count("setup/incident.sh") == 1
    assert desk.ground.calls[0] == "rewind fin-avant"
    assert again.seconds > 0


def test_only_the_last_steps_end_is_kept(desk: Desk) -> None:
    play(desk, until="apres")
    assert set(desk.ground.saved) == {"fin-apres"}
    play(desk)
    assert not desk.ground.saved, "the last look resets the lab"


@pytest.mark.parametrize("change", ["seed", "mutants", "content", "machines"])
def test_a_journal_of_another_replay_is_not_believed(desk: Desk, change: str) -> None:
    interrupt(desk)
    desk.ground.ran.clear()
    seed, mutants = "graine", None
    if change == "seed":
        seed = "autre"
    elif change == "mutants":
        mutants = 1
    elif change == "machines":
        desk.ground.saved.clear()
    else:
        folder = desk.installation.catalogue.exercise_folder("panne")
        (folder / "solution/10-srv.sh").write_text("# autrement\n")
    result, _ = play(desk, resume=True, seed=seed, mutants=mutants)
    assert "solution/10-srv.sh" in desk.ground.ran
    assert [r.stage for r in result.rows].count("rouge avant") == 3


def test_a_failed_replay_once_corrected_goes_on_at_the_step_that_failed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as wrong:
        wrong.setitem(BREAKS, "mutants/fige.sh", set())
        wrong.setitem(JAMS, "mutants/fige.sh", set())
        failed, _ = play(desk)
    assert not failed.ok and failed.rows[-1].step == "apres", "the rest was looked at too"
    folder = desk.installation.catalogue.exercise_folder("panne")
    (folder / "mutants/fige.sh").write_text("# corrigé\n")
    desk.ground.ran.clear()
    again, _ = play(desk, resume=True)
    assert again.ok, [r for r in again.rows if not r.ok]
    assert [r.stage for r in again.rows].count("rouge avant") == 3
    assert "solution/10-srv.sh" not in desk.ground.ran, "what was right is not played again"
    assert "solution/20-srv.sh" in desk.ground.ran


def test_a_failed_replay_looked_at_again_does_not_pass(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BREAKS, "mutants/faux.sh", set())
    assert not play(desk)[0].ok
    again, _ = play(desk, resume=True)
    assert not again.ok and not row(again, "avant", "mutant faux").ok


def test_without_asking_for_it_nothing_is_resumed(desk: Desk) -> None:
    interrupt(desk)
    desk.ground.ran.clear()
    play(desk)
    assert "solution/10-srv.sh" in desk.ground.ran
