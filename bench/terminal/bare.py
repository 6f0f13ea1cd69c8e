"""``python -m bench.terminal.bare``: the least that Textual can show."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    """One ``Static``."""

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield Static("Une application Textual avec un seul Static, rien d'autre. " * 4)


if __name__ == "__main__":
    Bare().run()
