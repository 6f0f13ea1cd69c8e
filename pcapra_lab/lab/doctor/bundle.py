"""The trainer's bundle: which lessons it makes possible here, and which it does not yet."""

from pcapra_lab.content.bundle import Product
from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.level import Level
from pcapra_lab.i18n import _
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.bundle.library import State
from pcapra_lab.lab.doctor.findings import Finding, Severity

SUBJECT = _("lot du formateur")


def bundle(installation: Installation) -> Finding:
    """Each product, where it stands, and the lessons that it unlocks.

    A product that is not there blocks only what is graded on it: other lessons do without.
    """
    library, catalogue = installation.bundle, installation.catalogue
    words, blocked, lacking = [], [], []
    for product in library.recipe.products:
        states = {held.state for held in library.held([product])}
        words.append(
            _("{title} {state}, ouvre {lessons}").format(
                title=product.title,
                state=_word(states),
                lessons=", ".join(_lesson(catalogue, lesson) for lesson in product.unlocks),
            )
        )
        if states != {State.PRESENT}:
            lacking.append(product)
            blocked += _needing(catalogue, product)
    seen = " ; ".join(words)
    if not blocked:
        remedy = "pcapra-lab bundle list" if lacking else ""
        return Finding(Severity.OK, SUBJECT, seen, remedy)
    return Finding(
        Severity.WARNING,
        SUBJECT,
        seen,
        _("pcapra-lab bundle list dit ce qui manque, et comment l'apporter"),
        _("non noté : {lessons}").format(
            lessons=", ".join(dict.fromkeys(_lesson(catalogue, one) for one in blocked))
        ),
    )


def _word(states: set[State]) -> str:
    """The state of a product: that of the file that holds it back."""
    for state in (State.UNPINNED, State.MISSING, State.ALTERED):
        if state in states:
            return state.word
    return State.PRESENT.word


def _needing(catalogue: Catalogue, product: Product) -> list[str]:
    """The lessons that are graded on a product, and not without it."""
    return [
        exercise.lesson
        for exercise in catalogue.exercises()
        if exercise.level is Level.REEL_BUNDLE and product.id in exercise.bundle
    ]


def _lesson(catalogue: Catalogue, lesson: str) -> str:
    """A lesson by its title, under the number of its module."""
    module_id, __, name = lesson.partition("/")
    module = catalogue.module(module_id)
    titles = {ref.id: ref.title for ref in module.lessons}
    return _("« {title} » (module {number})").format(
        title=titles.get(name, name), number=module.number
    )
