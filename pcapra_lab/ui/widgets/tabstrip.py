"""A one-line choice between views."""

from dataclasses import dataclass

from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.style import Style
from textual.widgets import Static


@dataclass(frozen=True, slots=True)
class Tab:
    """One view: ``label`` is styled text; ``id`` is what a choice answers."""

    id: str
    label: Content


class TabStrip(Static):
    """Tabs without an underline, so that they cost one line. Clickable, never focused."""

    DEFAULT_CSS = """
    TabStrip {
        height: 1;
        background: $panel;
        color: $muted;
        text-wrap: nowrap;
    }
    """

    tabs: reactive[tuple[Tab, ...]] = reactive(())
    active: reactive[str] = reactive("")

    @dataclass
    class Chosen(Message):
        """A tab was clicked."""

        strip: "TabStrip"
        id: str

        @property
        def control(self) -> "TabStrip":
            """The strip, for selectors."""
            return self.strip

    def on_mount(self) -> None:
        """Keep the labels' colours: Textual would paint clickable text in one of its own."""
        self.auto_links = False

    def watch_tabs(self) -> None:
        """Draw the new labels."""
        self._draw()

    def watch_active(self) -> None:
        """Draw the new choice."""
        self._draw()

    def action_choose(self, id: str) -> None:
        """A tab was clicked."""
        self.post_message(self.Chosen(self, id))

    def _draw(self) -> None:
        parts: list[Content] = []
        for tab in self.tabs:
            content = Content.assemble(" ", tab.label, " ")
            if tab.id == self.active:
                content = Content.assemble("▌", tab.label, " ").stylize("bold on $background")
            click = Style.from_meta({"@click": ("choose", (tab.id,))})
            parts.append(content.stylize(click))
        self.update(Content("│").join(parts))
