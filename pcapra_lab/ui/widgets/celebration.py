"""A second of joy over the screen."""

import random

from textual.content import Content
from textual.widgets import Static

from pcapra_lab.i18n import _

_SPARKS = "✦✧★✶·*"
_COLOURS = ("$success", "$accent", "$warning", "$secondary", "$primary")
_IMAGES = 14


class Celebration(Static, can_focus=False):
    """Sparks over the first line of the screen, then nothing. It takes no key and no place.

    Args:
        period: seconds for which each image is seen.
    """

    DEFAULT_CSS = """
    Celebration {
        overlay: screen;
        width: 1fr;
        height: 1;
        background: $panel;
        text-wrap: nowrap;
        text-align: center;
    }
    """

    def __init__(self, period: float) -> None:
        super().__init__()
        self._period = period
        self._left = _IMAGES
        # Sparks need no secrecy.
        self._chance = random.Random()  # noqa: S311

    def on_mount(self) -> None:
        """Begin."""
        self._draw()
        self.set_interval(self._period, self._next)

    def _next(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self.remove()
        else:
            self._draw()

    def _draw(self) -> None:
        self.update(
            Content.assemble(
                self._sparks(), (_(" ★ Étape réussie ! ★ "), "bold $success"), self._sparks()
            )
        )

    def _sparks(self) -> Content:
        width = max(0, (self.app.size.width - 24) // 2)
        # Fewer and fewer of them.
        share = 0.25 * self._left / _IMAGES
        parts = [
            (self._chance.choice(_SPARKS), f"bold {self._chance.choice(_COLOURS)}")
            if self._chance.random() < share
            else " "
            for _ in range(width)
        ]
        return Content.assemble(*parts)
