"""What cannot be done now, and why."""

from typing import TYPE_CHECKING

from pcapra_lab.i18n import _

if TYPE_CHECKING:
    from pcapra_lab.ui.lesson.view import LessonView


def say_not_ready(screen: "LessonView") -> None:
    """Say that there are no machines to do that with, or not yet."""
    what = _("Les machines ne sont pas prêtes.")
    if not screen.machines:
        what = (
            _("Lecture seule : aucune machine n'est liée.")
            if screen.reading
            else _("Sans machine.")
        )
    screen.notify(what, severity="warning")


def refused_in_exam(screen: "LessonView") -> bool:
    """Whether an exam is being taken, which knows neither help nor a way back: it is said then."""
    if screen.in_exam:
        screen.notify(
            _("Ni aide ni retour en arrière pendant un examen : x rend l'étape ou termine."),
            severity="warning",
        )
    return screen.in_exam
