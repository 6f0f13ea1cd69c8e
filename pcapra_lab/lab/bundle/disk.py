"""The disk that machines see: some products' files, as a read-only ext4 image.

Debian packages are offered by a flat repository of their own, signed with the key that the images
trust already for the depot.
"""

import hashlib
import os
import re
import shutil
import tarfile
import threading
from collections.abc import Sequence
from pathlib import Path

from pcapra_lab.content.bundle import BundleKind
from pcapra_lab.errors import EnvironmentProblem, LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.bundle.bringing import WrongFile
from pcapra_lab.lab.bundle.digest import digest
from pcapra_lab.lab.bundle.library import Held, Library, State
from pcapra_lab.lab.host import free_disk_mib
from pcapra_lab.lab.images.depot import pack, sign_packages
from pcapra_lab.lab.images.signing import signing_key
from pcapra_lab.lab.images.store import LAYOUT, Artifact, Store

KIND = "lot"
DISK = "lot.raw"
LABEL = "bundle"
PACKAGES = "paquets"
"""The folder of the disk that is an APT repository."""
_IDENTIFIER = "formateur"
_PACKAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+~_%-]*\.deb")
_COPIES = 3
_PACKAGE_KINDS = (BundleKind.DEB, BundleKind.DEBS)


def find_disk(store: Store, library: Library, products: Sequence[str]) -> Artifact | None:
    """The disk with these products as they are today; None if it is to be made."""
    held = library.held(library.products(products))
    return store.find(KIND, _IDENTIFIER, _stamp(held))


def build_disk(
    store: Store,
    library: Library,
    products: Sequence[str],
    cancel: threading.Event | None,
) -> Artifact:
    """Make the disk with these products, unless it is there.

    Raises:
        WrongFile: a file is no longer what was verified.
        LabError: a product is not there, or an archive of packages is not one.
        EnvironmentProblem: it does not fit.
        Cancelled: ``cancel`` was set.
    """
    held = library.held(library.products(products))
    stamp = _stamp(held)
    if found := store.find(KIND, _IDENTIFIER, stamp):
        return found
    _check_room(store, held)
    signs = any(one.file.kind in _PACKAGE_KINDS for one in held)
    key = signing_key(store, cancel) if signs else None
    with store.building(KIND, _IDENTIFIER, stamp, cancel) as build:
        if found := store.find(KIND, _IDENTIFIER, stamp):
            return found
        tree = build.folder / "tree"
        tree.mkdir()
        for one in held:
            _lay(one, tree, cancel)
        if key is not None:
            sign_packages(tree / PACKAGES, key, build.folder / "Release", LABEL, cancel)
        pack(build.folder, DISK, LABEL, cancel)
        return build.commit()


def _check_room(store: Store, held: Sequence[Held]) -> None:
    """Packages are copied out of their archive before they go onto the disk."""
    files = [one for one in held if one.state is State.PRESENT]
    needed = sum(one.path.stat().st_size for one in files) * _COPIES // 2**20 + 16
    if (free := free_disk_mib(store.root)) < needed:
        raise EnvironmentProblem(
            _("place insuffisante : {needed} Mio à écrire dans {folder}, {free} Mio libres").format(
                needed=needed, folder=store.root, free=free
            ),
            hint=_("libérez de la place, ou placez le cache ailleurs avec PCAPRA_HOME"),
        )


def _stamp(held: Sequence[Held]) -> str:
    wanted = [
        f"{one.product.id} {one.file.name} {one.file.kind} {one.expected and one.expected.sha256}"
        for one in held
    ]
    return hashlib.sha256("\n".join([str(LAYOUT), *wanted]).encode()).hexdigest()


def _lay(one: Held, tree: Path, cancel: threading.Event | None) -> None:
    """Put a file where the machines will find it."""
    if one.state is not State.PRESENT or one.expected is None:
        raise LabError(
            _("{name} : {state}, le disque du lot ne peut pas être fait").format(
                name=one.file.name, state=one.state.word
            ),
            hint=f"pcapra-lab bundle fetch {one.product.id}",
        )
    packages = one.file.kind in _PACKAGE_KINDS
    folder = tree / (PACKAGES if packages else one.product.id)
    folder.mkdir(exist_ok=True)
    if digest(one.path, cancel) != one.expected.sha256:
        raise WrongFile(
            _("{path} a changé depuis qu'il a été vérifié : rien n'en est fait").format(
                path=one.path
            ),
            hint=_("pcapra-lab bundle verify, puis bundle fetch"),
        )
    if one.file.kind is BundleKind.DEBS:
        _unpack(one, folder)
    else:
        _link(one.path, folder / one.file.name)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        # Another file system, or one without links.
        shutil.copyfile(source, target)
        shutil.copymode(source, target)


def _unpack(one: Held, folder: Path) -> None:
    """The packages of an archive, by their names alone; anything else in it is refused."""
    count = 0
    try:
        # Not compressed: what comes out is what was weighed.
        with tarfile.open(one.path, "r:") as tar:
            for member in tar:
                if member.isdir():
                    continue
                name = Path(member.name).name
                source = tar.extractfile(member) if member.isreg() else None
                if source is None or not _PACKAGE.fullmatch(name) or (folder / name).exists():
                    raise _not_packages(one, _("« {name} » y est").format(name=member.name))
                with (folder / name).open("xb") as target:
                    shutil.copyfileobj(source, target)
                (folder / name).chmod(0o644)
                count += 1
    except tarfile.TarError as error:
        raise _not_packages(one, str(error)) from error
    if not count:
        raise _not_packages(one, _("elle est vide"))


def _not_packages(one: Held, why: str) -> LabError:
    return LabError(
        _("{name} n'est pas une archive tar, non compressée, de paquets Debian : {why}").format(
            name=one.file.name, why=why
        ),
        hint=_("refaites-la, puis : pcapra-lab bundle pin {name} FICHIER").format(
            name=one.file.name
        ),
    )
