"""Questions put to one trainee: what is shown, what is right, and why an answer is not.

Nothing here is kept: answers are computed from the drawn numbers each time they are judged.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

from pcapra_lab.content.drawn import Drawn, is_right, offered, tolerance
from pcapra_lab.content.formula import evaluate, exact
from pcapra_lab.content.models import Step
from pcapra_lab.content.numerals import MAX_DECIMALS, canonical, french, read_number
from pcapra_lab.content.parameters import shuffled
from pcapra_lab.content.quiz import (
    BaseQuestion,
    ChoiceQuestion,
    ChoicesQuestion,
    NumberQuestion,
    OrderQuestion,
    Question,
)
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _

_SCALES = (
    Fraction(24),
    Fraction(60),
    Fraction(100),
    Fraction(1000),
    Fraction(1024),
    Fraction(3600),
)
"""Ratios that tell a forgotten conversion."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What an answer is worth."""

    right: bool
    feedback: str = ""
    """What is wrong with it; never the answer."""


class Posed:
    """A question as one trainee gets it."""

    many = False
    """Several options may be given, in one answer."""
    ordered = False
    """All options are given, in an order."""

    def __init__(self, question: BaseQuestion, drawn: Drawn) -> None:
        self.id = question.id
        self.text = drawn.put(question.text)
        self.unit = ""
        self.options: tuple[str, ...] = ()
        """What is offered, numbered from 1; nothing where a number is to be typed."""
        self._question = question
        self._drawn = drawn

    @property
    def explanation(self) -> str:
        """Told once it is over."""
        return self._drawn.put(self._question.explanation, answer=self.solution)

    @property
    def solution(self) -> str:
        """The right answer in words."""
        return " ; ".join(self.options[number - 1] for number in _numbers(self.right()))

    def read(self, answer: str) -> str:
        """An answer in its one form, which ``judge`` takes.

        Raises:
            LabError: it is none: it does not count as an attempt.
        """
        raise NotImplementedError

    def judge(self, answer: str) -> Judged:
        """What an answer that ``read`` gave is worth."""
        raise NotImplementedError

    def right(self) -> str:
        """A right answer, as a trainee would give it."""
        raise NotImplementedError

    def wrong(self) -> list[tuple[str, str]]:
        """Answers that must be refused, each with a name."""
        raise NotImplementedError

    def words(self, answer: str) -> str:
        """An answer that ``read`` gave, as it is told back."""
        return " ; ".join(self.options[number - 1] for number in _numbers(answer))


class PosedNumber(Posed):
    """A number to compute."""

    def __init__(self, question: NumberQuestion, drawn: Drawn) -> None:
        super().__init__(question, drawn)
        self.unit = question.unit or ""
        self.value = evaluate(question.answer, drawn.numbers)
        self.tolerance = tolerance(question.tolerance, self.value)
        self.mistakes = [(evaluate(m.value, drawn.numbers), m.says) for m in question.mistakes]

    @property
    def solution(self) -> str:
        """The number, rounded where its tolerance allows."""
        return f"{french(self.value, self._decimals())}{self._suffix()}"

    def read(self, answer: str) -> str:
        """See ``Posed.read``."""
        try:
            return canonical(read_number(answer, self.unit), 12)
        except ValueError:
            unit = _(", en {unit}").format(unit=self.unit) if self.unit else ""
            raise LabError(
                _("« {answer} » n'est pas un nombre").format(answer=answer),
                hint=_(
                    "un nombre est attendu{unit} : 43,2 par exemple ; rien n'a été compté"
                ).format(unit=unit),
            ) from None

    def judge(self, answer: str) -> Judged:
        """See ``Posed.judge``."""
        given = exact(answer)
        if abs(given - self.value) <= self.tolerance:
            return Judged(True)
        for value, says in self.mistakes:
            if abs(given - value) <= self.tolerance:
                return Judged(False, self._drawn.put(says))
        return Judged(False, self._feedback(given))

    def _feedback(self, given: Fraction) -> str:
        if self.value and given == -self.value:
            return _("Le signe n'est pas le bon.")
        for scale in _SCALES:
            for other in (given * scale, given / scale):
                if abs(other - self.value) <= max(self.tolerance, abs(self.value) / 100):
                    unit = (
                        _(" : la réponse est attendue en {unit}").format(unit=self.unit)
                        if self.unit
                        else ""
                    )
                    return _("L'ordre de grandeur n'y est pas{unit}.").format(unit=unit)
        near = abs(given - self.value) <= abs(self.value) / 20
        if near and given > self.value:
            return _("C'est proche, mais un peu trop grand : vérifiez vos arrondis.")
        if near:
            return _("C'est proche, mais un peu trop petit : vérifiez vos arrondis.")
        return _("C'est trop grand.") if given > self.value else _("C'est trop petit.")

    def right(self) -> str:
        """See ``Posed.right``."""
        return french(self.value, self._decimals())

    def wrong(self) -> list[tuple[str, str]]:
        """See ``Posed.wrong``: just outside the tolerance on both sides, and the known mistakes."""
        step = max(self.tolerance / 100, Fraction(1, 10**MAX_DECIMALS))
        edge = self.tolerance + step
        found = [("trop-grand", self.value + edge), ("trop-petit", self.value - edge)]
        found += [(f"erreur-{n}", value) for n, (value, _says) in enumerate(self.mistakes, 1)]
        return [(name, canonical(value, 12)) for name, value in found]

    def words(self, answer: str) -> str:
        """See ``Posed.words``."""
        return f"{french(exact(answer), 12)}{self._suffix()}"

    def _suffix(self) -> str:
        return f"\u00a0{self.unit}" if self.unit else ""

    def _decimals(self) -> int:
        """The fewest decimals that stay well inside the tolerance."""
        for decimals in range(MAX_DECIMALS):
            scale = 10**decimals
            if abs(Fraction(round(self.value * scale), scale) - self.value) * 2 <= self.tolerance:
                return decimals
        return MAX_DECIMALS


class _PosedOptions(Posed):
    """Options, in the order drawn for the trainee."""

    def __init__(self, question: ChoiceQuestion | ChoicesQuestion, drawn: Drawn) -> None:
        super().__init__(question, drawn)
        self.choices = shuffled(question.choices, drawn.seed, f"quiz {question.id}")
        self.unit = question.unit or ""
        self.options = tuple(offered(choice, question.unit, drawn) for choice in self.choices)
        self.rights = frozenset(
            number for number, choice in enumerate(self.choices, 1) if is_right(choice, drawn)
        )

    def right(self) -> str:
        """See ``Posed.right``."""
        return " ".join(str(number) for number in sorted(self.rights))

    def _why(self, number: int) -> str:
        return self._drawn.put(self.choices[number - 1].why or "")


class PosedChoice(_PosedOptions):
    """One right option."""

    def read(self, answer: str) -> str:
        """See ``Posed.read``."""
        numbers = _chosen(answer, len(self.options))
        if len(numbers) != 1:
            raise LabError(_("une seule réponse est attendue"), hint=_("le numéro d'un choix : 2"))
        return str(numbers[0])

    def judge(self, answer: str) -> Judged:
        """See ``Posed.judge``."""
        number = int(answer)
        if number in self.rights:
            return Judged(True)
        return Judged(False, self._why(number) or _("Ce n'est pas cela."))

    def wrong(self) -> list[tuple[str, str]]:
        """See ``Posed.wrong``: each other option."""
        others = (n for n in range(1, len(self.options) + 1) if n not in self.rights)
        return [(f"choix-{number}", str(number)) for number in others]


class PosedChoices(_PosedOptions):
    """All the right options, no other."""

    many = True

    def read(self, answer: str) -> str:
        """See ``Posed.read``."""
        return " ".join(str(number) for number in sorted(_chosen(answer, len(self.options))))

    def judge(self, answer: str) -> Judged:
        """See ``Posed.judge``."""
        given = set(_numbers(answer))
        extra, lacking = given - self.rights, self.rights - given
        if not extra and not lacking:
            return Judged(True)
        said = []
        if extra:
            said.append(_("{count} choix de trop.").format(count=len(extra)))
            # One reason at a time: all of them would sort the options.
            said.append(next((why for n in sorted(extra) if (why := self._why(n))), ""))
        if lacking:
            said.append(_("Il en manque."))
        return Judged(False, " ".join(filter(None, said)))

    def wrong(self) -> list[tuple[str, str]]:
        """See ``Posed.wrong``: the right set with each option put in or left out."""
        found = []
        for number in range(1, len(self.options) + 1):
            if changed := self.rights ^ {number}:
                name = "manque" if number in self.rights else "de-trop"
                found.append((f"{name}-{number}", " ".join(map(str, sorted(changed)))))
        return found


class PosedOrder(Posed):
    """Items to put in order."""

    ordered = True

    def __init__(self, question: OrderQuestion, drawn: Drawn) -> None:
        super().__init__(question, drawn)
        self._places = _mixed(len(question.items), drawn.seed, f"quiz {question.id}")
        self.options = tuple(drawn.put(question.items[place]) for place in self._places)

    def read(self, answer: str) -> str:
        """See ``Posed.read``."""
        numbers = _chosen(answer, len(self.options))
        if len(numbers) != len(self.options):
            example = " ".join(str(n) for n in range(len(self.options), 0, -1))
            raise LabError(
                _("toutes les propositions sont attendues, dans l'ordre"),
                hint=_("leurs numéros : {example}, par exemple").format(example=example),
            )
        return " ".join(map(str, numbers))

    def judge(self, answer: str) -> Judged:
        """See ``Posed.judge``."""
        given, wanted = _numbers(answer), _numbers(self.right())
        if given == wanted:
            return Judged(True)
        placed = sum(a == b for a, b in zip(given, wanted, strict=True))
        return Judged(
            False, _("{placed} sur {count} à leur place.").format(placed=placed, count=len(wanted))
        )

    def right(self) -> str:
        """See ``Posed.right``."""
        return " ".join(str(self._places.index(n) + 1) for n in range(len(self._places)))

    def wrong(self) -> list[tuple[str, str]]:
        """See ``Posed.wrong``: each pair of neighbours exchanged."""
        wanted, found = _numbers(self.right()), []
        for place in range(len(wanted) - 1):
            changed = list(wanted)
            changed[place], changed[place + 1] = changed[place + 1], changed[place]
            found.append((f"echange-{place + 1}", " ".join(map(str, changed))))
        return found


def pose(question: Question, drawn: Drawn) -> Posed:
    """A question for one trainee.

    Raises:
        FormulaError: it cannot be computed from what was drawn.
    """
    match question:
        case NumberQuestion():
            return PosedNumber(question, drawn)
        case ChoiceQuestion():
            return PosedChoice(question, drawn)
        case ChoicesQuestion():
            return PosedChoices(question, drawn)
        case OrderQuestion():
            return PosedOrder(question, drawn)


def questionnaire(step: Step, drawn: Drawn) -> tuple[Posed, ...]:
    """All the questions of a step. Raises as ``pose`` does."""
    return tuple(pose(question, drawn) for question in step.questions)


def _mixed(count: int, seed: str, label: str) -> list[int]:
    """An order drawn from the seed that is not the right one."""
    places = shuffled(range(count), seed, label)
    return places if places != sorted(places) else [*places[1:], places[0]]


def _numbers(answer: str) -> list[int]:
    return [int(number) for number in answer.split()]


def _chosen(answer: str, count: int) -> list[int]:
    """The options named in an answer: « 1 3 », « 1,3 »."""
    words = re.split(r"[\s,;]+", answer.strip())
    numbers = [int(word) for word in words if word.isascii() and word.isdecimal()]
    valid = all(1 <= number <= count for number in numbers)
    if len(numbers) != len(words) or not valid or len(set(numbers)) != len(numbers):
        raise LabError(
            _("« {answer} » n'est pas une réponse").format(answer=answer),
            hint=_("des numéros de 1 à {count} ; rien n'a été compté").format(count=count),
        )
    return numbers
