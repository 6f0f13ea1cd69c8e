"""The images that a course asks for."""

from pathlib import Path

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.models import ImageRecipe
from pcapra_lab.lab.images.catalog import ImageCatalog, Recipes
from pcapra_lab.lab.images.store import Store


def course_images(catalogue: Catalogue, root: Path, *, every: bool = False) -> ImageCatalog:
    """The images that the course's topologies use, with those they are built upon.

    Args:
        root: the folder of built images.
        every: all recipes of the course, used or not yet.

    Raises:
        ContentError: a recipe is malformed, or names a parent that does not exist.
    """
    depot = catalogue.depot()
    if every:
        wanted = set(catalogue.image_ids())
    else:
        wanted = {vm.image for t in catalogue.topologies() for vm in t.vms}
    recipes: dict[str, ImageRecipe] = {}
    following = sorted(wanted | {depot.image})
    while following:
        recipe = catalogue.image(following.pop(0))
        if recipe.id not in recipes:
            recipes[recipe.id] = recipe
            following += [recipe.parent] if recipe.parent else []
    return ImageCatalog(Store(root), Recipes(recipes, depot, catalogue.images_folder))
