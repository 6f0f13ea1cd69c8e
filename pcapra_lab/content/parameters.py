"""What makes each trainee's exercise their own, drawn from a seed.

The same seed gives the same values on every host and every Python: the stream is HMAC-SHA256 in
counter mode, not ``random``, whose algorithms may change between versions. It hides nothing.
"""

import hmac
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, product
from typing import TypeVar

from pcapra_lab.content.formula import exact
from pcapra_lab.content.models import Exercise, Parameter
from pcapra_lab.content.numerals import canonical
from pcapra_lab.errors import ContentError

T = TypeVar("T")

_WHO = (
    "La comptable", "Le livreur", "L'équipe de nuit", "La directrice", "Le magasinier",
    "L'apprentie", "Le gérant", "La standardiste",
)  # fmt: skip
_DOES = ("relit", "recopie", "vérifie", "archive", "imprime", "corrige", "signe", "range")
_WHAT = (
    "le registre des visites", "la facture de février", "le bon de livraison",
    "l'inventaire d'été", "la liste des clients", "le planning des congés",
    "le contrat d'entretien", "la fiche de paie",
)  # fmt: skip
_WHEN = (
    "avant l'ouverture", "chaque vendredi", "à midi", "dès l'arrivée du courrier",
    "en fin de journée", "sans se presser", "après la réunion", "pendant la fermeture",
)  # fmt: skip
_TRADES = (
    "boulangerie", "garage", "librairie", "pharmacie", "fromagerie", "menuiserie", "imprimerie",
    "quincaillerie", "poissonnerie", "bijouterie", "droguerie", "jardinerie", "cordonnerie",
    "papeterie", "serrurerie", "torrefaction",
)  # fmt: skip
_FAMILIES = (
    "martin", "bernard", "dubois", "moreau", "laurent", "lefebvre", "roux", "fournier", "girard",
    "mercier", "blanchard", "gauthier", "perrin", "morel", "barbier", "renard",
)  # fmt: skip
_CUSTOMERS = tuple(f"{trade}-{family}" for trade, family in product(_TRADES, _FAMILIES))


def draw(parameters: Mapping[str, Parameter], seed: str) -> dict[str, str]:
    """One value for each parameter of an exercise.

    A value depends on the seed and on the parameter's name, not on the other parameters, except
    that two customers of one exercise never share a name.

    Raises:
        ContentError: the exercise asks for more customers than there are names.
    """
    values: dict[str, str] = {}
    customers: set[str] = set()
    for name in sorted(parameters):
        stream = _Stream(seed, name)
        match parameters[name]:
            case "random-text":
                values[name] = _text(stream)
            case "random-token":
                values[name] = stream.hexadecimal(16)
            case "random-name":
                values[name] = _customer(stream, customers)
                customers.add(values[name])
    return values


def draw_all(exercise: Exercise, seed: str) -> dict[str, str]:
    """All that is drawn for an exercise: its parameters, and its numbers with a decimal point.

    Raises:
        ContentError: see ``draw``.
    """
    values = draw(exercise.parameters, seed)
    for name, among in exercise.numbers.items():
        values[name] = canonical(exact(_Stream(seed, name).pick(among)))
    return values


def shuffled(items: Sequence[T], seed: str, label: str) -> list[T]:
    """``items`` in an order drawn from the seed and a label."""
    stream, left, out = _Stream(seed, label), list(items), []
    while left:
        out.append(left.pop(stream.below(len(left))))
    return out


def env_name(parameter: str) -> str:
    """The environment variable that carries a parameter to scripts: ``PCAPRA_CANARY``."""
    return "PCAPRA_" + parameter.upper().replace("-", "_")


class _Stream:
    """Endless bytes from a seed and a label."""

    def __init__(self, seed: str, label: str) -> None:
        self._bytes = _keyed(seed.encode(), label.encode())

    def take(self, size: int) -> bytes:
        return bytes(next(self._bytes) for _ in range(size))

    def choice(self, words: Sequence[str]) -> str:
        return self.pick(words)

    def pick(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def below(self, limit: int) -> int:
        # 64 bits over a few hundred words: the bias is out of reach.
        return int.from_bytes(self.take(8), "big") % limit

    def hexadecimal(self, digits: int) -> str:
        return self.take(digits // 2).hex()


def _keyed(key: bytes, label: bytes) -> Iterator[int]:
    for number in count():
        yield from hmac.digest(key, label + b"\0" + number.to_bytes(8, "big"), "sha256")


def _text(stream: _Stream) -> str:
    lines = [
        f"{' '.join(stream.choice(words) for words in (_WHO, _DOES, _WHAT, _WHEN))}."
        for _ in range(3)
    ]
    return "\n".join([*lines, f"Repère : {stream.hexadecimal(32)}", ""])


def _customer(stream: _Stream, taken: set[str]) -> str:
    free = [name for name in _CUSTOMERS if name not in taken]
    if not free:
        raise ContentError(
            f"L'exercice demande plus de {len(_CUSTOMERS)} clients.",
            hint="Retirez des paramètres « random-name ».",
        )
    first = stream.choice(_CUSTOMERS)
    return first if first not in taken else stream.choice(free)
