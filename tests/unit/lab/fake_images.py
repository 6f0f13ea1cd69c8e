"""A course's images without Debian: a stand-in for mmdebstrap, recipes, and a package archive."""

import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pcapra_lab.content.models import DepotGroup, DepotRecipe, ImageRecipe
from pcapra_lab.lab.events import LabEvent
from pcapra_lab.lab.images import bootstrap
from pcapra_lab.lab.images.catalog import ImageCatalog, Recipes
from pcapra_lab.lab.images.store import Store

# Writes the smallest tree that a build looks into, leaves its temporary tree behind as if it had
# been killed, and fails on a package of that name. Descriptor 3: a role's parent, or an overlay.
MMDEBSTRAP = r"""#!/bin/sh
set -e
for word; do case $word in */root.tar) target=$word;; esac; done
tree=$(mktemp -d "$TMPDIR/mmdebstrap.XXXX")
for folder in boot etc/apt var/lib/dpkg; do mkdir -p "$tree/$folder"; done
echo "I: downloading and installing" >&2
if [ -e /proc/self/fd/3 ]; then tar -C "$tree" -xf - <&3; fi
case "$*" in *--variant=custom*) ;; *)
    echo noyau > "$tree/boot/vmlinuz-6.1"; echo initrd > "$tree/boot/initrd.img-6.1"
    echo "$SOURCES" > "$tree/etc/apt/sources.list.debian"; : > "$tree/var/lib/dpkg/status"
esac
case "$*" in *introuvable*) echo "E: Unable to locate package introuvable" >&2; exit 100;; esac
case "$*" in *enorme*) echo "tar: Cannot write: No space left on device" >&2; exit 25;; esac
case "$*" in *interminable*) echo "I: customize-hook" >&2; exec sleep 60;; esac
printf 'Package: de-%s\n\n' "$(echo "$*" | tr -dc a-z | tail -c 20)" >> "$tree/var/lib/dpkg/status"
tar -C "$tree" -cf "$target" .
echo "I: success" >&2
"""

IMAGES = {"base": "", "web": "base", "php": "web", "brouillon": "base", "seul": "base"}

COURSE = {
    "depot.yaml": (
        "schema_version: 1\ngroups:\n"
        "  - {id: sauvegarde, packages: [borgbackup]}\n"
        "  - {id: grappe, packages: [borgbackup]}\n"
        "  - {id: commun, packages: [borgbackup]}\n"
    ),
    **{
        f"topologies/{name}.yaml": (
            f"schema_version: 1\nid: {name}\ntitle: Une machine\nvms: [{{name: srv, title: site, "
            f"address: 192.168.1.10, memory_mib: 128, image: {image}}}]\n"
        )
        for name, image in {"duo": "php", "noeuds": "brouillon"}.items()
    },
    **{
        f"images/{name}.yaml": (
            f"schema_version: 1\nid: {name}\ntitle: Un rôle\nsize_mib: 512\n"
            f"packages: [{name}]\n" + (f"parent: {parent}\n" if parent else "")
        )
        for name, parent in IMAGES.items()
    },
}
"""A ready exercise's machine on ``php``, which stands on ``web``, on ``base``; a draft's on
``brouillon``; no machine on ``seul``."""


def plant_course(root: Path) -> Path:
    """Write the images' part of a course under ``root``."""
    module = root / "modules/1-essai/module.yaml"
    module.parent.mkdir(parents=True)
    module.write_text(
        'schema_version: 1\nid: 1-essai\nnumber: "1"\ntitle: Essai\nsummary: Essai.\nlessons:\n'
        "  - {id: 01-fait, title: Fait}\n  - {id: 02-draft, title: Brouillon, ready: false}\n"
    )
    for name, lesson, topology, group in (
        ("fait", "01-fait", "duo", "sauvegarde"),
        ("draft", "02-draft", "noeuds", "grappe"),
    ):
        path = root / "exercises" / name / "exercise.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(
            f"schema_version: 1\nid: {name}\ntitle: Essai\nlesson: 1-essai/{lesson}\n"
            f"level: reel\ntopology: {topology}\ndepot: [{group}]\nduration: 10m\nsteps:\n"
            "  - id: seule\n    title: Seule\n    points: 1\n    hints: [Non.]\n"
            "    checks:\n      - {id: vrai, type: command, vm: srv, title: Vrai, hint: Non., "
            "run: ['true']}\n"
            "    solution: [{vm: srv, script: s.sh}]\n"
            "    mutants: [{id: faux, title: Faux, vm: srv, script: s.sh, killed_by: [vrai]}]\n"
        )
        (path.parent / "s.sh").write_text("#!/bin/sh\n")
    for name, text in COURSE.items():
        path = root / "vm-images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def recipe(
    identifier: str, packages: list[str], parent: str | None = None, customize: str | None = None
) -> ImageRecipe:
    """A recipe of the smallest size, without overlay."""
    return ImageRecipe(
        schema_version=1,
        id=identifier,
        title=identifier,
        parent=parent,
        packages=packages,
        customize=customize,
        size_mib=512,
    )


@dataclass
class Archive:
    """A local APT archive."""

    root: Path

    @property
    def source(self) -> str:
        return f"deb [trusted=yes] file://{self.root} ./"

    def add(self, name: str, *depends: str, version: str = "1.0") -> None:
        """Make a package; it is offered from now on."""
        tree = self.root / ".tree" / name
        control = tree / "DEBIAN" / "control"
        control.parent.mkdir(parents=True)
        lines = [f"Package: {name}", f"Version: {version}", "Architecture: all"]
        lines += [f"Depends: {', '.join(depends)}"] if depends else []
        lines += ["Maintainer: pcapra-lab <essai@pcapra.invalid>", f"Description: {name}"]
        control.write_text("\n".join(lines) + "\n")
        run("dpkg-deb", "--build", "--root-owner-group", str(tree), str(self.root))
        self.index()

    def withdraw(self, name: str) -> None:
        """Delete a package's file; the index still offers it."""
        [file] = self.root.glob(f"{name}_*.deb")
        file.unlink()

    def index(self) -> None:
        packages = run("apt-ftparchive", "packages", ".", cwd=self.root)
        (self.root / "Packages").write_text(packages)


@dataclass
class Workshop:
    """A store, an archive, and catalogs of recipes on them."""

    folder: Path
    archive: Archive
    events: list[LabEvent] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return Store(self.folder / "images")

    def catalog(self, *images: ImageRecipe, groups: dict[str, list[str]]) -> ImageCatalog:
        """As a new process would see it."""
        depot = DepotRecipe(
            schema_version=1, groups=[DepotGroup(id=g, packages=p) for g, p in groups.items()]
        )
        recipes = Recipes({image.id: image for image in images}, depot, self.folder / "recettes")
        return ImageCatalog(self.store, recipes)

    def build(self, catalog: ImageCatalog, cancel: threading.Event | None = None) -> None:
        catalog.build(self.events.append, cancel)

    def leftovers(self) -> list[Path]:
        """What no build should leave."""
        scratch = (self.folder / "tmp").iterdir()
        return [*self.store.root.glob(".build-*"), *scratch]


def make_workshop(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """Everything under ``folder``; nothing in it belongs to another account."""
    for name in ("bin", "tmp", "archive", "recettes"):
        (folder / name).mkdir()
    program = folder / "bin" / "mmdebstrap"
    program.write_text(MMDEBSTRAP)
    program.chmod(0o755)
    archive = Archive(folder / "archive")
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin:/usr/sbin:/sbin")
    monkeypatch.setenv("TMPDIR", str(folder / "tmp"))
    monkeypatch.setenv("SOURCES", archive.source)
    monkeypatch.setattr(bootstrap, "private_mounts_argv", list)
    for module in ("base", "depot", "store"):
        monkeypatch.setattr(f"pcapra_lab.lab.images.{module}.namespace_argv", list)
    return Workshop(folder, archive)


def run(*argv: str, cwd: Path | None = None) -> str:
    """A program's standard output; it must succeed."""
    done = subprocess.run(argv, cwd=cwd, check=True, capture_output=True, text=True)
    return done.stdout
