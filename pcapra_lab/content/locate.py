"""Where the course's files are, and paths that stay where they belong."""

import os
from pathlib import Path

from pcapra_lab.errors import ContentError
from pcapra_lab.i18n import _

VARIABLE = "PCAPRA_CONTENT"
"""Environment variable that names another content folder, for course authors."""

FOLDERS = ("modules", "exercises", "vm-images")


def content_root() -> Path:
    """The folder that holds ``modules/``, ``exercises/`` and ``vm-images/``.

    ``PCAPRA_CONTENT`` first, then what the wheel carries, then the checkout.

    Raises:
        ContentError: none of them is there.
    """
    if given := os.environ.get(VARIABLE):
        return course_root(Path(given), VARIABLE)
    return program_root()


def course_root(given: Path, asked_by: str) -> Path:
    """The folder a person named, once it is seen to hold a course.

    Raises:
        ContentError: it does not.
    """
    root = given.expanduser().resolve()
    if not _is_root(root):
        raise ContentError(
            _("{asked_by} désigne {root}, qui ne contient pas {folders}.").format(
                asked_by=asked_by, root=root, folders=", ".join(FOLDERS)
            ),
            hint=_("Donnez à {asked_by} un dossier de cours complet, ou retirez-la.").format(
                asked_by=asked_by
            ),
        )
    return root


def program_root() -> Path:
    """The folder of the program's own course and files: the wheel's, or the checkout.

    Raises:
        ContentError: neither is there.
    """
    package = Path(__file__).resolve().parents[1]
    for root in (package / "_content", package.parent):
        if _is_root(root):
            return root
    raise ContentError(
        _("Les fichiers du cours sont introuvables."),
        hint=_("Réinstallez pcapra-lab, ou donnez leur dossier dans {variable}.").format(
            variable=VARIABLE
        ),
    )


def _is_root(folder: Path) -> bool:
    return all((folder / name).is_dir() for name in FOLDERS)


def inside(folder: Path, relative: str) -> Path:
    """The existing file or folder that ``relative`` names, links followed.

    Raises:
        ValueError: it is absent, or a link leads out of ``folder``; the message says which.
    """
    try:
        path = (folder / relative).resolve(strict=True)
    except (OSError, RuntimeError):
        raise ValueError(
            _("« {relative} » n'existe pas dans {name}/").format(
                relative=relative, name=folder.name
            )
        ) from None
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(
            _("« {relative} » mène hors de {name}/").format(relative=relative, name=folder.name)
        )
    return path
