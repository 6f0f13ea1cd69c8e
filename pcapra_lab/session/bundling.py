"""What the trainer's bundle means for an exercise: the products it gets, and what it may claim.

An exercise of the level « reel-bundle » is graded on the product itself. Without it nothing was
observed: the exercise is « non noté », which is neither passed nor failed.
"""

from pcapra_lab.content.level import Level
from pcapra_lab.content.models import Exercise
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.ground import Ground


class NotGraded(LabError):
    """Nothing can be graded: the product is not there."""


def products(installation: Installation, exercise: Exercise) -> list[str]:
    """The products of the bundle that new machines of an exercise get: those that are there."""
    return [name for name in exercise.bundle if installation.bundle.whole(name)]


def ungraded(
    installation: Installation, exercise: Exercise, lab_id: str, *, fresh: bool = False
) -> NotGraded | None:
    """Why nothing of an exercise can be graded now; None when it can.

    Args:
        fresh: its machines are made again, so that those there are do not count.
    """
    if exercise.level is not Level.REEL_BUNDLE:
        return None
    ground = None if fresh else Ground.load(installation.paths.labs / lab_id)
    if ground is not None and ground.bundle:
        # The product is in its machines, whatever became of the files it came from.
        return None
    missing = [name for name in exercise.bundle if not installation.bundle.whole(name)]
    if missing or not exercise.bundle:
        declared = {product.id: product.title for product in installation.bundle.recipe.products}
        titles = ", ".join(declared.get(name, name) for name in missing) or _("non déclaré")
        return NotGraded(
            _("exercice non noté : le lot du formateur manque ({titles})").format(titles=titles),
            hint=_(
                "la leçon reste à lire ; le formateur l'apporte : pcapra-lab bundle fetch {names} "
                "(ou bundle import, sans internet)"
            ).format(names=" ".join(missing)),
        )
    if ground is not None:
        return NotGraded(
            _("exercice non noté : ses machines ont été faites sans le lot du formateur"),
            hint=_("pcapra-lab down --delete {lab_id}, puis up, les refait").format(lab_id=lab_id),
        )
    return None


def must_be_graded(installation: Installation, exercise: Exercise, lab_id: str) -> None:
    """Raise ``NotGraded`` where nothing of an exercise can be graded now."""
    if why := ungraded(installation, exercise, lab_id):
        raise why
