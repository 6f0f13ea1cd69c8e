"""The answer command: a quiz's questions, asked and answered without a screen."""

import sys
from dataclasses import asdict

import click

from pcapra_lab.cli.common import JSON, guarded, print_json, session
from pcapra_lab.cli.grade import finish
from pcapra_lab.cli.plain_prose import prose
from pcapra_lab.cli.words import SIGNS
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.session.api import Outcome, QuestionState, QuestionView

_OUTCOMES = {
    QuestionState.OPEN: Outcome.PENDING,
    QuestionState.WRONG: Outcome.FAIL,
    QuestionState.RIGHT: Outcome.PASS,
    QuestionState.SHOWN: Outcome.SKIP,
    QuestionState.GIVEN: Outcome.PENDING,
}


@click.command()
@click.argument("question", required=False)
@click.argument("words", metavar=_("[RÉPONSE]..."), nargs=-1)
@click.option("--exercise", "-e", help=_("L'exercice ; celui en cours sinon."))
@click.option(
    "--give-up", is_flag=True, help=_("Montre la réponse : la question ne rapporte rien.")
)
@JSON
@guarded
def answer(
    question: str | None, words: tuple[str, ...], exercise: str | None, give_up: bool, as_json: bool
) -> None:
    """Les questions de l'étape en cours, ou une réponse à l'une d'elles.

    Sans argument, montre les questions. Une réponse est un nombre (43,2), ou les numéros des
    choix : pcapra-lab answer regle 1 3. Chaque réponse fausse coûte 20 % de la question ; ce qui
    ne se lit pas ne compte pas. Quand toutes les questions sont terminées, l'étape est réussie.
    Code de sortie : 0 si la réponse est juste, 1 sinon.
    """
    with session(exercise, by_option=True) as opened:
        asked = opened.questions()
        if question is None:
            _list(asked, as_json)
            return
        if not give_up and not words:
            raise LabError(
                _("quelle réponse ?"),
                hint=_("pcapra-lab answer {question} RÉPONSE").format(question=question),
            )
        view = opened.give_up(question) if give_up else opened.answer(question, " ".join(words))
        over = all(one.over for one in opened.questions())
        report = opened.check() if over and not opened.exams.running else None
        if as_json:
            print_json({**asdict(view), "over": over})
        else:
            show_question(view)
            if report is not None:
                finish(opened, report, as_json=False)
    sys.exit(0 if view.over else 1)


def show_question(view: QuestionView) -> None:
    """A question, what became of it and, once it is over, why."""
    sign, colour = SIGNS[_OUTCOMES[view.state]]
    click.secho(f" {sign} ", fg=colour, nl=False)
    click.secho(view.id, bold=True)
    _paragraph(prose(view.text))
    if not view.over:
        for number, option in enumerate(view.options, 1):
            click.echo(f"     {number}. {option}")
    for label, text in (
        (_("répondu"), view.answer),
        (_("faux"), view.feedback),
        (_("réponse"), view.solution),
    ):
        if text:
            click.echo(f"     {label:<8}: {text}")
    if view.explanation:
        _paragraph(prose(view.explanation))


def _list(asked: tuple[QuestionView, ...], as_json: bool) -> None:
    if as_json:
        print_json([asdict(view) for view in asked])
    elif not asked:
        click.echo(_("L'étape en cours ne pose pas de question : elle se fait sur les machines."))
    for view in asked if not as_json else ():
        show_question(view)


def _paragraph(text: str) -> None:
    for line in text.splitlines():
        click.echo(f"     {line}" if line else "")
