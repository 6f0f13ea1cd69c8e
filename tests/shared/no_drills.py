"""The drills of an exercise that has none."""

import threading

from pcapra_lab.session.api import EventSink
from pcapra_lab.session.drill_api import DrillView


class NoDrills:
    """An exercise without a drill."""

    def view(self, step: str | None = None) -> DrillView | None:
        return None

    def follow(self) -> DrillView | None:
        return None

    def declare(self, rto: float | None, rpo: float | None, seed: str | None = None) -> DrillView:
        raise AssertionError("no step of this exercise has a drill")

    def start(self, on_event: EventSink, cancel: threading.Event) -> DrillView:
        raise AssertionError("no step of this exercise has a drill")

    def diagnose(self, words: str) -> DrillView:
        raise AssertionError("no step of this exercise has a drill")

    def accuse(self, machine: str, cause: str) -> DrillView:
        raise AssertionError("no step of this exercise has a drill")

    def end(self) -> DrillView:
        raise AssertionError("no step of this exercise has a drill")

    def give_up(self) -> DrillView:
        raise AssertionError("no step of this exercise has a drill")

    def history(self) -> tuple[DrillView, ...]:
        return ()
