"""Builds in parallel, each after those it needs; one that fails stops only what needs it."""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from pcapra_lab.errors import Cancelled, EnvironmentProblem, LabError
from pcapra_lab.i18n import _


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to build."""

    name: str
    """Unique among the tasks."""
    label: str
    """What a failure is said of, such as « image web »; several tasks may share it."""
    after: Collection[str]
    """Names of the tasks that must have succeeded before."""
    work: Callable[[], object]


class BuildsFailed(LabError):
    """What could not be built, each with its reason, and what therefore was not tried."""

    def __init__(self, failures: Mapping[str, LabError], untried: Sequence[str]) -> None:
        lines = [
            _("{label} : {message}").format(label=label, message=error.message)
            for label, error in failures.items()
        ]
        lines += [
            _("{label} : non tenté, il faut d'abord ce qui précède").format(label=label)
            for label in untried
        ]
        hints = dict.fromkeys(error.hint for error in failures.values() if error.hint)
        super().__init__("\n".join(lines), hint="\n  → ".join(hints))
        codes = {error.exit_code for error in failures.values()}
        self.exit_code = codes.pop() if len(codes) == 1 else LabError.exit_code
        self.failures = dict(failures)


def run_tasks(tasks: Sequence[Task], workers: int, cancel: threading.Event) -> None:
    """Run every task, at most ``workers`` at once; the earlier ones first among those ready.

    ``cancel`` is also set here when the caller is interrupted, so that the work ends with it.

    Raises:
        BuildsFailed: some tasks failed; all that did not need them were run.
        Cancelled: ``cancel`` was set; what was finished is kept.
    """
    waiting = list(tasks)
    running: dict[Future[object], Task] = {}
    done: set[str] = set()
    failures: dict[str, LabError] = {}
    with ThreadPoolExecutor(workers, thread_name_prefix="build") as pool:
        try:
            while True:
                for task in [t for t in waiting if done.issuperset(t.after)]:
                    waiting.remove(task)
                    running[pool.submit(_start, task, cancel)] = task
                if not running:
                    break
                ended, __ = wait(running, return_when=FIRST_COMPLETED)
                for future in ended:
                    task = running.pop(future)
                    if error := _failure(future):
                        failures[task.label] = error
                    else:
                        done.add(task.name)
        except BaseException:
            cancel.set()
            raise
    if cancel.is_set():
        raise Cancelled
    if waiting and not failures:
        raise ValueError(f"tasks that nothing lets start: {[task.name for task in waiting]}")
    if failures:
        # In the order they were declared: that of their ends is chance.
        told = {task.label: failures[task.label] for task in tasks if task.label in failures}
        untried = dict.fromkeys(task.label for task in waiting if task.label not in failures)
        raise BuildsFailed(told, list(untried))


def _start(task: Task, cancel: threading.Event) -> object:
    if cancel.is_set():
        raise Cancelled
    return task.work()


def _failure(future: Future[object]) -> LabError | None:
    """Why a task failed; anything but what a person can act on is raised."""
    try:
        future.result()
    except LabError as error:
        return error
    except OSError as error:
        return EnvironmentProblem(
            str(error), hint=_("vérifiez la place sur le disque : pcapra-lab doctor")
        )
    return None
