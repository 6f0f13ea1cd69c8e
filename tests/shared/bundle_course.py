"""A course's exercise that is about a product of the trainer's bundle, and the product."""

import hashlib
from pathlib import Path

from pcapra_lab.lab.bundle.library import Library

DATA = b"un produit que Debian n'a pas\n"
FILE = "produit-1.0"

MANIFEST = """\
schema_version: 1
products:
  - id: produit
    title: Le Produit
    page: https://produit.invalid/telecharger
    licence: {name: MIT, url: "https://produit.invalid/licence"}
    unlocks: [%s]
    files:
      - {name: produit-1.0, kind: binary, url: "%s", sha256: %s, size: %d}
"""


def plant_bundle(
    root: Path,
    exercise: str,
    lesson: str,
    *,
    level: str = "reel-bundle",
    url: str = "https://produit.invalid/produit-1.0",
) -> None:
    """Make an exercise, whose level is « reel », one about the product."""
    digest = hashlib.sha256(DATA).hexdigest()
    manifest = MANIFEST % (lesson, url, digest, len(DATA))
    (root / "vm-images/bundle.yaml").write_text(manifest, encoding="utf-8")
    for path in (root / f"exercises/{exercise}/exercise.yaml", root / f"modules/{lesson}.md"):
        text = path.read_text(encoding="utf-8")
        wanted = f"level: {level}\n"
        if path.suffix == ".yaml":
            wanted += "bundle: [produit]\n"
        assert text.count("level: reel\n") == 1
        path.write_text(text.replace("level: reel\n", wanted), encoding="utf-8")


def bring_product(library: Library) -> Path:
    """The product is there, verified."""
    library.folder.mkdir(parents=True, exist_ok=True)
    path = library.folder / FILE
    path.write_bytes(DATA)
    library.register.saw(path, hashlib.sha256(DATA).hexdigest())
    assert library.whole("produit")
    return path
