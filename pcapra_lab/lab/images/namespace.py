"""Being root without being root: a user namespace for what must own files as root.

As root nothing is needed. Otherwise util-linux maps the account to uid 0 and its sub-uid range
to the rest (unshare(1), ``--map-root-user --map-auto``), so a root file system can be unpacked
with its owners inside the account's own folder.
"""

import os
import pwd
import shutil
from pathlib import Path

from pcapra_lab.errors import EnvironmentProblem
from pcapra_lab.i18n import _

SUBUIDS_NEEDED = 65536


def namespace_argv() -> list[str]:
    """The prefix that runs a program as (mapped) root. Empty when already root.

    Raises:
        EnvironmentProblem: no sub-uid range, or ``newuidmap`` is missing.
    """
    if os.geteuid() == 0:
        return []
    if problem := namespace_problem():
        raise problem
    return ["unshare", "--user", "--map-root-user", "--map-auto", "--"]


def private_mounts_argv() -> list[str]:
    """The prefix for a program that mounts, so that nothing it leaves mounted outlives it.

    As root, mmdebstrap mounts the host's ``/dev``, ``/proc`` and ``/sys`` into its tree, in the
    host's own mount namespace. Otherwise it makes a user namespace, which has its own mounts.
    """
    return ["unshare", "--mount", "--"] if os.geteuid() == 0 else []


def namespace_problem() -> EnvironmentProblem | None:
    """Why this account cannot map users, or None."""
    if shutil.which("newuidmap") is None:
        return EnvironmentProblem(
            _("le programme « newuidmap » manque"),
            hint=_("sudo apt install uidmap (ou : pcapra-lab doctor --fix)"),
        )
    user = pwd.getpwuid(os.geteuid()).pw_name
    for table in (Path("/etc/subuid"), Path("/etc/subgid")):
        if not _has_range(table, user):
            return EnvironmentProblem(
                _("le compte {user} n'a pas de plage dans {table}").format(user=user, table=table),
                hint=f"sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 {user}",
            )
    return None


def _has_range(table: Path, user: str) -> bool:
    if not table.exists():
        return False
    for line in table.read_text().splitlines():
        owner, __, rest = line.partition(":")
        count = rest.rpartition(":")[2]
        mine = owner in (user, str(os.geteuid()))
        if mine and count.isdigit() and int(count) >= SUBUIDS_NEEDED:
            return True
    return False
