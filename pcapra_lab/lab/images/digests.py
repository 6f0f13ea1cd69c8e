"""The names of built systems: a digest of all that they are made of."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from pcapra_lab.content.digest import digest_tree
from pcapra_lab.content.models import ImageRecipe
from pcapra_lab.errors import ContentError
from pcapra_lab.i18n import _
from pcapra_lab.lab.images.signing import KEY_DIGEST
from pcapra_lab.lab.images.store import LAYOUT, Store


class Digests:
    """Digests of the systems that recipes make.

    The files of a recipe are read once, for they do not change under a running program; a build
    calls ``forget`` first, so that nothing is built from new files under an old name. The depot's
    key is looked up each time: another process may make it at any moment.
    """

    def __init__(self, store: Store, recipes: Mapping[str, ImageRecipe], folder: Path) -> None:
        self._store = store
        self._recipes = recipes
        self._folder = folder
        self._contents: dict[str, str] = {}

    def system(self, name: str) -> str:
        """What a system is made of: its recipe and files, upon its parent or the depot's key.

        Raises:
            ContentError: an unknown image, or parents in a ring.
        """
        ground = self._trusted()
        for recipe in reversed(lineage(name, self._recipes)):
            stamp = f"{LAYOUT} {self._content(recipe)} {ground}"
            ground = hashlib.sha256(stamp.encode()).hexdigest()
        return ground

    def forget(self) -> None:
        """Read the recipes' files again."""
        self._contents.clear()

    def _content(self, recipe: ImageRecipe) -> str:
        if recipe.id not in self._contents:
            sources = [self._folder / p for p in (recipe.overlay, recipe.customize) if p]
            # The parent counts by its own digest.
            written = recipe.model_dump_json(exclude={"parent"})
            self._contents[recipe.id] = f"{written} {digest_tree(sources)}"
        return self._contents[recipe.id]

    def _trusted(self) -> str:
        key = self._store.find("cle", "depot", KEY_DIGEST)
        return hashlib.sha256(key.file("public.gpg").read_bytes()).hexdigest() if key else ""


def lineage(name: str, recipes: Mapping[str, ImageRecipe]) -> list[ImageRecipe]:
    """A recipe and those it is built upon, nearest first.

    Raises:
        ContentError: an unknown image, or parents in a ring.
    """
    found: list[ImageRecipe] = []
    following: str | None = name
    while following is not None:
        recipe = recipes.get(following)
        if recipe is None:
            raise ContentError(
                _("l'image « {following} » n'existe pas").format(following=following),
                hint=_("images connues : {recipes}").format(recipes=", ".join(recipes)),
            )
        if recipe in found:
            ring = " → ".join([*(r.id for r in found), recipe.id])
            raise ContentError(
                _("images bâties l'une sur l'autre en rond : {ring}").format(ring=ring),
                hint=_("corrigez « parent » dans ces recettes (pcapra-lab lint)"),
            )
        found.append(recipe)
        following = recipe.parent
    return found
