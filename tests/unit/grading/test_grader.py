"""Whole steps graded by the real agent on this machine."""

import threading
from pathlib import Path

import pytest
from local_guest import Ended, LocalGuest, make_check, make_step, unreachable_vm

from pcapra_lab.content.models import GuestScript, Mutant
from pcapra_lab.errors import Cancelled, ContentError, VmError
from pcapra_lab.grading.results import Outcome, StepReport
from pcapra_lab.grading.runner import Grader

VERDICT = '{"ok": true, "expected": "a", "observed": "b"}'


def outcomes(report: StepReport) -> dict[str, Outcome]:
    return {result.id: result.outcome for result in report.results}


def test_every_type_in_one_round_trip(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("été\n")
    (tmp_path / "v.py").write_text(f"#!/usr/bin/env python3\nprint('''{VERDICT}''')\n")
    guest = LocalGuest()
    step = make_step(
        make_check("command", "c", run=["cat", f"{tmp_path}/{{{{nom}}}}"], stdout_matches="été"),
        make_check("file", "f", path=f"{tmp_path}/f", matches="^été$", mode_max="0777"),
        make_check("file_identical", "i", path=f"{tmp_path}/f", parameter="canari"),
        make_check("script", "s", run="v.py"),
    )
    report = Grader(guest).grade(step, {"nom": "f", "canari": "été\n"}, tmp_path)
    assert outcomes(report) == dict.fromkeys("cfis", Outcome.PASS)
    assert report.green
    assert report.round_trips == len(guest.sent) == 1
    assert report.seconds > 0


def test_red_step(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("autre\n")
    (tmp_path / "v.sh").write_text("#!/bin/sh\necho pas du JSON\n")
    step = make_step(
        make_check("file", "ok", path=str(tmp_path)),
        make_check("script", "s", run="v.sh"),
        make_check("file_identical", "i", path=f"{tmp_path}/f", parameter="canari"),
        make_check("command", "c", run=["false"]),
    )
    report = Grader(LocalGuest()).grade(step, {"canari": "été\n"}, tmp_path)
    assert [(result.id, result.outcome.value) for result in report.results] == [
        ("i", "fail"),
        ("c", "fail"),
        ("s", "error"),
        ("ok", "pass"),
    ]
    assert not report.green


def test_unreachable_vm_costs_only_its_own_checks(tmp_path: Path) -> None:
    step = make_step(
        make_check("command", "up", run=["true"]),
        make_check("command", "down", run=["true"], vm="web"),
        make_check("command", "after", run=["true"], needs=["down"]),
    )
    guest = LocalGuest(down={"web": unreachable_vm("web")})
    report = Grader(guest).grade(step, {}, tmp_path)
    assert outcomes(report) == {
        "down": Outcome.ERROR,
        "after": Outcome.SKIP,
        "up": Outcome.PASS,
    }
    assert "« Contrôle down »" in report.results[1].observed
    assert report.round_trips == 2


def test_cancelling_is_not_an_error_of_the_vm(tmp_path: Path) -> None:
    guest = LocalGuest(down={"srv": Cancelled()})
    with pytest.raises(Cancelled):
        Grader(guest).grade(make_step(make_check("command", run=["true"])), {}, tmp_path)


def test_machines_are_asked_at_the_same_time(tmp_path: Path) -> None:
    guest = LocalGuest()
    both = threading.Barrier(2, timeout=20)

    def remote(vm: str, argv: list[str], stdin: bytes, timeout: float) -> Ended:
        both.wait()
        return guest(vm, argv, stdin, timeout)

    step = make_step(
        make_check("command", "a", run=["true"]), make_check("command", "b", run=["true"], vm="web")
    )
    assert Grader(remote).grade(step, {}, tmp_path).green


def test_acting_checks_wait_for_what_they_need(tmp_path: Path) -> None:
    done = tmp_path / "done"
    act = make_check("command", "act", run=["touch", str(done)], effect="act", needs=["see"])
    seen = make_check("file", "seen", path=str(done), needs=["act"])
    guest = LocalGuest()
    red = make_step(make_check("command", "see", run=["false"]), act, seen)
    report = Grader(guest).grade(red, {}, tmp_path)
    assert outcomes(report) == {
        "see": Outcome.FAIL,
        "act": Outcome.SKIP,
        "seen": Outcome.SKIP,
    }
    assert not done.exists()
    assert report.round_trips == len(guest.sent) == 1

    green = make_step(make_check("command", "see", run=["true"]), act, seen)
    report = Grader(guest).grade(green, {}, tmp_path)
    assert report.green
    assert done.exists()
    assert report.round_trips == 2


def test_watcher_never_acts(tmp_path: Path) -> None:
    done = tmp_path / "done"
    step = make_step(
        make_check("command", "see", run=["true"]),
        make_check("command", "act", run=["touch", str(done)], effect="act"),
        make_check("file", "seen", path=str(done), needs=["act"]),
    )
    report = Grader(LocalGuest()).grade(step, {}, tmp_path, observe_only=True)
    assert outcomes(report) == {
        "act": Outcome.PENDING,
        "seen": Outcome.PENDING,
        "see": Outcome.PASS,
    }
    assert not report.green
    assert not done.exists()
    assert report.round_trips == 1


def test_action_needed_by_another_action_must_have_passed(tmp_path: Path) -> None:
    done = tmp_path / "done"
    step = make_step(
        make_check("command", "first", run=["false"], effect="act"),
        make_check("command", "second", run=["touch", str(done)], effect="act", needs=["first"]),
    )
    report = Grader(LocalGuest()).grade(step, {}, tmp_path)
    assert outcomes(report) == {"first": Outcome.FAIL, "second": Outcome.SKIP}
    assert not done.exists()


def test_deadline_is_an_error_that_never_counts(tmp_path: Path) -> None:
    step = make_step(make_check("command", run=["sleep", "600"], timeout="200ms"))
    [result] = Grader(LocalGuest()).grade(step, {}, tmp_path).results
    assert result.outcome is Outcome.ERROR
    assert "n'a pas fini en 200ms" in result.observed


def script(folder: Path, name: str, body: str, vm: str = "srv") -> GuestScript:
    (folder / name).write_text(f"#!/bin/sh\n{body}\n")
    return GuestScript(vm=vm, script=name)


def test_scripts_run_in_order_with_parameters(tmp_path: Path) -> None:
    log = tmp_path / "log"
    scripts: list[GuestScript | Mutant] = [
        script(tmp_path, "a.sh", f'echo "a $PCAPRA_NOM" >>{log}; echo fini'),
        script(tmp_path, "b.sh", f"echo b >>{log}", vm="web"),
        Mutant(id="m", title="M", vm="web", script="b.sh", killed_by=["x"]),
    ]
    guest = LocalGuest()
    runs = Grader(guest).run_scripts(scripts, {"nom": "x y"}, tmp_path)
    assert log.read_text() == "a x y\nb\nb\n"
    assert [(run.vm, run.script, run.output) for run in runs] == [
        ("srv", "a.sh", "fini"),
        ("web", "b.sh", ""),
        ("web", "b.sh", ""),
    ]
    assert [vm for vm, _ in guest.sent] == ["srv", "web"]


def test_a_script_gets_its_arguments_as_they_are_written(tmp_path: Path) -> None:
    solution = script(tmp_path, "a.sh", 'printf "<%s>" "$@"')
    mutant = Mutant(id="m", title="M", vm="srv", script="a.sh", args=["$HOME"], killed_by=["x"])
    scripts: list[GuestScript | Mutant] = [
        solution.model_copy(update={"args": ["un mot", "", "it's *"]}),
        mutant,
        solution,
    ]
    runs = Grader(LocalGuest()).run_scripts(scripts, {}, tmp_path)
    assert [run.output for run in runs] == ["<un mot><><it's *>", "<$HOME>", "<>"]


def test_failed_script_is_named_with_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    scripts = [
        script(tmp_path, "a.sh", "echo un; echo deux >&2; exit 7"),
        script(tmp_path, "b.sh", f"touch {log}"),
    ]
    with pytest.raises(VmError) as caught:
        Grader(LocalGuest()).run_scripts(scripts, {}, tmp_path)
    assert caught.value.vm == "srv"
    assert caught.value.message == ("srv : le script a.sh a échoué (code de sortie 7)\nun\ndeux")
    assert not log.exists()


def test_script_past_its_deadline_is_named(tmp_path: Path) -> None:
    slow = script(tmp_path, "a.sh", "echo debut; sleep 600").model_copy(update={"timeout": "2s"})
    with pytest.raises(VmError, match=r"a\.sh n'a pas fini après \d+ s\ndebut"):
        Grader(LocalGuest()).run_scripts([slow], {}, tmp_path)


def test_script_that_cannot_start_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.sh").write_text("sans interpréteur")
    with pytest.raises(VmError, match=r"a\.sh n'a pas pu être lancé : .*« #! »"):
        Grader(LocalGuest()).run_scripts([GuestScript(vm="srv", script="a.sh")], {}, tmp_path)
    with pytest.raises(ContentError, match=r"absent\.sh"):
        Grader(LocalGuest()).run_scripts([GuestScript(vm="srv", script="absent.sh")], {}, tmp_path)
