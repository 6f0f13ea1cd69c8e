"""The proof of a quiz step: right answers pass, every kind of wrong one does not. No machine."""

from collections.abc import Iterator

from pcapra_lab.errors import LabError
from pcapra_lab.grading.quiz import Posed
from pcapra_lab.i18n import _

Finding = tuple[str, str]
"""What was tried, in the replay's words, and what is wrong with what came of it, or nothing."""


def prove(questions: tuple[Posed, ...], *, mutants: bool = True) -> Iterator[Finding]:
    """Try everything on the questions of one step.

    Args:
        mutants: try the wrong answers too.
    """
    yield _("rouge avant"), " ; ".join(filter(None, map(_silence, questions)))
    yield _("vert après"), " ; ".join(filter(None, map(_right, questions)))
    for posed in questions if mutants else ():
        for name, answer in posed.wrong():
            yield f"mutant {posed.id} {name}", _wrong(posed, answer)


def _silence(posed: Posed) -> str:
    try:
        posed.read("")
    except LabError:
        return ""
    return _("{id} prend le silence pour une réponse").format(id=posed.id)


def _right(posed: Posed) -> str:
    answer = posed.right()
    try:
        verdict = posed.judge(posed.read(answer))
    except LabError as error:
        return _("{id} ne lit pas sa propre réponse {answer} : {message}").format(
            id=posed.id, answer=answer, message=error.message
        )
    return (
        ""
        if verdict.right
        else _("{id} refuse {answer} : {feedback}").format(
            id=posed.id, answer=answer, feedback=verdict.feedback
        )
    )


def _wrong(posed: Posed, answer: str) -> str:
    try:
        given = posed.read(answer)
    except LabError as error:
        return _("{id} ne lit pas {answer} : {message}").format(
            id=posed.id, answer=answer, message=error.message
        )
    verdict = posed.judge(given)
    if verdict.right:
        return _("{id} accepte {words}").format(id=posed.id, words=posed.words(given))
    if not verdict.feedback:
        return _("{id} refuse {words} sans dire pourquoi").format(
            id=posed.id, words=posed.words(given)
        )
    if posed.solution in verdict.feedback:
        return _("{id} donne la réponse à qui se trompe : {feedback}").format(
            id=posed.id, feedback=verdict.feedback
        )
    return ""
