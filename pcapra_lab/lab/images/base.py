"""From a recipe to a bootable disk: mmdebstrap makes the system, mke2fs the file system.

Two artifacts: the system as a tar archive (kept, role images and the depot start from it) and
the image (disk, kernel, initrd). The kernel is booted directly, so there is no boot loader.
"""

import hashlib
import os
import shlex
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path

from pcapra_lab.content.models import ImageRecipe
from pcapra_lab.errors import LabError
from pcapra_lab.lab.images.namespace import namespace_argv
from pcapra_lab.lab.images.store import LAYOUT, Artifact, Store
from pcapra_lab.lab.process import run

BUILD_TIMEOUT = 1800.0
Report = Callable[[float | None, str], None]
"""Called with a fraction (or None) and one line of detail."""

# mmdebstrap announces its stages on standard error; the share of the time each begins at was
# measured on the base recipe.
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


def build_system(
    store: Store,
    recipe: ImageRecipe,
    folder: Path,
    digest: str,
    trusted_key: Path,
    report: Report,
    cancel: threading.Event | None,
) -> Artifact:
    """The root file system of a recipe as ``root.tar``.

    Args:
        folder: where the recipe's overlay and script are.
        digest: of the recipe, its files and the key.
        trusted_key: the depot's public key, binary form.

    Raises:
        LabError: the build failed; the last lines of mmdebstrap are in the message.
    """
    if found := store.find("systeme", recipe.id, digest):
        return found
    with store.building("systeme", recipe.id, digest) as build:
        # Another process may have finished it while we waited for the lock.
        if found := store.find("systeme", recipe.id, digest):
            return found
        target = build.folder / "root.tar"
        run(
            _mmdebstrap(recipe, folder, trusted_key, target),
            timeout=BUILD_TIMEOUT,
            cancel=cancel,
            on_line=_stage_reporter(report),
            env=build_environment(),
            hint="vérifiez l'accès aux dépôts Debian, puis relancez : rien n'est perdu",
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
    with store.building("image", recipe.id, digest) as build:
        if found := store.find("image", recipe.id, digest):
            return found
        archive = system.file("root.tar")
        report(0.1, "écriture du système de fichiers")
        make_ext4(archive, build.folder, "disk.raw", recipe.size_mib, "racine", cancel)
        report(0.9, "noyau et initrd")
        _boot_files(archive, build.folder)
        artifact = build.commit()
        report(1.0, "image prête")
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
        hint="vérifiez la place sur le disque : pcapra-lab doctor",
    )


def _mmdebstrap(recipe: ImageRecipe, folder: Path, key: Path, target: Path) -> list[str]:
    argv = [
        "mmdebstrap",
        "--variant=minbase",
        "--format=tar",
        "--components=main",
        # The recipe's script cleans up. mmdebstrap keeps APT's configuration in the new system's
        # /tmp: once a script has emptied it, its own last apt-get works on the host's lists.
        "--skip=cleanup/apt",
        f"--include={','.join(recipe.packages)}",
        '--aptopt=APT::Install-Recommends "false"',
        "--dpkgopt=path-exclude=/usr/share/doc/*",
        "--dpkgopt=path-include=/usr/share/doc/*/copyright",
    ]
    if recipe.overlay:
        source = shlex.quote(str(folder / recipe.overlay))
        argv.append(
            f"--customize-hook=tar -C {source} --owner=root:0 --group=root:0 "
            '--mode=u=rwX,go=rX -cf - . | tar -C "$1" -xf - --no-overwrite-dir'
        )
    argv.append(
        f"--customize-hook=upload {shlex.quote(str(key))} /etc/apt/keyrings/pcapra-depot.gpg"
    )
    if recipe.customize:
        script = shlex.quote(str(folder / recipe.customize))
        argv += [
            f"--customize-hook=upload {script} /customize",
            '--customize-hook=chroot "$1" sh /customize',
            '--customize-hook=rm "$1/customize"',
        ]
    # Without a mirror, mmdebstrap uses Debian's own with the updates and security suites.
    mirrors = (
        os.environ.get("PCAPRA_MIRROR", "").split(",") if "PCAPRA_MIRROR" in os.environ else []
    )
    return [*argv, recipe.suite, str(target), *mirrors]


def _stage_reporter(report: Report) -> Callable[[str], None]:
    reached = 0.0

    def on_line(line: str) -> None:
        nonlocal reached
        for marker, fraction in _STAGES:
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
            f"l'image construite n'a pas de {' ni de '.join(missing)}",
            hint="la recette doit contenir un paquet linux-image et initramfs-tools",
        )


def _member(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as tar:
        source = tar.extractfile(name)
        if source is None:
            raise LabError(f"{name} manque dans {archive}", hint="reconstruisez l'image")
        return source.read()


def build_environment() -> dict[str, str]:
    """The environment of the build programs."""
    # mmdebstrap's chroot must be reachable by the mapped users: a home folder often is not.
    scratch = os.environ.get("TMPDIR", "/var/tmp")  # noqa: S108
    return {**os.environ, "TMPDIR": scratch, "LC_ALL": "C.UTF-8", "PATH": _path()}


def _path() -> str:
    # mke2fs lives in sbin, which Debian leaves out of an ordinary account's PATH.
    return os.pathsep.join([os.environ.get("PATH", "/usr/bin:/bin"), "/usr/sbin", "/sbin"])
