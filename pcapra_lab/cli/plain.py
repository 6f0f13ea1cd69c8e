"""The plain mode: the same lessons without a screen, in lines."""

import sys
from collections.abc import Sequence

import click

from pcapra_lab.cli.common import EXERCISE, application, cancellable, chosen
from pcapra_lab.cli.labs import make_room
from pcapra_lab.cli.plain_desk import Desk
from pcapra_lab.cli.plain_lesson import Teacher, read
from pcapra_lab.cli.plain_library import HELP_WORDS, Library
from pcapra_lab.cli.plain_voice import EndOfInput, Voice
from pcapra_lab.cli.plain_words import card_line
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.lock import HolderKind, Patience
from pcapra_lab.session.api import LessonCard, ModuleCard
from pcapra_lab.session.application import LabApplication

_UNFINISHED = 1


@click.command()
@EXERCISE
def plain(exercise: str | None) -> None:
    """Le cours en texte, ligne à ligne : lecteurs d'écran, liaisons lentes, scripts.

    Mêmes leçons, mêmes machines, mêmes vérifications et même progression que l'application.
    Sans exercice : montre le cours et demande quelle leçon ouvrir. Les réponses se lisent une par
    ligne, au clavier ou dans un tube. Code de sortie : 0 si l'exercice est terminé, 1 sinon.
    """
    open_plain(exercise)


def open_plain(exercise: str | None) -> None:
    """The plain mode, until the trainee leaves; ends the process with its exit status."""
    voice = Voice(sys.stdin, sys.stdout)
    try:
        with application() as app:
            done = visit(app, voice, exercise)
    except LabError as error:
        voice.problem(error)
        sys.exit(error.exit_code)
    except EndOfInput:
        done = False
    sys.exit(0 if done else _UNFINISHED)


def visit(app: LabApplication, voice: Voice, exercise: str | None) -> bool:
    """One lesson, named or asked for; whether it is finished. One without machines always is.

    Raises:
        LabError: the exercise is unknown or taken, or its machines could not be brought up.
        EndOfInput: no lesson was chosen.
    """
    if exercise is None:
        library = Library(app, voice)
        card = ask_lesson(app.modules(), app.resume(), voice, library)
        if card.exercise is None:
            read(app.read_only(card.module, card.id), voice, library)
            return True
        exercise = card.exercise
    name = chosen(app, exercise)
    with cancellable() as cancel:
        session = app.open(name, Patience(cancel, voice.say, then=HolderKind.SESSION))
    try:
        make_room(session, yes=False)
        desk = Desk(session, voice, cancellable)
        with desk.opened():
            here = Library(app, voice, {session.exercise.lesson: session.lesson})
            done = Teacher(desk, here).teach()
    finally:
        session.close()
    if session.topology.vms:
        voice.say(
            _("Les machines restent en marche ; pcapra-lab down {name} les endort.").format(
                name=name
            )
        )
    return done


def ask_lesson(
    modules: Sequence[ModuleCard], resumed: LessonCard | None, voice: Voice, library: Library
) -> LessonCard:
    """Tell the course, numbered, and ask for a lesson.

    Args:
        modules: the course with the trainee's progress.
        resumed: the lesson that an empty answer opens.
        voice: who is spoken with.
        library: searches and explains meanwhile.

    Raises:
        EndOfInput: the trainee leaves.
    """
    cards: list[LessonCard] = []
    voice.title(_("Laboratoire PCA/PRA : le cours"))
    for module in modules:
        voice.say(_("Module {number} : {title}").format(number=module.number, title=module.title))
        for card in module.lessons:
            if card.ready:
                cards.append(card)
                voice.say(f"  {card_line(len(cards), card)}.")
            else:
                voice.say(_("  En préparation : {title}.").format(title=card.title))
    resume = _(", Entrée pour reprendre « {title} »").format(title=resumed.title) if resumed else ""
    while True:
        answer = voice.ask(
            _(
                "Numéro de la leçon{resume}, / pour chercher, g pour le glossaire, q pour quitter."
            ).format(resume=resume)
        )
        if not answer and resumed:
            return resumed
        if library.serves(answer):
            continue
        if answer.lower() in {"q", "quitter"}:
            raise EndOfInput
        if answer.lower() in HELP_WORDS:
            voice.say(_("Le numéro d'une leçon l'ouvre ; dans une leçon, aide dit les réponses."))
            continue
        if answer.isdecimal() and 1 <= int(answer) <= len(cards):
            return cards[int(answer) - 1]
        voice.say(
            _("« {answer} » n'est pas un numéro de leçon : de 1 à {count}.").format(
                answer=answer, count=len(cards)
            )
        )
