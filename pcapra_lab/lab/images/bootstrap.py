"""The mmdebstrap commands that make a system: a whole one, or a role upon one that exists.

Both leave a tar archive. See mmdebstrap(1), HOOKS and EXAMPLES (« re-use a chroot tarball »).
"""

import os
import shlex
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pcapra_lab.content.models import ImageRecipe
from pcapra_lab.lab.images.namespace import private_mounts_argv
from pcapra_lab.lab.images.store import remove_tree

_SCRATCH = "pcapra-build-"

_WITHOUT_DOCUMENTATION = [
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-include=/usr/share/doc/*/copyright",
]

# Archives are handed over open, as descriptor 3: in mmdebstrap's user namespace, root may not
# enter the account's folders (Debian makes homes closed to others, adduser.conf(5), DIR_MODE).
_WITH_ARCHIVE = 'archive=$1; shift; exec "$@" 3<"$archive"'
_WITH_OVERLAY = """set -e
tree=$1 archive=$2; shift 2
tar -C "$tree" --owner=root:0 --group=root:0 --mode=u=rwX,go=rX -cf "$archive" .
exec 3<"$archive"
rm "$archive"
exec "$@"
"""

# Device nodes: a user namespace may not make them, and mmdebstrap makes its own.
_UNPACK = (
    'tar --extract --file=- --directory="$1" --numeric-owner --preserve-permissions '
    "--xattrs --xattrs-include='*' --exclude='./dev/*' <&3"
)

# Inside the new system, so that nothing of the host's APT is read or written; from where the
# parent came, and not from the depot, whose disk is not there.
_INSTALL = """set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
debian() {
    apt-get -o Dir::Etc::SourceList=/etc/apt/sources.list.debian -o Dir::Etc::SourceParts=- "$@"
}
debian update --error-on=any
debian install --yes --no-install-recommends -- "$@"
"""

# What mmdebstrap brought from the host, and what an installation leaves. A link in place of
# resolv.conf is a package's own.
_TIDY = """set -eu
apt-get clean
[ -L /etc/resolv.conf ] || rm -f /etc/resolv.conf
rm -f /etc/hostname /etc/ssh/ssh_host_* /etc/dpkg/dpkg.cfg.d/99mmdebstrap
rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/*.log
"""


def whole_system(recipe: ImageRecipe, folder: Path, key: Path, target: Path) -> list[str]:
    """The command that makes a system from nothing.

    Args:
        folder: where the recipe's overlay and script are.
        key: the depot's public key, binary form.
        target: the tar archive to write.
    """
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
        *_WITHOUT_DOCUMENTATION,
    ]
    opened: list[str] = []
    if recipe.overlay:
        tree, archive = folder / recipe.overlay, target.with_name("overlay.tar")
        opened = ["sh", "-c", _WITH_OVERLAY, "sh", str(tree), str(archive)]
        argv.append('--customize-hook=tar -C "$1" -xf - --no-overwrite-dir <&3')
    argv.append(
        f"--customize-hook=upload {shlex.quote(str(key))} /etc/apt/keyrings/pcapra-depot.gpg"
    )
    argv += _script_hooks(recipe, folder)
    # Without a mirror, mmdebstrap uses Debian's own with the updates and security suites.
    mirrors = (
        os.environ.get("PCAPRA_MIRROR", "").split(",") if "PCAPRA_MIRROR" in os.environ else []
    )
    return [*private_mounts_argv(), *opened, *argv, recipe.suite, str(target), *mirrors]


def role_system(recipe: ImageRecipe, folder: Path, parent: Path, target: Path) -> list[str]:
    """The command that installs a role's packages on its parent's system.

    mmdebstrap lends its namespace, its mounts and its refusal to start daemons (``policy-rc.d``);
    the packages are installed by the new system's own APT.

    Args:
        folder: where the recipe's script is.
        parent: the parent's system, a tar archive.
        target: the tar archive to write.
    """
    packages = shlex.join(recipe.packages)
    options = [
        "--variant=custom",
        "--format=tar",
        "--skip=update,cleanup/apt",
        *_WITHOUT_DOCUMENTATION,
        f"--setup-hook={_UNPACK}",
        f'--customize-hook=chroot "$1" sh -c {shlex.quote(_INSTALL)} sh {packages}',
        *_script_hooks(recipe, folder),
        f'--customize-hook=chroot "$1" sh -c {shlex.quote(_TIDY)}',
    ]
    # No suite and an empty mirror: the parent brings its own sources.
    command = ["mmdebstrap", *options, "", str(target), ""]
    opened = ["sh", "-c", _WITH_ARCHIVE, "sh", str(parent)]
    return [*private_mounts_argv(), *opened, *command]


def _script_hooks(recipe: ImageRecipe, folder: Path) -> list[str]:
    """The recipe's script, run by ``chroot`` in the new system."""
    if recipe.customize is None:
        return []
    script = shlex.quote(str(folder / recipe.customize))
    return [
        f"--customize-hook=upload {script} /customize",
        '--customize-hook=chroot "$1" sh /customize',
        '--customize-hook=rm "$1/customize"',
    ]


@contextmanager
def build_scratch() -> Iterator[dict[str, str]]:
    """The environment of one mmdebstrap, whose temporary tree is gone afterwards.

    A killed mmdebstrap leaves hundreds of mebibytes; those of dead builders are swept too.
    """
    environment = build_environment()
    base = Path(environment["TMPDIR"])
    for left in base.glob(f"{_SCRATCH}*"):
        builder = left.name.removeprefix(_SCRATCH).split("-")[0]
        with suppress(FileNotFoundError):
            if left.lstat().st_uid == os.geteuid() and not Path("/proc", builder).exists():
                remove_tree(left)
    folder = Path(tempfile.mkdtemp(prefix=f"{_SCRATCH}{os.getpid()}-", dir=base))
    # The users of mmdebstrap's namespace must write in it.
    folder.chmod(0o1777)
    try:
        yield {**environment, "TMPDIR": str(folder)}
    finally:
        remove_tree(folder)


def build_environment() -> dict[str, str]:
    """The environment of the build programs."""
    # mmdebstrap's chroot must be reachable by the mapped users: a home folder often is not.
    scratch = os.environ.get("TMPDIR", "/var/tmp")  # noqa: S108
    return {**os.environ, "TMPDIR": scratch, "LC_ALL": "C.UTF-8", "PATH": _path()}


def _path() -> str:
    # mke2fs lives in sbin, which Debian leaves out of an ordinary account's PATH.
    return os.pathsep.join([os.environ.get("PATH", "/usr/bin:/bin"), "/usr/sbin", "/sbin"])
