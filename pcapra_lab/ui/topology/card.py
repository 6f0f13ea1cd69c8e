"""One machine on the map."""

from dataclasses import dataclass

from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import Static

from pcapra_lab.content.models import Vm
from pcapra_lab.ui.topology import words
from pcapra_lab.ui.topology.readings import Readings


class VmCard(Static, can_focus=True):
    """A machine in a box, or in a few lines of the list. A click focuses, two open its shell."""

    @dataclass
    class Opened(Message):
        """It was clicked twice."""

        vm: str

    def __init__(self, vm: Vm, readings: Readings) -> None:
        super().__init__(id=f"vm-{vm.name}")
        self.vm = vm
        self._readings = readings

    def draw(self, *, boxed: bool, measuring: bool) -> None:
        """Show the last reading."""
        head = words.heading(self.vm, self._readings)
        width = self.content_size.width if boxed else 0
        lines = words.details(self.vm, self._readings, measuring=measuring, width=width)
        self.set_class(boxed, "-boxed")
        if boxed:
            self.border_title = head
            self.update(Content("\n").join(lines))
            return
        cut = words.cut_word(self.vm, self._readings)
        hook = Content.styled("╳ ", "bold $error") if cut else Content.styled("━ ", "$primary")
        rest = Content(" · ").join(lines[1:])
        self.update(Content.assemble(hook, head, " · ", lines[0], "\n", rest))

    def on_click(self, event: Click) -> None:
        """The first click has given the focus."""
        if event.chain == 2:
            self.post_message(self.Opened(self.vm.name))
