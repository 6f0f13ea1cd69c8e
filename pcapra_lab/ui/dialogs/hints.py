"""Hints, one at a time, with what they cost."""

from collections.abc import Sequence

from textual.content import Content

from pcapra_lab.i18n import _
from pcapra_lab.progress.points import HINT_PERCENT, earned
from pcapra_lab.session.api import StepStatus
from pcapra_lab.ui.dialogs.base import Choice, Dialog
from pcapra_lab.ui.text import count_points, inline


def hint_cost(points: int) -> int:
    """What one hint takes from a step worth ``points``."""
    return earned(points, 0, helped=False) - earned(points, 1, helped=False)


class HintDialog(Dialog[bool]):
    """Hints already given, and the way to the next one. True asks for one more.

    Args:
        step: the step they are for.
        given: texts of the hints given so far, oldest first.
        fresh: the last one has just been given: it stands out.
    """

    def __init__(self, step: StepStatus, given: Sequence[str], *, fresh: bool) -> None:
        total = step.hints_total
        parts: list[Content] = []
        for number, text in enumerate(given, start=1):
            newest = fresh and number == len(given)
            style = "bold $accent" if newest else "$muted"
            parts.append(
                Content.assemble(
                    (_("Indice {number}\n").format(number=number), style), inline(text)
                )
            )
        left = total - len(given)
        choices: list[Choice[bool]] = [Choice("escape", _("Fermer"), False)]
        if left > 0:
            parts.append(
                Content.styled(
                    _(
                        "★ Chaque indice coûte {hint_percent} % des points de l'étape : "
                        "{points} sur {total}. "
                        "Relire ceux déjà donnés est gratuit."
                    ).format(
                        hint_percent=HINT_PERCENT,
                        points=count_points(hint_cost(step.points)),
                        total=step.points,
                    ),
                    "$warning",
                )
            )
            label = _("Voir l'indice {count} sur {total}").format(count=len(given) + 1, total=total)
            choices.insert(0, Choice("i", label, True, "primary"))
        else:
            parts.append(
                Content.styled(
                    _(
                        "Il n'y a plus d'indice. F7 montre ou applique la solution : "
                        "l'étape sera marquée « aidée »."
                    ),
                    "$warning",
                )
            )
        if fresh:
            # Enter must not take a second hint by surprise.
            choices.reverse()
        super().__init__(
            _("Indices — {title}").format(title=step.title), Content("\n\n").join(parts), choices
        )


class SolutionDialog(Dialog[None]):
    """The solution's scripts, to read; nothing is run. It scrolls."""

    def __init__(self, step: str, text: str) -> None:
        super().__init__(
            _("Solution — {step}").format(step=step),
            Content(text),
            [Choice("escape", _("Fermer"), None)],
        )

    def focus_first(self) -> None:
        """Let the arrows scroll: there is only one answer."""
        body = self.query_one(".dialog-body")
        body.can_focus = True
        body.focus()

    def _move(self, step: int) -> None:
        self.query_one(".dialog-body").scroll_relative(y=step, animate=False)
