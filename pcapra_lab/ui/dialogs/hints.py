"""Hints, one at a time, with what they cost."""

from collections.abc import Sequence

from textual.content import Content

from pcapra_lab.ui.dialogs.base import Choice, Dialog
from pcapra_lab.ui.text import inline


class HintDialog(Dialog[bool]):
    """Hints already given, and the way to the next one. True asks for one more.

    Args:
        step: the step's title.
        given: texts of the hints given so far, oldest first.
        total: how many pieces of help the step has.
        fresh: the last one has just been given: it stands out.
    """

    def __init__(self, step: str, given: Sequence[str], total: int, *, fresh: bool) -> None:
        parts: list[Content] = []
        for number, text in enumerate(given, start=1):
            newest = fresh and number == len(given)
            style = "bold $accent" if newest else "$muted"
            parts.append(Content.assemble((f"Indice {number}\n", style), inline(text)))
        left = total - len(given)
        choices: list[Choice[bool]] = [Choice("escape", "Fermer", False)]
        if left > 0:
            parts.append(
                Content.styled(
                    "★ Chaque indice coûte des points de cette étape. "
                    "Relire ceux déjà donnés est gratuit.",
                    "$warning",
                )
            )
            label = f"Voir l'indice {len(given) + 1} sur {total}"
            choices.insert(0, Choice("i", label, True, "primary"))
        else:
            parts.append(
                Content.styled(
                    "Il n'y a plus d'indice. F7 montre et joue la solution : "
                    "l'étape sera marquée « aidé ».",
                    "$warning",
                )
            )
        if fresh:
            # Enter must not take a second hint by surprise.
            choices.reverse()
        super().__init__(f"Indices — {step}", Content("\n\n").join(parts), choices)
