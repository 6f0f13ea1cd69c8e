"""What needs no screen: delays, words, and hints remembered."""

import pytest
from fake_clock import FakeClock
from fakes_course import EXERCISE, SCRIPT_FILE
from fakes_session import FakeSession
from textual.content import Content

from pcapra_lab.session.api import Hint
from pcapra_lab.ui import text
from pcapra_lab.ui.dialogs.difference import difference
from pcapra_lab.ui.dialogs.hints import hint_cost
from pcapra_lab.ui.lesson.help import HelpDesk
from pcapra_lab.ui.lesson.reconnect import Backoff


def test_reconnecting_waits_longer_each_time_then_stops() -> None:
    clock = FakeClock()
    backoff = Backoff(clock, (0.5, 2.0), 60.0)
    assert [backoff.next_delay() for _ in range(4)] == [0.5, 2.0, 2.0, 2.0]
    clock.now += 60.5
    assert backoff.next_delay() is None
    backoff.reset()
    assert backoff.next_delay() == 0.5


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 s"), (59.4, "59 s"), (60, "1 min"), (65, "1 min 05"), (3600, "1 h 00")],
)
def test_durations_in_words(seconds: float, shown: str) -> None:
    assert text.duration(seconds) == shown


@pytest.mark.parametrize(
    ("mib", "shown"), [(768, "768 Mio"), (1536, "1,5 Gio"), (2048, "2 Gio"), (12_300, "12 Gio")]
)
def test_sizes(mib: int, shown: str) -> None:
    assert text.size(mib) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "moins de 5 s"), (4.9, "moins de 5 s"), (12.7, "12 s"), (125, "2 min"), (7300, "2 h")],
)
def test_how_long_since(seconds: float, shown: str) -> None:
    assert text.ago(seconds) == f"il y a {shown}"


def test_a_hint_costs_a_fifth_of_the_points() -> None:
    assert [hint_cost(points) for points in (10, 8, 15)] == [2, 2, 3]


def test_stopwatch_and_bar() -> None:
    assert text.stopwatch(761) == "12:41"
    assert text.stopwatch(3723) == "1:02:03"
    assert text.bar(0.5, 4) == "██░░"
    assert text.bar(7.0, 4) == "████"


def test_every_state_has_a_sign_and_a_word() -> None:
    for table in (text.OUTCOMES, text.STEPS, text.POWERS):
        signs = list(table.values())
        assert all(sign.glyph and sign.word for sign in signs)
        assert len({(sign.glyph, sign.word) for sign in signs}) == len(signs)


def test_code_between_backticks_loses_them_and_an_odd_one_is_kept() -> None:
    assert text.inline("voir `borg list`").plain == "voir borg list"
    assert text.inline("un ` seul").plain == "un ` seul"


def test_the_difference_of_a_new_file_is_all_of_it() -> None:
    shown = difference(SCRIPT_FILE, None)
    assert isinstance(shown, Content)
    added = [line[1:] for line in shown.plain.splitlines() if line.startswith("+")]
    assert added == SCRIPT_FILE.content.splitlines()


def test_hints_of_an_earlier_sitting_come_from_the_exercise() -> None:
    session = FakeSession(done=1, hints={"restauration": 1})
    desk = HelpDesk(EXERCISE)
    status = session.state().steps[1]
    assert desk.given(status) == ["Regardez `borg list`."]
    session.hints["restauration"] = 2
    desk.heard("restauration", Hint(2, 2, "deuxième"))
    assert desk.given(session.state().steps[1]) == [
        "Regardez `borg list`.",
        "deuxième",
    ]
