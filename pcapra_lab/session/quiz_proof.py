"""The proof of a quiz step: right answers pass, every kind of wrong one does not. No machine."""

from collections.abc import Iterator

from pcapra_lab.errors import LabError
from pcapra_lab.grading.quiz import Posed

Finding = tuple[str, str]
"""What was tried, in the replay's words, and what is wrong with what came of it, or nothing."""


def prove(questions: tuple[Posed, ...], *, mutants: bool = True) -> Iterator[Finding]:
    """Try everything on the questions of one step.

    Args:
        mutants: try the wrong answers too.
    """
    yield "rouge avant", " ; ".join(filter(None, map(_silence, questions)))
    yield "vert après", " ; ".join(filter(None, map(_right, questions)))
    for posed in questions if mutants else ():
        for name, answer in posed.wrong():
            yield f"mutant {posed.id} {name}", _wrong(posed, answer)


def _silence(posed: Posed) -> str:
    try:
        posed.read("")
    except LabError:
        return ""
    return f"{posed.id} prend le silence pour une réponse"


def _right(posed: Posed) -> str:
    answer = posed.right()
    try:
        verdict = posed.judge(posed.read(answer))
    except LabError as error:
        return f"{posed.id} ne lit pas sa propre réponse {answer} : {error.message}"
    return "" if verdict.right else f"{posed.id} refuse {answer} : {verdict.feedback}"


def _wrong(posed: Posed, answer: str) -> str:
    try:
        given = posed.read(answer)
    except LabError as error:
        return f"{posed.id} ne lit pas {answer} : {error.message}"
    verdict = posed.judge(given)
    if verdict.right:
        return f"{posed.id} accepte {posed.words(given)}"
    if not verdict.feedback:
        return f"{posed.id} refuse {posed.words(given)} sans dire pourquoi"
    if posed.solution in verdict.feedback:
        return f"{posed.id} donne la réponse à qui se trompe : {verdict.feedback}"
    return ""
