"""The trainer's bundle: products that Debian does not carry, declared in ``vm-images/bundle.yaml``.

Only declared: nothing of them is part of the course. A digest is written here if upstream publishes
it; without one, the trainer fixes it after comparing (``pcapra-lab bundle pin``).
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from pcapra_lab.content.base import Slug, Strict, Text
from pcapra_lab.content.inventory import LessonPath

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 in hexadecimal."""

FileName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+~_%-]*$", max_length=120)
]
"""A name that is safe in any folder: it becomes a path on the host and in the guests."""

Url = Annotated[str, StringConstraints(pattern=r"^https?://[!-~]+$", max_length=400)]

MAX_BYTES = 64 << 30
"""The largest file that may be declared or brought."""
OWN_SUFFIXES = (".part", ".refuse", ".new")
"""Of files that the program itself leaves beside those of the bundle."""


class BundleKind(StrEnum):
    """What a file of the bundle is, hence what becomes of it on the machines' disk."""

    DEB = "deb"
    """A Debian package: offered by APT."""
    DEBS = "debs"
    """A tar archive of Debian packages: each is offered by APT."""
    OCI = "oci"
    """A container image (``podman load``)."""
    BINARY = "binary"
    """A program: executable on the machines."""
    SOURCE = "source"
    """A source archive or Python wheels."""


class BundleFile(Strict):
    """One file of a product."""

    name: FileName
    kind: BundleKind
    url: Url | None = None
    """Where upstream offers this very file."""
    how: Text | None = None
    """For the trainer, how to obtain a file that upstream does not offer as such."""
    sha256: Digest | None = None
    """As upstream publishes it; never computed from a download."""
    size: int | None = Field(default=None, ge=1, le=MAX_BYTES)

    @field_validator("name")
    @classmethod
    def _not_our_own(cls, value: str) -> str:
        if value.endswith(OWN_SUFFIXES):
            raise ValueError(f"nom réservé au programme ({', '.join(OWN_SUFFIXES)})")
        return value

    @field_validator("how")
    @classmethod
    def _only_without_address(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("url") is not None:
            raise ValueError("« url » dit déjà d'où il vient : retirez l'un des deux")
        return value


class Licence(Strict):
    """The licence under which upstream gives a product."""

    name: Text
    """Its SPDX identifier, where it has one."""
    url: Url


class Product(Strict):
    """A product of the course that Debian does not carry."""

    id: Slug
    title: Text
    page: Url
    """Upstream's page on where and how to download it, and on its digests."""
    licence: Licence
    unlocks: list[LessonPath] = Field(min_length=1)
    """The lessons that it makes possible."""
    files: list[BundleFile] = Field(min_length=1)


class BundleRecipe(Strict):
    """The trainer's bundle: ``vm-images/bundle.yaml``."""

    schema_version: Literal[1]
    products: list[Product] = []

    def product(self, name: str) -> Product:
        """A product by its id. Raises ``KeyError``."""
        for product in self.products:
            if product.id == name:
                return product
        raise KeyError(name)


NO_BUNDLE = BundleRecipe(schema_version=1)
"""Of a course that declares none."""
