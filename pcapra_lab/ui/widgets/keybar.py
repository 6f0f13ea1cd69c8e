"""The footer: keys that fit the width, all of them clickable."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.events import Resize
from textual.reactive import reactive
from textual.style import Style
from textual.widgets import Static

_GAP = 2


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of the footer."""

    key: str
    """As printed on the keyboard: ``F5``."""
    label: str
    action: str
    """A Textual action, such as ``screen.verify``."""
    rank: int = 1
    """Entries of the highest rank leave first when the footer is too narrow."""
    strong: bool = False


class KeyBar(Static):
    """Keys and what they do. Textual's own footer sends keys to the focus: here a click acts,
    also while the shell has the focus and swallows keys."""

    DEFAULT_CSS = """
    KeyBar {
        dock: bottom;
        height: 1;
        padding: 0 1;
        background: $panel;
        color: $muted;
        text-wrap: nowrap;
    }
    """

    keys: reactive[tuple[Key, ...]] = reactive(())

    def __init__(self, keys: Sequence[Key] = ()) -> None:
        super().__init__()
        # Textual would paint clickable text in one colour of its own.
        self.auto_links = False
        self.set_reactive(KeyBar.keys, tuple(keys))

    def watch_keys(self) -> None:
        """Draw the new keys."""
        self._draw()

    def on_resize(self, event: Resize) -> None:
        """Fit the new width."""
        self._draw()

    def _draw(self) -> None:
        width = self.content_region.width or self.app.size.width - 2
        shown = list(self.keys)
        # Closer together rather than one key less; not when some must leave anyway.
        gap = _GAP if _width(shown) <= width or _width(shown, gap=1) > width else 1
        while shown and _width(shown, gap=gap) > width:
            shown.remove(max(reversed(shown), key=lambda key: key.rank))
        parts: list[Content] = []
        for key in shown:
            click = Style.from_meta({"@click": key.action})
            name = "bold $background on $accent" if key.strong else "bold $primary"
            parts.append(
                Content.assemble(
                    Content.styled(f" {key.key} " if key.strong else key.key, name),
                    " ",
                    key.label,
                ).stylize(click)
            )
        self.update(Content(" " * gap).join(parts))


def _width(keys: Sequence[Key], *, gap: int = _GAP) -> int:
    return sum(len(k.key) + len(k.label) + 1 + gap + 2 * k.strong for k in keys) - gap
