"""The offline depot: a signed flat APT repository on a read-only disk.

The closure of each group of packages is computed by APT itself, rootless, against the package
list of the base image, so it is exactly what ``apt install`` will ask for in a guest
(Recommends included, as a guest's default is).
"""

import hashlib
import os
import shutil
import threading
from pathlib import Path

from pcapra_lab.content.models import DepotRecipe
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.images.apt import Apt
from pcapra_lab.lab.images.base import Report
from pcapra_lab.lab.images.bootstrap import build_environment
from pcapra_lab.lab.images.namespace import namespace_argv
from pcapra_lab.lab.images.signing import sign
from pcapra_lab.lab.images.store import LAYOUT, Artifact, Build, Store
from pcapra_lab.lab.process import run

SLACK = 1.15
"""ext4's own needs, on top of the packages' size."""
DISK = "depot.raw"
ARCHIVES = "debs"
"""The store's folder of downloaded packages."""


def build_depot(
    store: Store,
    recipe: DepotRecipe,
    system: Artifact,
    key: Artifact,
    report: Report,
    cancel: threading.Event | None,
) -> Artifact:
    """The depot disk ``depot.raw`` for guests whose packages are ``system``'s.

    Downloaded packages are kept in the store's ``debs`` folder, so that a depot that grows by
    one group downloads only that group.

    Raises:
        LabError: a package does not exist, or the archive cannot be reached.
    """
    digest = depot_digest(recipe, system)
    if found := store.find("depot", "depot", digest):
        return found
    with store.building("depot", "depot", digest, cancel) as build:
        if found := store.find("depot", "depot", digest):
            return found
        names = _download(store, recipe, system, build, report, cancel)
        report(0.8, _("{count} paquets, index et signature").format(count=len(names)))
        _index(store.root / ARCHIVES, names, build.folder, key, cancel)
        pack(build.folder, DISK, "depot", cancel)
        artifact = build.commit()
        report(1.0, _("{count} paquets").format(count=len(names)))
        return artifact


def depot_digest(recipe: DepotRecipe, system: Artifact) -> str:
    """The name of the depot for guests made of ``system``."""
    stamp = f"{LAYOUT} {recipe.model_dump_json()} {system.manifest.digest}"
    return hashlib.sha256(stamp.encode()).hexdigest()


def drop_unused_packages(store: Store) -> int:
    """Delete downloaded packages that no depot of the store holds; returns the bytes freed.

    Under the depot's lock: a build in progress counts on what it has fetched.
    """
    freed = 0
    with store.locked("depot-depot"):
        depots = [a for a in store.all() if a.manifest.kind == "depot"]
        used = {name for depot in depots for name in packages_of(depot.file(DISK))}
        archives = store.root / ARCHIVES
        for path in [*archives.glob("*.deb"), *archives.glob("partial/*")]:
            if path.name not in used:
                freed += path.stat().st_size
                path.unlink()
    return freed


def packages_of(disk: Path) -> set[str]:
    """The package files on a depot's disk, as debugfs(8) lists them."""
    listing = run(
        ["debugfs", "-R", "ls -p /", str(disk)],
        timeout=60,
        env=build_environment(),
        hint=_("un dépôt illisible se supprime (son dossier entier) : il sera reconstruit"),
    )
    # /inode/mode/user/group/name/size/
    names = {line.split("/")[5] for line in listing.splitlines() if line.startswith("/")}
    return {name for name in names if name.endswith(".deb")}


def _download(
    store: Store,
    recipe: DepotRecipe,
    system: Artifact,
    build: Build,
    report: Report,
    cancel: threading.Event | None,
) -> list[str]:
    """Fetch every group's closure; returns the file names it is made of."""
    archives = store.root / ARCHIVES
    (archives / "partial").mkdir(parents=True, exist_ok=True)
    apt = Apt(build.folder / "apt", archives, system, cancel)
    report(0.05, _("listes de paquets"))
    apt.run("update")
    names: set[str] = set()
    for done, group in enumerate(recipe.groups):
        report(0.2 + 0.6 * done / len(recipe.groups), _("groupe {id}").format(id=group.id))
        apt.run("install", "--download-only", *group.packages)
        wanted = apt.closure(group.packages)
        missing = [n for n in wanted if not (archives / n).exists()]
        if missing or not wanted:
            raise LabError(
                _("dépôt, groupe {id} : paquets non téléchargés : {missing}").format(
                    id=group.id, missing=", ".join(missing)
                ),
                hint=_("relancez « pcapra-lab image build »"),
            )
        names.update(wanted)
    shutil.rmtree(build.folder / "apt")
    return sorted(names)


def _index(
    archives: Path, names: list[str], folder: Path, key: Artifact, cancel: threading.Event | None
) -> None:
    tree = folder / "tree"
    tree.mkdir()
    for name in names:
        os.link(archives / name, tree / name)
        (tree / name).chmod(0o644)
    sign_packages(tree, key, folder / "Release", "depot", cancel)


def sign_packages(
    tree: Path, key: Artifact, release_file: Path, suite: str, cancel: threading.Event | None
) -> None:
    """Make a folder of packages a signed flat repository (sources.list(5), ``Suites: ./``).

    Args:
        release_file: scratch, outside of ``tree``.
    """
    packages = run(["apt-ftparchive", "packages", "."], timeout=300, cancel=cancel, cwd=tree)
    (tree / "Packages").write_text(packages)
    release = run(
        [
            "apt-ftparchive",
            "-o=APT::FTPArchive::Release::Origin=pcapra-lab",
            "-o=APT::FTPArchive::Release::Label=Dépôt hors ligne pcapra-lab",
            f"-o=APT::FTPArchive::Release::Suite={suite}",
            "release",
            ".",
        ],
        timeout=120,
        cancel=cancel,
        cwd=tree,
    )
    release_file.write_text(backdated(release))
    sign(key, release_file, tree / "InRelease", cancel)
    (tree / "InRelease").chmod(0o644)


def backdated(release: str) -> str:
    """A Release file dated at the Unix epoch's decade: no guest clock is before it.

    APT refuses a Release whose ``Date`` is in the guest's future (apt.conf(5),
    ``Acquire::Max-FutureTime``); without ``Valid-Until`` it accepts any past date.
    """
    return (
        "\n".join(
            "Date: Sat, 01 Jan 2022 00:00:00 UTC" if line.startswith("Date:") else line
            for line in release.splitlines()
            if not line.startswith("Valid-Until:")
        )
        + "\n"
    )


def pack(folder: Path, disk: str, label: str, cancel: threading.Event | None) -> None:
    """Turn ``folder/tree`` into an ext4 image beside it; the tree is gone then."""
    size = sum(f.stat().st_size for f in (folder / "tree").rglob("*") if f.is_file())
    mib = int(size * SLACK / 2**20) + 16
    script = (
        'set -e; truncate -s "$1M" "$2"; '
        'mke2fs -q -F -t ext4 -O ^has_journal -m 0 -L "$3" -d tree "$2"; rm -rf tree Release'
    )
    run(
        [*namespace_argv(), "sh", "-c", script, "sh", str(mib), disk, label],
        timeout=600,
        cancel=cancel,
        cwd=folder,
        env=build_environment(),
    )
