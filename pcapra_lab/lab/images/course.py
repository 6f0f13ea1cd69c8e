"""The images that a course asks for."""

from pathlib import Path

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.models import DepotRecipe, Exercise, ImageRecipe
from pcapra_lab.lab.images.catalog import ImageCatalog, Recipes
from pcapra_lab.lab.images.store import Store


def course_images(
    catalogue: Catalogue, root: Path, *, every: bool = False, drafts: bool = False
) -> ImageCatalog:
    """The images and packages that the course's exercises use, with what they are built upon.

    What only drafts use is no trainee's business: not their time to build, nor their disk.

    Args:
        root: the folder of built images.
        every: all recipes of the course, used or not yet.
        drafts: what drafts use too.

    Raises:
        ContentError: a recipe is malformed, or names a parent that does not exist.
    """
    played = catalogue.exercise_ids() if every or drafts else catalogue.proved_ids()
    exercises = [catalogue.exercise(name) for name in played]
    depot = _depot(catalogue, exercises)
    if every:
        wanted = set(catalogue.image_ids())
    else:
        topologies = {exercise.topology for exercise in exercises if exercise.topology}
        wanted = {vm.image for name in topologies for vm in catalogue.topology(name).vms}
    recipes: dict[str, ImageRecipe] = {}
    following = sorted(wanted | {depot.image})
    while following:
        recipe = catalogue.image(following.pop(0))
        if recipe.id not in recipes:
            recipes[recipe.id] = recipe
            following += [recipe.parent] if recipe.parent else []
    return ImageCatalog(Store(root), Recipes(recipes, depot, catalogue.images_folder))


def _depot(catalogue: Catalogue, exercises: list[Exercise]) -> DepotRecipe:
    """The depot, with the groups that these exercises name."""
    depot = catalogue.depot()
    used = {group for exercise in exercises for group in exercise.depot}
    groups = [group for group in depot.groups if group.id in used]
    return depot.model_copy(update={"groups": groups})
