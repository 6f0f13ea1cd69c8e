"""Answers to choose from: long ones wrap, and a mark, not a colour, tells which are chosen."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalGroup
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Checkbox, RadioButton

EMPTY = " "


class OneChoice(RadioButton):
    """One of the answers of which a single one can be chosen."""

    DEFAULT_CSS = "OneChoice { width: 1fr; height: auto; text-wrap: wrap; }"

    def __init__(self, label: Content, *, value: bool) -> None:
        super().__init__(label, value=value)
        _mark(self)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the answer takes; Textual's own is always one."""
        return Widget.get_content_height(self, container, viewport, width)

    def watch_value(self) -> None:
        """Draw, and tell, the change."""
        _mark(self)
        super().watch_value()


class OneOfMany(Checkbox):
    """One of the answers of which several can be chosen."""

    DEFAULT_CSS = "OneOfMany { width: 1fr; height: auto; text-wrap: wrap; }"

    def __init__(self, label: Content, *, value: bool) -> None:
        super().__init__(label, value, compact=True)
        _mark(self)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the answer takes; Textual's own is always one."""
        return Widget.get_content_height(self, container, viewport, width)

    def watch_value(self) -> None:
        """Draw, and tell, the change."""
        _mark(self)
        super().watch_value()


class Choices(VerticalGroup):
    """Several answers can be chosen. Arrows go from one to the next.

    Args:
        options: the answers.
        chosen: numbers, from 1, of those that are chosen at first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
    ]

    def __init__(self, options: Sequence[Content], chosen: Sequence[int] = ()) -> None:
        super().__init__(
            *(OneOfMany(option, value=n in chosen) for n, option in enumerate(options, 1))
        )

    @property
    def boxes(self) -> list[OneOfMany]:
        """The answers, in order."""
        return list(self.query(OneOfMany))

    @property
    def chosen(self) -> list[int]:
        """Numbers, from 1, of the chosen answers."""
        return [n for n, box in enumerate(self.boxes, 1) if box.value]

    def take_focus(self) -> None:
        """Go to the first answer."""
        self.boxes[0].focus()

    def action_step(self, by: int) -> None:
        """Go to the next answer, or the one before; at either end, nowhere."""
        boxes = self.boxes
        here = next((n for n, box in enumerate(boxes) if box.has_focus), 0)
        boxes[min(max(here + by, 0), len(boxes) - 1)].focus()


def _mark(answer: OneChoice | OneOfMany) -> None:
    answer.BUTTON_INNER = type(answer).BUTTON_INNER if answer.value else EMPTY
