"""The end of an exercise: what was earned, and how."""

from collections.abc import Mapping

from rich.table import Table
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from pcapra_lab.i18n import _
from pcapra_lab.session.api import SessionState, StepState
from pcapra_lab.ui.dialogs.base import Choice, Dialog
from pcapra_lab.ui.text import STEPS, bar, count_points, count_steps, duration, short_seconds

Rto = tuple[float, float | None]
"""Seconds measured, and the target."""


class SummaryScreen(Dialog[bool]):
    """Points, time, help and recovery times. True goes back home.

    Args:
        title: the exercise's title.
        state: the session, all steps done.
        rto: recovery times measured in this sitting, by step.
    """

    def __init__(self, title: str, state: SessionState, rto: Mapping[str, Rto]) -> None:
        helped = sum(step.state is StepState.HELPED for step in state.steps)
        ratio = state.earned / state.total if state.total else 1.0
        verdict = (
            _("sans aide")
            if not helped
            else _("{steps} avec la solution").format(steps=count_steps(helped))
        )
        head = Content.assemble(
            (_("✔ Exercice terminé\n\n"), "bold $success"),
            (bar(ratio, 30), "$success"),
            (f"  ★ {state.earned}/{count_points(state.total)}\n", "bold"),
            (
                _("Temps passé : {duration} · {verdict}").format(
                    duration=duration(state.seconds), verdict=verdict
                ),
                "$muted",
            ),
        )
        choices: list[Choice[bool]] = [
            Choice("a", _("Revenir à l'accueil"), True, "primary"),
            Choice("escape", _("Rester dans la leçon"), False),
        ]
        super().__init__(title, head, choices)
        self._state = state
        self._rto = rto

    def compose_body(self) -> ComposeResult:
        """The verdict, then a line a step."""
        yield Static(self._body, classes="dialog-summary")
        with VerticalScroll(classes="dialog-body", can_focus=False):
            yield Static(self._table())

    def _table(self) -> Table:
        table = Table(box=None, pad_edge=False, expand=True, header_style="bold")
        table.add_column(_("Étape"), ratio=1)
        table.add_column("Points", justify="right")
        table.add_column(_("Temps"), justify="right")
        table.add_column(_("Indices"), justify="right")
        if self._rto:
            table.add_column("RTO", justify="right")
        for step in self._state.steps:
            sign = STEPS[step.state]
            row = [
                f"{sign.glyph} {step.title} ({sign.word})",
                f"{step.earned}/{step.points}",
                duration(step.seconds),
                f"{step.hints_used}",
            ]
            if self._rto:
                row.append(_rto(*self._rto[step.id]) if step.id in self._rto else "—")
            table.add_row(*row)
        return table


def _rto(seconds: float, target: float | None) -> str:
    measured = short_seconds(seconds)
    if target is None:
        return measured
    sign = "✔" if seconds <= target else "✘"
    return f"{sign} {measured} (≤ {duration(target)})"
