"""Dates of faults: how well they are known, and how a machine's own account narrows them."""

import re
import time

import pytest

from pcapra_lab.lab.faults.guest_call import GuestReply, narrowed, send
from pcapra_lab.lab.faults.record import Moment
from pcapra_lab.remote.result import CommandResult

START = Moment(wall=1000.0, monotonic=50.0, boot="b")


def bounds(moment: Moment) -> tuple[float, float]:
    return moment.monotonic - moment.uncertainty, moment.monotonic + moment.uncertainty


def test_now_is_now() -> None:
    before = time.time(), time.monotonic()
    now = Moment.now()
    assert before[0] <= now.wall <= time.time()
    assert before[1] <= now.monotonic <= time.monotonic()
    assert now.uncertainty == 0
    assert len(now.boot) == 36


def test_between_two_instants_is_the_middle_give_or_take() -> None:
    moment = Moment.between(START, START.shifted(0.5))
    assert moment.wall == 1000.25
    assert bounds(moment) == (50.0, 50.5)


def test_several_moments_of_one_event_are_covered() -> None:
    first = Moment.between(START, START.shifted(0.2))
    second = Moment.between(START.shifted(0.1), START.shifted(0.5))
    inner = Moment.between(START.shifted(0.2), START.shifted(0.3))
    assert bounds(Moment.covering([second, inner, first])) == pytest.approx((50.0, 50.5))


def test_elapsed_time_is_monotonic_within_a_boot_only() -> None:
    later = Moment(wall=900.0, monotonic=53.0, boot="b")
    assert START.until(later) == 3.0
    assert START.until(later.model_copy(update={"boot": "c"})) == -100.0


@pytest.mark.parametrize(
    ("lead", "tail", "expected"),
    [
        (0.0, 0.0, (50.0, 52.0)),
        (1.2, 0.3, (51.2, 51.7)),
        # The kernel rounds a process's start: the lead may be a tick below nothing.
        (-0.01, 0.5, (50.0, 51.5)),
        # More than the whole call: a machine that was frozen meanwhile, or one that lies.
        (1.5, 0.6, (50.0, 52.0)),
    ],
)
def test_what_the_machine_saw_pass_narrows_the_calls_bracket(
    lead: float, tail: float, expected: tuple[float, float]
) -> None:
    reply = GuestReply(ok=True, lead=lead, tail=tail)
    moment = narrowed(START, START.shifted(2.0), reply)
    assert bounds(moment) == pytest.approx(expected)
    assert moment.wall - 1000 == pytest.approx(moment.monotonic - 50)


def test_dates_are_shown_to_the_millisecond() -> None:
    words = Moment(wall=1700000000.9996, monotonic=1.0, boot="b", uncertainty=0.0123).clock_words
    assert re.fullmatch(r"\d\d:\d\d:21\.000 ± 12 ms", words)
    assert Moment(wall=0.0004, monotonic=1.0, boot="b").clock_words.endswith(".000 ± 1 ms")


def test_a_note_that_is_not_ours_is_told_as_it_is() -> None:
    said = CommandResult(0, b'{"ok": true, "note": "{autre} {0}"}', b"")
    job = {"kind": "clock-jump", "verb": "undo"}
    assert send(lambda *_: said, "srv", job).note == "{autre} {0}"
