"""A quiz's questions asked one after the other, in lines."""

from pcapra_lab.cli.plain_desk import Desk
from pcapra_lab.cli.plain_prose import prose
from pcapra_lab.cli.plain_voice import EndOfInput, Voice
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.session.api import QuestionState, QuestionView

_KEYS = _("p plus tard, sol voir la réponse, i indice, l relire la section, e état, q quitter")


def ask_questions(desk: Desk) -> bool:
    """Ask what is not over of the current step; check the step once all is.

    Returns:
        Whether to go on; otherwise the section is to be read again.

    Raises:
        EndOfInput: the trainee leaves.
    """
    asked = desk.session.questions()
    for number, view in enumerate(asked, 1):
        if view.over:
            continue
        desk.voice.title(_("Question {number} sur {count}").format(number=number, count=len(asked)))
        tell_question(desk.voice, view)
        if not _ask(desk, view):
            return False
    left = sum(not view.over for view in desk.session.questions())
    if left:
        desk.voice.say(_("Questions sans réponse dans cette étape : {left}.").format(left=left))
    else:
        desk.check()
    return True


def tell_question(voice: Voice, view: QuestionView) -> None:
    """What is asked, and what is offered."""
    voice.show(prose(view.text))
    for number, option in enumerate(view.options, 1):
        voice.show(_("  {number} : {option}").format(number=number, option=option))


def _ask(desk: Desk, view: QuestionView) -> bool:
    """Ask until the question is over or put off; whether the lesson goes on."""
    while True:
        answer = desk.voice.ask(f"{_form(view)}, {_KEYS}.")
        word = answer.lower()
        try:
            match word:
                case "":
                    tell_question(desk.voice, view)
                case "p":
                    return True
                case "l":
                    return False
                case "q":
                    raise EndOfInput
                case "i":
                    desk.hint()
                case "e":
                    desk.tell_state()
                case "sol":
                    question = _("Voir la réponse ? La question ne rapportera aucun point.")
                    if desk.voice.agrees(question):
                        _tell_end(desk.voice, desk.session.give_up(view.id))
                        return True
                case _:
                    view = desk.session.answer(view.id, answer)
                    if view.over:
                        _tell_end(desk.voice, view)
                        return True
                    desk.voice.say(
                        _("Ce n'est pas juste. {feedback}").format(feedback=view.feedback), "red"
                    )
        except LabError as error:
            desk.voice.problem(error)


def _form(view: QuestionView) -> str:
    if not view.options:
        return (
            _("Votre réponse, en {unit}").format(unit=view.unit)
            if view.unit
            else _("Votre réponse, un nombre")
        )
    if view.ordered:
        return _("Vos numéros, dans l'ordre")
    return _("Les numéros de vos choix") if view.many else _("Le numéro de votre choix")


def _tell_end(voice: Voice, view: QuestionView) -> None:
    if view.state is QuestionState.GIVEN:
        voice.say(_("Réponse notée : {answer}.").format(answer=view.answer))
        return
    right = view.state is QuestionState.RIGHT
    voice.say(_("C'est juste.") if right else _("La réponse :"), "green" if right else "yellow")
    voice.show(f"  {view.solution}")
    voice.show(prose(view.explanation))
