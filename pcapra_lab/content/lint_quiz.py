"""What must hold of a quiz's questions, whatever is drawn for the trainee."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import prod

from pcapra_lab.content.drawn import ANSWER, Drawn, is_right, offered, tolerance
from pcapra_lab.content.formula import FormulaError, evaluate, exact, variable, variables
from pcapra_lab.content.models import Exercise
from pcapra_lab.content.numerals import french, terminating
from pcapra_lab.content.parameters import draw_all
from pcapra_lab.content.problems import Loc, Problem, shown
from pcapra_lab.content.quiz import (
    BaseQuestion,
    Choice,
    ChoiceQuestion,
    ChoicesQuestion,
    NumberQuestion,
    OrderQuestion,
    Question,
)
from pcapra_lab.content.strict_yaml import Loaded
from pcapra_lab.content.typography import sentence_faults

DRAWS = 4096
"""Draws tried at most: all of them for a question of up to three or four numbers."""
_WIDEST = Fraction(1, 4)
"""Of the answer: beyond, a guess passes."""

Fault = tuple[Loc, str]
Numbers = Mapping[str, Fraction]


def lint_quizzes(loaded: Loaded[Exercise]) -> Iterator[Problem]:
    """Problems of an exercise's numbers and questions."""
    exercise = loaded.model
    for name in exercise.numbers:
        if name in exercise.parameters:
            yield loaded.problem(("numbers", name), f"{shown(name)} est déjà un paramètre")
        if name == ANSWER:
            yield loaded.problem(("numbers", name), f"{{{{{ANSWER}}}}} est la réponse elle-même")
        if len(set(exercise.numbers[name])) != len(exercise.numbers[name]):
            yield loaded.problem(("numbers", name), "un nombre est donné deux fois")
    for i, step in enumerate(exercise.steps):
        ids = [question.id for question in step.questions]
        for j, question in enumerate(step.questions):
            at: Loc = ("steps", i, "questions", j)
            if question.id in ids[:j]:
                yield loaded.problem((*at, "id"), f"question {shown(question.id)} en double")
            for loc, message in _question(exercise, question):
                yield loaded.problem((*at, *loc), message)


def _question(exercise: Exercise, question: Question) -> Iterator[Fault]:
    for key in ("text", "explanation"):
        yield from (((key,), fault) for fault in sentence_faults(getattr(question, key)))
    match question:
        case NumberQuestion():
            formulas = [question.answer, *(mistake.value for mistake in question.mistakes)]
            yield from _told(("mistakes", "says"), [m.says for m in question.mistakes])
            yield from _drawn(exercise, question, formulas, _number)
        case ChoiceQuestion() | ChoicesQuestion():
            formulas = [f for c in question.choices for f in (c.value, c.when) if f is not None]
            yield from _told(("choices", "why"), [c.why for c in question.choices])
            yield from _reasons(question)
            yield from _drawn(exercise, question, formulas, _choices)
        case OrderQuestion():
            yield from _drawn(exercise, question, [], _order)


def _told(way: tuple[str, str], texts: Sequence[str | None]) -> Iterator[Fault]:
    for j, text in enumerate(texts):
        if text is not None:
            yield from (((way[0], j, way[1]), fault) for fault in sentence_faults(text))


def _reasons(question: ChoiceQuestion | ChoicesQuestion) -> Iterator[Fault]:
    for j, choice in enumerate(question.choices):
        if choice.why is None and not choice.right:
            yield ("choices", j), "un choix qui peut être faux dit pourquoi : clé why attendue"


def _drawn(
    exercise: Exercise,
    question: Question,
    formulas: Iterable[str],
    rule: Callable[..., Iterator[Fault]],
) -> Iterator[Fault]:
    """The first fault of each place over all the draws, with the draw that shows it."""
    try:
        used = set[str]().union(*(variables(formula) for formula in formulas))
    except FormulaError as error:
        yield (), str(error)
        return
    names = [name for name in exercise.numbers if variable(name) in used]
    seen: set[tuple[Loc, str]] = set()
    for drawn in _draws(exercise, names):
        for loc, kind, message in _caught(question, drawn, rule):
            if (loc, kind) not in seen:
                seen.add((loc, kind))
                where = ", ".join(f"{n} = {french(drawn.numbers[n])}" for n in names)
                yield loc, f"{message} ({where})" if where else message


def _caught(
    question: Question, drawn: Drawn, rule: Callable[..., Iterator[Fault]]
) -> Iterator[tuple[Loc, str, str]]:
    try:
        for loc, message in rule(question, drawn):
            # A message may hold a number: it is of the same kind without its figures.
            yield loc, "".join(c for c in message if not c.isdigit()), message
    except FormulaError as error:
        yield (), "formula", str(error)


def _draws(exercise: Exercise, names: list[str]) -> Iterator[Drawn]:
    """Every draw of some numbers if they are few, else as many drawn from seeds."""
    base = Drawn.of(exercise.numbers, draw_all(exercise, "lint"), "lint")
    if prod(len(exercise.numbers[name]) for name in names) <= DRAWS:
        for values in product(*(exercise.numbers[name] for name in names)):
            chosen = {n: exact(v) for n, v in zip(names, values, strict=True)}
            yield Drawn(base.values, {**base.numbers, **chosen}, base.seed)
        return
    for number in range(DRAWS):
        seed = f"lint-{number}"
        yield Drawn.of(exercise.numbers, draw_all(exercise, seed), seed)


def _number(question: NumberQuestion, drawn: Drawn) -> Iterator[Fault]:
    value = evaluate(question.answer, drawn.numbers)
    allowed = tolerance(question.tolerance, value)
    if allowed == 0 and not terminating(value):
        yield ("tolerance",), "la réponse ne s'écrit pas en entier : une tolérance est attendue"
    elif allowed > abs(value) * _WIDEST and allowed > 0:
        yield ("tolerance",), f"tolérance démesurée : {french(allowed)} pour {french(value, 3)}"
    for j, mistake in enumerate(question.mistakes):
        if abs(evaluate(mistake.value, drawn.numbers) - value) <= allowed:
            yield ("mistakes", j, "value"), "cette erreur serait acceptée comme bonne réponse"


def _choices(question: ChoiceQuestion | ChoicesQuestion, drawn: Drawn) -> Iterator[Fault]:
    texts = [offered(choice, question.unit, drawn) for choice in question.choices]
    for j, text in enumerate(texts):
        if text in texts[:j]:
            yield ("choices", j), f"deux choix se lisent {shown(text)}"
    rights = sum(is_right(choice, drawn) for choice in question.choices)
    if rights == 0:
        yield ("choices",), "aucun choix n'est juste"
    elif rights > 1 and question.type == "choice":
        yield ("choices",), f"{rights} choix sont justes : un seul est attendu"
    elif rights == len(question.choices):
        yield ("choices",), "tous les choix sont justes"


def _order(question: OrderQuestion, drawn: Drawn) -> Iterator[Fault]:
    texts = [drawn.put(item) for item in question.items]
    for j, text in enumerate(texts):
        if text in texts[:j]:
            yield ("items", j), f"deux propositions se lisent {shown(text)}"


def texts_of(question: BaseQuestion) -> Iterator[tuple[Loc, str]]:
    """All that a trainee may read of a question, with its place."""
    yield ("text",), question.text
    yield ("explanation",), question.explanation
    if isinstance(question, NumberQuestion):
        for j, mistake in enumerate(question.mistakes):
            yield ("mistakes", j, "says"), mistake.says
    if isinstance(question, ChoiceQuestion | ChoicesQuestion):
        for j, choice in enumerate(question.choices):
            yield from _texts_of_choice(j, choice)
    if isinstance(question, OrderQuestion):
        for j, item in enumerate(question.items):
            yield ("items", j), item


def _texts_of_choice(j: int, choice: Choice) -> Iterator[tuple[Loc, str]]:
    for key in ("text", "why"):
        if (text := getattr(choice, key)) is not None:
            yield ("choices", j, key), text
