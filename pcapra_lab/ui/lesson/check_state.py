"""The line that says what the grader does."""

from textual.message import Message
from textual.widgets import Static


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
