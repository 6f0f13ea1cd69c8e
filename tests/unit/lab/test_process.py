"""The door to host processes: output, deadlines, cancels, and nothing left behind."""

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from pcapra_lab.errors import Cancelled, EnvironmentProblem
from pcapra_lab.lab.daemons import await_true, start_time
from pcapra_lab.lab.process import TAIL_LINES, ProcessFailed, run, run_attached


def shell(script: str, *arguments: str) -> list[str]:
    return ["sh", "-c", script, "sh", *arguments]


def gone(pid_file: Path) -> bool:
    pid = int(pid_file.read_text())
    return await_true(lambda: start_time(pid) is None, timeout=10)


def test_standard_output_is_returned_and_error_is_not() -> None:
    assert run(shell("echo oui; echo bruit >&2"), timeout=10) == "oui\n"


def test_lines_of_both_outputs_are_handed_over_as_they_come() -> None:
    lines: list[str] = []
    run(shell(r"echo un; echo deux >&2; printf 'a\rb\r\nfin\n'"), timeout=10, on_line=lines.append)
    assert sorted(lines) == ["a", "b", "deux", "fin", "un"]


def test_a_large_output_on_both_sides_does_not_block() -> None:
    script = "import sys; sys.stderr.write('e' * 10**6); sys.stdout.write('o' * 10**6)"
    assert len(run([sys.executable, "-c", script], timeout=30)) == 10**6


def test_standard_input_is_empty_unless_given() -> None:
    assert run(["cat"], timeout=10) == ""
    assert run(["cat"], timeout=10, stdin="é\n".encode()) == "é\n"


def test_a_large_input_that_nobody_reads_is_no_failure() -> None:
    assert run(["true"], timeout=10, stdin=b"x" * 10**6) == ""


def test_a_large_input_comes_back_whole() -> None:
    assert len(run(["cat"], timeout=30, stdin=b"x" * 10**6)) == 10**6


def test_a_failure_tells_the_command_its_status_and_its_last_lines() -> None:
    script = f"for i in $(seq 1 {TAIL_LINES + 5}); do echo ligne $i; done; echo adieu >&2; exit 3"
    with pytest.raises(ProcessFailed) as caught:
        run(shell(script), timeout=10, hint="essayez autrement")
    assert "code 3" in caught.value.message
    assert "adieu" in caught.value.message
    assert f"ligne {TAIL_LINES + 5}" in caught.value.message
    assert "ligne 5\n" not in caught.value.message
    assert caught.value.hint == "essayez autrement"


def test_a_missing_program_is_named_with_a_remedy() -> None:
    with pytest.raises(EnvironmentProblem, match="« pcapra-absent » est introuvable") as caught:
        run(["pcapra-absent"], timeout=10)
    assert "doctor --fix" in caught.value.hint


def test_a_program_that_may_not_be_run_is_named_too(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("pas un programme")
    with pytest.raises(
        EnvironmentProblem, match=r"fichier » est introuvable \(Permission denied\)"
    ):
        run([str(tmp_path / "fichier")], timeout=10)


def test_a_missing_program_that_was_to_ask_is_named_with_the_callers_remedy() -> None:
    with pytest.raises(EnvironmentProblem, match="« pcapra-absent » est introuvable") as caught:
        run_attached(["pcapra-absent"], hint="en root")
    assert caught.value.hint == "en root"


def test_a_cancel_ends_the_whole_group(tmp_path: Path) -> None:
    cancel = threading.Event()
    child = tmp_path / "child"
    script = 'sleep 100 & echo $! > "$1.new"; mv "$1.new" "$1"; echo prêt; wait'

    def ready(line: str) -> None:
        assert line == "prêt"
        cancel.set()

    with pytest.raises(Cancelled):
        run(shell(script, str(child)), timeout=60, cancel=cancel, on_line=ready)
    assert gone(child)


def test_a_cancel_ends_what_ignores_the_polite_signal_and_outlives_its_parent(
    tmp_path: Path,
) -> None:
    cancel = threading.Event()
    child = tmp_path / "child"
    # The child writes its own number before it speaks: the cancel follows at once.
    script = """sh -c 'trap "" TERM; echo $$ > "$1"; echo prêt; sleep 100' _ "$1" & wait"""
    with pytest.raises(Cancelled):
        run(
            shell(script, str(child)), timeout=60, cancel=cancel, on_line=lambda _line: cancel.set()
        )
    assert gone(child)


def test_the_deadline_ends_the_group_even_when_its_leader_has_left(tmp_path: Path) -> None:
    child = tmp_path / "child"
    with pytest.raises(ProcessFailed, match=r"n'a pas fini en 1 s\nparti"):
        run(shell('sleep 100 & echo $! > "$1"; echo parti', str(child)), timeout=1)
    assert gone(child)


def test_the_deadline_holds_for_a_program_that_closes_its_outputs(tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(ProcessFailed, match="n'a pas fini en 1 s"):
        run(shell('echo $$ > "$1"; exec sleep 100 >&- 2>&-', str(tmp_path / "pid")), timeout=1)
    assert time.monotonic() - started < 30
    assert gone(tmp_path / "pid")


def test_environment_and_folder_are_the_given_ones(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "MOT": "secret"}
    assert run(shell('echo "$MOT"; pwd'), timeout=10, env=env, cwd=tmp_path) == (
        f"secret\n{tmp_path}\n"
    )
