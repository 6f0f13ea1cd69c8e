"""The command line in the interface's language: the commands' help, and click's own words."""

import gettext
import inspect
import re
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Final

import click

from pcapra_lab.i18n import FRENCH, LOCALES, _

AS_IS: Final = "\b\n"
"""How click marks a paragraph whose lines it must leave alone."""
CLICK: Final = "click"
"""The domain of click's own words: from English to French, the other way round."""
_TYPES: Final = {
    "float": "NOMBRE",
    "float range": "NOMBRE",
    "integer": "ENTIER",
    "integer range": "ENTIER",
    "path": "CHEMIN",
    "text": "TEXTE",
}


def speak(root: click.Command) -> None:
    """Put a command, those under it and click itself into the interface's language."""
    if FRENCH:
        _teach_click()
    for command in _tree(root):
        if FRENCH:
            _place_holders(command)
        elif command.help:
            command.help = "\n\n".join(_translated(one) for one in paragraphs(command.help))


def _place_holders(command: click.Command) -> None:
    """The words in capitals of a usage, which click takes from its own names."""
    if isinstance(command, click.Group):
        metavar = command.subcommand_metavar or ""
        command.subcommand_metavar = metavar.replace("COMMAND", "COMMANDE")
    for option in command.params:
        if isinstance(option, click.Option) and option.metavar is None and not option.is_flag:
            option.metavar = _TYPES.get(option.type.name)


def paragraphs(text: str) -> list[str]:
    """A help text's paragraphs, each on one line unless its lines are to be left alone."""
    found = re.split(r"\n\s*\n", inspect.cleandoc(text))
    return [one if one.startswith(AS_IS) else " ".join(one.split()) for one in found]


def _translated(paragraph: str) -> str:
    marker = AS_IS if paragraph.startswith(AS_IS) else ""
    return marker + _(paragraph.removeprefix(AS_IS))


def _tree(command: click.Command) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from _tree(below)


def _teach_click() -> None:
    """Give click French words.

    It looks its words up in the language of the process's locale, which is not the interface's,
    and which programs started from here go by: so its functions are replaced, not the locale.
    """
    words = gettext.translation(CLICK, LOCALES, ["fr"])
    for module in click_modules():
        for name, ours in (("_", words.gettext), ("ngettext", words.ngettext)):
            if hasattr(module, name):
                setattr(module, name, ours)


def click_modules() -> list[ModuleType]:
    """Click's modules, of those that are loaded."""
    return [module for name, module in sys.modules.items() if name.startswith("click.")]
