"""The bundle's files on this host: which are there, and whether they are the right ones.

A file comes under its name only once its digest was computed and compared; looking afterwards is
cheap: its size and date must still be those of that day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pcapra_lab.content.bundle import BundleFile, BundleKind, BundleRecipe, Product
from pcapra_lab.content.problems import shown, suggestion
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import N_, _
from pcapra_lab.lab.bundle.register import Decisions, Register

PART = ".part"
REFUSED = ".refuse"


class State(StrEnum):
    """Where a file of the bundle stands. ``word`` is what is shown."""

    PRESENT = N_("présent")
    MISSING = N_("absent")
    UNPINNED = N_("empreinte à fixer")
    ALTERED = N_("à revérifier")
    """It is there, but not as it was when it was verified, or another digest is now wanted."""

    @property
    def word(self) -> str:
        """The state in the interface's language."""
        return _(self.value)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a file must be."""

    sha256: str
    size: int | None
    by_trainer: bool
    """The digest was fixed by the trainer; else it stands in the manifest."""


@dataclass(frozen=True, slots=True)
class Held:
    """A file of the bundle, and where it stands."""

    product: Product
    file: BundleFile
    path: Path
    state: State
    expected: Expected | None


class Library:
    """The bundle's files in ``folder``.

    Args:
        recipe: what the course declares.
        register: what the trainer decided.
    """

    def __init__(self, folder: Path, recipe: BundleRecipe, register: Register) -> None:
        self.folder = folder
        self.recipe = recipe
        self.register = register

    def products(self, names: Iterable[str] = ()) -> list[Product]:
        """The products of that name, all of them if none is named.

        Raises:
            LabError: there is no such product.
        """
        known = [product.id for product in self.recipe.products]
        wanted = list(dict.fromkeys(names)) or known
        for name in wanted:
            if name not in known:
                raise LabError(
                    _("le produit {name} n'est pas dans le lot du formateur{close}").format(
                        name=shown(name), close=suggestion(name, known)
                    ),
                    hint=_("produits : {known} (pcapra-lab bundle list)").format(
                        known=", ".join(known) or _("aucun")
                    ),
                )
        return [self.recipe.product(name) for name in wanted]

    def file(self, name: str) -> tuple[Product, BundleFile]:
        """A file by its name, and the product it belongs to.

        Raises:
            LabError: there is no such file.
        """
        known = {f.name: (p, f) for p in self.recipe.products for f in p.files}
        if name not in known:
            raise LabError(
                _("le fichier {name} n'est pas dans le lot du formateur{close}").format(
                    name=shown(name), close=suggestion(name, known)
                ),
                hint=_("fichiers : {known} (pcapra-lab bundle list)").format(
                    known=", ".join(known) or _("aucun")
                ),
            )
        return known[name]

    def path(self, file: BundleFile) -> Path:
        """Where a file is, once it is there."""
        return self.folder / file.name

    def expected(self, file: BundleFile, decisions: Decisions | None = None) -> Expected | None:
        """What a file must be; None while nobody has fixed it."""
        if file.sha256 is not None:
            return Expected(file.sha256, file.size, by_trainer=False)
        pin = (decisions or self.register.read()).pins.get(file.name)
        return Expected(pin.sha256, pin.size, by_trainer=True) if pin else None

    def held(self, products: Iterable[Product] | None = None) -> list[Held]:
        """Every file of some products, or of all. Cheap: nothing is read but names and dates."""
        decisions = self.register.read()
        return [
            self._held(product, file, decisions)
            for product in (self.recipe.products if products is None else products)
            for file in product.files
        ]

    def whole(self, name: str) -> bool:
        """Whether a product is there, wholly and verified; an undeclared one is not."""
        try:
            product = self.recipe.product(name)
        except KeyError:
            return False
        return all(held.state is State.PRESENT for held in self.held([product]))

    def adopt(self, scratch: Path, file: BundleFile, sha256: str) -> Path:
        """Put a file that was verified in its place."""
        scratch.chmod(0o755 if file.kind is BundleKind.BINARY else 0o644)
        path = self.path(file)
        scratch.replace(path)
        self.register.saw(path, sha256)
        # The one that was refused before has found its successor.
        path.with_name(path.name + REFUSED).unlink(missing_ok=True)
        return path

    def set_aside(self, scratch: Path, file: BundleFile) -> Path:
        """Keep a file that is not the right one where nothing will take it for it."""
        refused = self.folder / f"{file.name}{REFUSED}"
        scratch.replace(refused)
        if scratch == self.path(file):
            self.register.forget(file.name)
        return refused

    def _held(self, product: Product, file: BundleFile, decisions: Decisions) -> Held:
        expected, path = self.expected(file, decisions), self.path(file)
        return Held(product, file, path, _state(path, expected, decisions), expected)


def _state(path: Path, expected: Expected | None, decisions: Decisions) -> State:
    if expected is None:
        return State.UNPINNED
    try:
        stat = path.lstat()
    except FileNotFoundError:
        return State.MISSING
    seen = decisions.seen.get(path.name)
    if seen is None or seen.sha256 != expected.sha256:
        return State.ALTERED
    same = (stat.st_size, stat.st_mtime_ns) == (seen.size, seen.mtime_ns)
    return State.PRESENT if same else State.ALTERED
