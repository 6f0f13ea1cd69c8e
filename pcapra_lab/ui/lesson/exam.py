"""An exam in the lesson: begun, handed in, ended, and its result."""

from enum import StrEnum
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.session.api import TraineeSession
from pcapra_lab.session.exam_api import ExamPhase, ExamView
from pcapra_lab.session.exam_words import LIMITS, RULES, exam_lines, verdict_words
from pcapra_lab.ui.bridge import SessionBridge
from pcapra_lab.ui.dialogs.base import Choice, Dialog
from pcapra_lab.ui.lesson.lab import LabPhase

if TYPE_CHECKING:
    from pcapra_lab.ui.lesson.screen import LessonScreen


class Doing(StrEnum):
    """What a trainee may do in an exam."""

    START = "start"
    SUBMIT = "submit"
    FINISH = "finish"
    STAY = "stay"


class ExamResult(Dialog[bool]):
    """What an exam came to, step by step.

    Args:
        title: a few words.
        view: the exam, finished.
        lines: sentences on the whole.
    """

    def __init__(self, title: str, view: ExamView, lines: list[str]) -> None:
        choices: list[Choice[bool]] = [Choice("escape", _("Fermer"), False, "primary")]
        super().__init__(title, "\n".join(lines), choices)
        self._view = view

    def compose_body(self) -> ComposeResult:
        """A line a step, then the whole."""
        rows = []
        for one in self._view.verdicts:
            sign, colour = ("✔", "$success") if one.green else ("✘", "$error")
            word = _("réussie") if one.green else _("pas réussie")
            rows.append(
                Content.assemble(
                    (f"{sign} ", colour), (one.title, "bold"), f" : {word}\n  ", verdict_words(one)
                )
            )
        with VerticalScroll(classes="dialog-body"):
            yield Static(Content("\n").join(rows))
            yield Static(Content(f"\n{self._body}"))


def offer(view: ExamView | None, titles: dict[str, str]) -> Dialog[Doing]:
    """Tell the rules before an exam."""
    rules = "\n".join(f"· {rule}" for rule in RULES)
    body = f"{rules}\n\n⚠ {LIMITS}"
    if view is not None and view.phase is ExamPhase.FINISHED:
        said = "\n".join(exam_lines(view, titles))
        body = _("Examen précédent :\n{said}\n\n{body}").format(said=said, body=body)
    return Dialog(
        _("Passer cet exercice en examen"),
        body,
        [
            Choice("escape", _("Rester en pratique"), Doing.STAY, "primary"),
            Choice("o", _("Commencer : tout repart de zéro"), Doing.START, "warning"),
        ],
    )


def during(view: ExamView, titles: dict[str, str], *, last: bool) -> Dialog[Doing]:
    """Ask what to do in an exam.

    Args:
        view: as it stands.
        titles: of the steps, by id.
        last: every step is handed in: only the end is left.
    """
    choices: list[Choice[Doing]] = [Choice("escape", _("Continuer"), Doing.STAY, "primary")]
    if not last:
        choices.append(Choice("r", _("Rendre l'étape"), Doing.SUBMIT))
    choices.append(Choice("t", _("Terminer et noter"), Doing.FINISH, "warning"))
    return Dialog(_("Examen"), "\n".join(exam_lines(view, titles)), choices)


class ExamDesk:
    """The exam of a ``LessonScreen`` that has a session."""

    def __init__(self, screen: "LessonScreen", session: TraineeSession) -> None:
        self._screen = screen
        self._session = session
        self._titles = {step.id: step.title for step in session.exercise.steps}

    def ask(self) -> None:
        """Offer what can be done: begin, or hand in and finish."""
        screen = self._screen
        if screen.lab.phase in (LabPhase.WORKING, LabPhase.SAVING) or screen.checks.asked:
            screen.notify(_("Une action est en cours : réessayez dans un instant."))
            return
        try:
            view = self._session.exams.view()
        except LabError as error:
            screen.notify(error.message, severity="error", markup=False)
            return
        if view is None or not view.running:
            screen.app.push_screen(offer(view, self._titles), self._chosen)
        elif screen.lab.phase is LabPhase.READY:
            last = screen.state is not None and screen.state.current_step is None
            screen.app.push_screen(during(view, self._titles, last=last), self._chosen)
        else:
            screen.notify(_("Les machines ne sont pas prêtes."), severity="warning")

    def _chosen(self, what: Doing | None) -> None:
        screen = self._screen
        match what:
            case Doing.START:
                screen.show_view("lab" if screen.machines else "checks")
                screen.lab.begin_exam()
            case Doing.SUBMIT:
                screen.checks.examine(SessionBridge.hand_in)
            case Doing.FINISH:
                screen.checks.examine(SessionBridge.end_exam)

    def moved(self, view: ExamView) -> None:
        """A step was handed in: the next one is there; or the exam has ended."""
        if view.phase is ExamPhase.FINISHED:
            lines = exam_lines(view, self._titles)
            self._screen.app.push_screen(ExamResult(_("Résultat de l'examen"), view, lines))
        elif self._screen.state is not None and self._screen.state.current_step is None:
            self._screen.notify(_("Toutes les étapes sont rendues : x termine l'examen."))
        else:
            self._screen.notify(_("Étape rendue. La suivante est là."))
