"""Nothing is sent that the trainee did not see, or did not mean."""

from driver import Trainee, pasted, trainee
from fakes_session import FakeSession

from pcapra_lab.ui.lesson.cards import CommandCard
from pcapra_lab.ui.lesson.screen import LessonScreen

MKDIR = "sudo mkdir -p /restore && cd /restore"


def card(t: Trainee, key: str) -> CommandCard:
    found = next(iter(t.lesson.lesson.cards_of(key)))
    assert isinstance(found, CommandCard)
    return found


async def test_a_block_out_of_sight_comes_into_sight_before_it_is_sent() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        target = card(t, "cmd-2")
        assert t.app.focused is target
        pane = t.lesson.lesson
        pane.scroll_home(animate=False)
        pane.styles.max_height = 6
        await t.until(lambda: not pane.region.overlaps(target.region), "the block out of sight")
        await t.press("enter")
        await t.until(lambda: pane.region.overlaps(target.region), "the block in sight")
        assert t.received("srv") == b""
        await t.press("enter")
        await t.until(lambda: t.received("srv") == pasted(MKDIR) + b"\r", "sent")


async def test_a_step_that_comes_by_itself_is_not_started_by_a_key_meant_for_the_last() -> None:
    async with trainee(surprise=0.7) as t:
        await t.open_lesson()
        await t.press("f2")
        assert t.app.focused is card(t, "cmd-1")
        t.session.passing = {"chiffre"}
        await t.press("f5")
        await t.until(lambda: t.app.focused is card(t, "cmd-2"), "the next step")
        await t.press("enter")
        assert t.notified("rien n'a été envoyé")
        assert t.received("srv") == b""
        t.clock.now += 0.7
        await t.press("enter")
        await t.until(lambda: t.received("srv") == pasted(MKDIR) + b"\r", "meant")
        assert isinstance(t.app.screen, LessonScreen)


async def test_a_trainee_who_moves_in_the_new_step_means_it() -> None:
    async with trainee(surprise=0.7) as t:
        await t.open_lesson()
        await t.press("f2")
        t.session.passing = {"chiffre"}
        await t.press("f5")
        await t.until(lambda: t.app.focused is card(t, "cmd-2"), "the next step")
        await t.press("down", "up", "enter")
        await t.until(lambda: t.received("srv") == pasted(MKDIR) + b"\r", "sent")
