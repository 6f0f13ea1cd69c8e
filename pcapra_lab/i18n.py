"""The language of the interface: French, as written in the sources, or English.

``PCAPRA_LANG=en`` (or ``en_GB``, ``en_US.UTF-8``…) asks for English; anything else is French. The
course is in French whatever the interface speaks.

The environment fixes the language before anything is imported and it does not change afterwards,
so ``_()`` is as good in a module's constants, a class's ``BINDINGS`` or an option's help as in a
function. A value that is stored or compared (a ``StrEnum`` in a database, a lock file or YAML)
must not change with the language: mark it with ``N_()``, and translate it where it is shown.

French costs nothing: no catalogue is opened, nor is the standard library's reader imported.
"""

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gettext import NullTranslations

VARIABLE: Final = "PCAPRA_LANG"
LOCALES: Final = Path(__file__).parent / "locale"
DOMAIN: Final = "pcapra_lab"


def _chosen(wanted: str) -> str:
    language = wanted.strip().lower().replace("-", "_").partition("_")[0].partition(".")[0]
    return "en" if language == "en" else "fr"


LANGUAGE: Final = _chosen(os.environ.get(VARIABLE, ""))
"""``fr`` or ``en``."""

FRENCH: Final = LANGUAGE == "fr"


@cache
def _catalogue() -> "NullTranslations":
    from gettext import translation

    return translation(DOMAIN, LOCALES, [LANGUAGE])


def _(message: str) -> str:
    """``message`` in the interface's language.

    Placeholders are filled afterwards: ``_("{vm} est prête").format(vm=name)``. An f-string
    cannot be translated: it is filled before it is looked up.
    """
    return message if FRENCH else _catalogue().gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """``one`` or ``many``, as ``count`` asks: French says « 0 point », English « 0 points »."""
    if FRENCH:
        return one if abs(count) < 2 else many
    return _catalogue().ngettext(one, many, count)


def pgettext(context: str, message: str) -> str:
    """A word that is one in French and several in English, told apart by ``context``."""
    return message if FRENCH else _catalogue().pgettext(context, message)


def N_(message: str) -> str:
    """Mark a word for the catalogue without translating it: it is stored as it is."""
    return message
