"""Builds side by side: after what they need, never more than asked, and honest about failures."""

import subprocess
import sys
import threading

import pytest

from pcapra_lab.errors import Cancelled, EnvironmentProblem, LabError
from pcapra_lab.lab.images.schedule import BuildsFailed, Task, run_tasks

INTERRUPTED = """
import signal, threading
from pcapra_lab.lab.images.schedule import Task, run_tasks
cancel = threading.Event()
def work():
    # To that thread: where another one gets the signal, the wait of the main one goes on.
    signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
    assert cancel.wait(20), "the work was not told"
try:
    run_tasks([Task("a", "a", [], work)], 1, cancel)
except KeyboardInterrupt:
    raise SystemExit(7)
"""


class Bench:
    """Tasks that say when they ran, and fail on demand."""

    def __init__(self) -> None:
        self.order: list[str] = []
        self.cancel = threading.Event()

    def task(self, name: str, *after: str, label: str = "", error: Exception | None = None) -> Task:
        def work() -> None:
            self.order.append(name)
            if error is not None:
                raise error

        return Task(name, label or name, after, work)

    def run(self, *tasks: Task, workers: int = 2) -> None:
        run_tasks(tasks, workers, self.cancel)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_task_runs_after_those_it_needs(bench: Bench) -> None:
    bench.run(bench.task("web", "base"), bench.task("php", "web"), bench.task("base"))
    assert bench.order == ["base", "web", "php"]


def test_the_first_declared_of_those_ready_starts_first(bench: Bench) -> None:
    bench.run(*(bench.task(name) for name in "abcd"), workers=1)
    assert bench.order == ["a", "b", "c", "d"]


def test_independent_tasks_run_side_by_side_and_no_more_than_the_workers() -> None:
    together = threading.Barrier(2, timeout=10)
    running = threading.Semaphore(2)

    def work() -> None:
        assert running.acquire(blocking=False), "a third task was started"
        # Passes only when two are there at once.
        together.wait()
        running.release()

    run_tasks([Task(n, n, [], work) for n in "abcd"], 2, threading.Event())


def test_a_failure_stops_only_what_needs_it_and_all_are_told(bench: Bench) -> None:
    with pytest.raises(BuildsFailed) as caught:
        bench.run(
            bench.task("base"),
            bench.task("web", "base", label="image web", error=LabError("apt", hint="réseau ?")),
            bench.task("web disk", "web", label="image web"),
            bench.task("php", "web", label="image php"),
            bench.task("haproxy", "base", error=LabError("signature", hint="réseau ?")),
            bench.task("depot", "base"),
            workers=1,
        )
    assert bench.order == ["base", "web", "haproxy", "depot"]
    assert caught.value.message.splitlines() == [
        "image web : apt",
        "haproxy : signature",
        "image php : non tenté, il faut d'abord ce qui précède",
    ]
    assert caught.value.hint == "réseau ?", "one remedy for both is said once"


@pytest.mark.parametrize(
    ("second", "code"),
    [(EnvironmentProblem("mémoire"), 4), (OSError(28, "No space left"), 4), (LabError("x"), 1)],
)
def test_the_exit_status_is_that_of_the_failures_when_they_agree(
    bench: Bench, second: Exception, code: int
) -> None:
    first = bench.task("a", error=EnvironmentProblem("disque plein"))
    with pytest.raises(BuildsFailed) as caught:
        bench.run(first, bench.task("b", error=second))
    assert caught.value.exit_code == code
    assert set(caught.value.failures) == {"a", "b"}


def test_a_cancel_lets_nothing_more_start(bench: Bench) -> None:
    def ask() -> None:
        bench.cancel.set()
        raise Cancelled

    with pytest.raises(Cancelled):
        bench.run(Task("a", "a", [], ask), bench.task("b"), bench.task("c", "a"), workers=1)
    assert bench.order == []


def test_a_fault_of_the_program_is_raised_as_it_is_and_ends_the_others(bench: Bench) -> None:
    def wait_for_the_end() -> None:
        assert bench.cancel.wait(10)

    with pytest.raises(ZeroDivisionError):
        bench.run(Task("a", "a", [], wait_for_the_end), bench.task("b", error=ZeroDivisionError()))


def test_an_interruption_ends_the_work_in_progress() -> None:
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], check=False, timeout=60)
    assert done.returncode == 7


def test_tasks_that_wait_for_nobody_are_a_fault(bench: Bench) -> None:
    with pytest.raises(ValueError, match="web"):
        bench.run(bench.task("web", "bsae"), bench.task("base"))
