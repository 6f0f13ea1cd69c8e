"""A diagnosis to choose: which machine, and what it suffers from."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalGroup
from textual.widgets import Select

from pcapra_lab.i18n import _
from pcapra_lab.session.drill_api import OnCall


class Accusation(VerticalGroup):
    """Two lists, one under the other: causes are sentences."""

    DEFAULT_CSS = """
    Accusation { margin: 1 1 0 1; }
    Accusation Select { width: 1fr; }
    """

    def compose(self) -> ComposeResult:
        """Both lists, empty until something can be chosen."""
        yield Select[str]([], prompt=_("quelle machine ?"), id="drill-machine", compact=True)
        yield Select[str]([], prompt=_("de quoi souffre-t-elle ?"), id="drill-cause", compact=True)

    def offer(self, on_call: OnCall) -> None:
        """Show what can be chosen; what was chosen is forgotten."""
        self._machine.set_options((name, name) for name in on_call.machines)
        self._cause.set_options((words, name) for name, words in on_call.causes)

    @property
    def chosen(self) -> tuple[str, str] | None:
        """A machine and a cause's id; None as long as one of them is not chosen."""
        machine, cause = self._machine.value, self._cause.value
        if isinstance(machine, str) and isinstance(cause, str):
            return machine, cause
        return None

    def take_focus(self) -> None:
        """Go to the machines."""
        self._machine.focus()

    @property
    def _machine(self) -> Select[str]:
        return self.query_one("#drill-machine", Select)

    @property
    def _cause(self) -> Select[str]:
        return self.query_one("#drill-cause", Select)
