"""From a recipe to a bootable disk: mmdebstrap makes the system, mke2fs the file system.

Two artifacts: the system as a tar archive (kept, role images and the depot start from it) and
the image (disk, kernel, initrd). The kernel is booted directly, so there is no boot loader.
"""

import hashlib
import tarfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from pcapra_lab.content.models import ImageRecipe
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.images.bootstrap import build_environment, build_scratch
from pcapra_lab.lab.images.namespace import namespace_argv
from pcapra_lab.lab.images.room import room_watched
from pcapra_lab.lab.images.store import LAYOUT, Artifact, Store
from pcapra_lab.lab.process import run

BUILD_TIMEOUT = 1800.0
SYSTEM = "root.tar"
"""The archive of a system artifact."""
Report = Callable[[float | None, str], None]
"""Called with a fraction (or None) and one line of detail."""

# mmdebstrap announces its stages on standard error, APT its own; the share of the time each
# begins at was measured on the base recipe, and on a role.
_STAGES = (
    ("downloading and installing", 0.02),
    ("extracting archives", 0.20),
    ("installing essential", 0.26),
    ("downloading packages", 0.34),
    ("installing remaining", 0.42),
    ("customize-hook", 0.78),
    ("cleaning", 0.92),
    ("creating tarball", 0.94),
    ("success", 1.0),
)
_ROLE_STAGES = (
    ("setup-hook", 0.02),
    ("Reading package lists", 0.30),
    ("Need to get", 0.50),
    ("Unpacking", 0.60),
    ("Setting up", 0.70),
    ("creating tarball", 0.85),
    ("success", 1.0),
)


def build_system(
    store: Store,
    recipe: ImageRecipe,
    digest: str,
    command: Callable[[Path], Sequence[str]],
    report: Report,
    cancel: threading.Event | None,
) -> Artifact:
    """The root file system of a recipe as ``root.tar``.

    Args:
        digest: of all that the system is made of.
        command: what makes the archive at the path it is given (``bootstrap``).

    Raises:
        LabError: the build failed; the last lines of mmdebstrap are in the message.
    """
    if found := store.find("systeme", recipe.id, digest):
        return found
    with store.building("systeme", recipe.id, digest, cancel) as build:
        # Another process may have finished it while we waited for the lock.
        if found := store.find("systeme", recipe.id, digest):
            return found
        target = build.folder / SYSTEM
        stages = _STAGES if recipe.parent is None else _ROLE_STAGES
        with build_scratch() as environment:
            scratch = Path(environment["TMPDIR"]).parent
            with room_watched({scratch: "TMPDIR", store.root: "PCAPRA_HOME"}) as hear:
                run(
                    command(target),
                    timeout=BUILD_TIMEOUT,
                    cancel=cancel,
                    on_line=_told(hear, _stage_reporter(report, stages)),
                    env=environment,
                    hint=_("vérifiez l'accès aux dépôts Debian, puis relancez : rien n'est perdu"),
                )
        for name, member in (
            ("dpkg-status", "./var/lib/dpkg/status"),
            ("sources.list", "./etc/apt/sources.list.debian"),
        ):
            (build.folder / name).write_bytes(_member(target, member))
        return build.commit()


def build_image(
    store: Store,
    recipe: ImageRecipe,
    system: Artifact,
    report: Report,
    cancel: threading.Event | None,
) -> Artifact:
    """A system's bootable image: ``disk.raw`` (sparse ext4), ``vmlinuz``, ``initrd.img``."""
    digest = image_digest(system, recipe)
    if found := store.find("image", recipe.id, digest):
        return found
    with store.building("image", recipe.id, digest, cancel) as build:
        if found := store.find("image", recipe.id, digest):
            return found
        archive = system.file(SYSTEM)
        report(0.1, _("écriture du système de fichiers"))
        make_ext4(archive, build.folder, "disk.raw", recipe.size_mib, "racine", cancel)
        report(0.9, _("noyau et initrd"))
        _boot_files(archive, build.folder)
        artifact = build.commit()
        report(1.0, _("image prête"))
        return artifact


def image_digest(system: Artifact, recipe: ImageRecipe) -> str:
    """The name of the image made of a system."""
    stamp = f"{LAYOUT} {system.manifest.digest} {recipe.size_mib}"
    return hashlib.sha256(stamp.encode()).hexdigest()


def make_ext4(
    archive: Path,
    folder: Path,
    name: str,
    size_mib: int,
    label: str,
    cancel: threading.Event | None,
) -> None:
    """An ext4 file system holding a tar archive's tree, owners kept, in ``folder/name``."""
    # No device nodes: a user namespace may not make them, and the guest mounts devtmpfs.
    script = (
        'set -e; mkdir tree; tar --numeric-owner --xattrs --exclude="./dev/*" -xpf "$1" -C tree; '
        'truncate -s "$3M" "$2"; mke2fs -q -F -t ext4 -L "$4" -E lazy_itable_init=0 -d tree "$2"; '
        "rm -rf tree"
    )
    run(
        [*namespace_argv(), "sh", "-c", script, "sh", str(archive), name, str(size_mib), label],
        timeout=BUILD_TIMEOUT,
        cancel=cancel,
        cwd=folder,
        env=build_environment(),
        hint=_("vérifiez la place sur le disque : pcapra-lab doctor"),
    )


def _told(*listeners: Callable[[str], None]) -> Callable[[str], None]:
    def on_line(line: str) -> None:
        for listener in listeners:
            listener(line)

    return on_line


def _stage_reporter(report: Report, stages: Sequence[tuple[str, float]]) -> Callable[[str], None]:
    reached = 0.0

    def on_line(line: str) -> None:
        nonlocal reached
        for marker, fraction in stages:
            if marker in line:
                reached = max(reached, fraction)
        report(reached, line.removeprefix("I: ")[:160])

    return on_line


def _boot_files(archive: Path, folder: Path) -> None:
    wanted = {"vmlinuz-": "vmlinuz", "initrd.img-": "initrd.img"}
    with tarfile.open(archive) as tar:
        for member in tar:
            name = member.name.removeprefix("./")
            for prefix, target in wanted.items():
                if member.isfile() and name.startswith(f"boot/{prefix}"):
                    source = tar.extractfile(member)
                    if source is not None:
                        (folder / target).write_bytes(source.read())
                        (folder / target).chmod(0o644)
    missing = [t for t in wanted.values() if not (folder / t).exists()]
    if missing:
        raise LabError(
            _("l'image construite n'a pas de {missing}").format(missing=_(" ni de ").join(missing)),
            hint=_("la recette doit contenir un paquet linux-image et initramfs-tools"),
        )


def _member(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as tar:
        try:
            source = tar.extractfile(name)
        except KeyError:
            source = None
        if source is None:
            raise LabError(
                _("le système construit n'a pas de fichier {name}").format(
                    name=name.removeprefix(".")
                ),
                hint=_("la recette l'a déplacé ou supprimé : le dépôt en a besoin"),
            )
        return source.read()
