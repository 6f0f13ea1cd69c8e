"""Answers to choose from: nothing of a long one is lost, and no state is told by colour alone."""

import pytest
from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import RadioSet

from pcapra_lab.ui.widgets.choices import Choices, OneChoice, OneOfMany

LONG = "La date de la dernière version, rapportée à son rythme habituel"


class Card(App[None]):
    """The two kinds of answers."""

    def compose(self) -> ComposeResult:
        """Lay them out."""
        yield Choices([Content(LONG), Content("Court")], chosen=[2])
        with RadioSet(compact=True):
            yield OneChoice(Content(LONG), value=False)
            yield OneChoice(Content("Court"), value=True)


def drawn(widget: OneChoice | OneOfMany) -> list[str]:
    """The lines of a widget, as text."""
    return ["".join(s.text for s in widget.render_line(y)) for y in range(widget.size.height)]


@pytest.mark.parametrize("kind", [OneChoice, OneOfMany])
async def test_a_long_answer_is_whole_on_several_lines(kind: type[OneChoice | OneOfMany]) -> None:
    app = Card()
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.pause()
        long, short = app.query(kind)
        assert len(drawn(long)) == 2 and len(drawn(short)) == 1
        words = " ".join(" ".join(drawn(long)).split())
        assert LONG in words


@pytest.mark.parametrize(("kind", "mark"), [(OneChoice, "●"), (OneOfMany, "X")])
async def test_a_chosen_answer_has_a_mark_and_another_has_none(
    kind: type[OneChoice | OneOfMany], mark: str
) -> None:
    app = Card()
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.pause()
        long, short = app.query(kind)
        assert mark in drawn(short)[0] and mark not in drawn(long)[0]
        await pilot.click(long)
        await pilot.pause()
        assert mark in drawn(long)[0]
        assert (mark in drawn(short)[0]) is (kind is OneOfMany), "a single one, or several"


async def test_arrows_go_from_one_to_the_next_and_stop_at_the_ends() -> None:
    app = Card()
    async with app.run_test(size=(40, 20)) as pilot:
        choices = app.query_one(Choices)
        choices.take_focus()
        await pilot.press("up", "space")
        assert choices.chosen == [1, 2]
        await pilot.press("down", "down", "space")
        assert choices.chosen == [1]
