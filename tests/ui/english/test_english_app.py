"""What an English-speaking trainee reads: home, lesson, checks, help, questions.

In an English process only: ``PCAPRA_TEST_LANG=en pytest tests/ui/english``.
"""

from collections.abc import Callable

import pytest
from driver import Trainee, held_pacing, trainee
from fake_application import FakeApplication
from fake_clock import FakeClock
from fakes_session import FakeSession
from textual.pilot import Pilot
from textual.widgets import Static

from pcapra_lab.i18n import FRENCH
from pcapra_lab.ui.app import PcapraApp
from pcapra_lab.ui.dialogs.base import Dialog
from pcapra_lab.ui.dialogs.help import HelpDialog
from translation.literals import looks_french

pytestmark = pytest.mark.skipif(FRENCH, reason="run in English by test_ui_languages")

SnapCompare = Callable[..., bool]


def said(t: Trainee) -> str:
    """All the words of the screen."""
    return "\n".join(str(widget.content) for widget in t.app.screen.query(Static))


async def test_home_reads_in_english() -> None:
    async with trainee() as t:
        await t.until(lambda: t.app.focused is not None and "memory" in t.text("#host"), "home")
        words = said(t)
        for expected in (
            "Business continuity and disaster recovery, on real machines",
            "Resume: ",
            "steps",
            "free memory",
            "images ready",
            "quit",
            "search the course",
        ):
            assert expected in words, words


async def test_the_lesson_reads_in_english_around_a_french_text() -> None:
    async with trainee(FakeSession(done=1, passing={"archive"})) as t:
        await t.open_lesson()
        words = said(t)
        for expected in ("step 2/3", "Checks", "passed", "to be fixed", "in progress", "map"):
            assert expected in words, words
        await t.press("f3")
        await t.until(lambda: "leave the terminal of srv" in said(t), "the shell's keys")
        await t.press("f12", "f1")
        await t.dialog(HelpDialog)
        help_ = said(t)
        assert "all commands by name, themes, preferences" in help_
        assert "Shift+Tab" in help_ and "Échap" not in help_


async def test_a_question_is_asked_in_english() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("f8")
        await t.dialog(Dialog)
        words = said(t)
        assert "A single machine goes back to its prepared state" in words
        buttons = " ".join(str(button.label) for button in t.app.screen.query("Button"))  # type: ignore[attr-defined]
        assert "Everything, from step 1" in buttons and "Cancel" in buttons
        assert not looks_french(buttons)


def test_home_in_english_looks_as_before(snap_compare: SnapCompare) -> None:
    session = FakeSession(done=1, passing={"archive"})
    application, clock = FakeApplication(session), FakeClock()
    app = PcapraApp(application, held_pacing(clock))

    async def shown(pilot: Pilot[None]) -> None:
        t = Trainee(app, pilot, application.session, clock)
        await t.until(lambda: app.focused is not None and "TCG" in t.text("#host"), "home")

    assert snap_compare(app, terminal_size=(120, 40), run_before=shown)
