"""The line that says what the grader does."""

from enum import Enum, auto

from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widgets import Static

from pcapra_lab.i18n import _
from pcapra_lab.ui.text import duration


class Grading(Enum):
    """What the grader is doing."""

    IDLE = auto()
    WATCHING = auto()
    CHECKING = auto()
    SOLVING = auto()
    EXAMINING = auto()


class CheckState(Static):
    """The line above the checks. What is clicked in it is an action of its own, not of a parent's:
    Textual looks for it on the widget that was clicked only."""

    class VerifyAsked(Message):
        """The trainee wants the step graded."""

    class CancelAsked(Message):
        """The trainee wants the solution under way to end."""

    def on_mount(self) -> None:
        """Keep the text's colours: Textual would paint what is clickable in one of its own."""
        self.auto_links = False

    def action_verify(self) -> None:
        """The end of the line was clicked."""
        self.post_message(self.VerifyAsked())

    def action_cancel(self) -> None:
        """The line of a solution under way was clicked."""
        self.post_message(self.CancelAsked())


def under_way(grading: Grading, seconds: float, vm: str | None, *, cancelled: bool) -> Content:
    """What is being graded, since how long, and how to stop what was asked for.

    Args:
        seconds: since it began.
        vm: where a solution works.
        cancelled: it was already told to stop.
    """
    passed = duration(seconds)
    what = _("solution") if grading is Grading.SOLVING else _("vérification")
    if grading is Grading.EXAMINING:
        said = _("● notation en cours, rien n'est dit avant la fin… {duration}")
    elif grading is Grading.WATCHING:
        said = _("● vérification en cours…")
    elif cancelled:
        said = _("● {what} : arrêt demandé… {duration}")
    else:
        said = _("● {what} en cours… {duration}{where} · Échap l'interrompt")
    text = said.format(what=what, duration=passed, where=f" · {vm}" if vm else "")
    line = Content.styled(text, "$accent")
    if cancelled or grading in (Grading.EXAMINING, Grading.WATCHING):
        return line
    return line.stylize(Style.from_meta({"@click": "cancel"}))
