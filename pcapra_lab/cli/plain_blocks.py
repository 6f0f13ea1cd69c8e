"""A lesson's blocks in lines."""

import textwrap

from pcapra_lab.cli.plain_prose import prose
from pcapra_lab.cli.plain_voice import Voice
from pcapra_lab.content.blocks import Block, CommandBlock, FileBlock, Prose, ShowBlock
from pcapra_lab.i18n import _


def tell(block: Block, voice: Voice, number: int = 0) -> None:
    """A block's text, and where it belongs."""
    voice.say()
    match block:
        case Prose(markdown=markdown):
            voice.show(prose(markdown))
        case ShowBlock(code=code):
            voice.show(_("Pour lecture :\n{set_in}").format(set_in=_set_in(code)))
        case CommandBlock(vm=vm, code=code):
            name = _("Commande {number}").format(number=number) if number else _("Commande")
            voice.show(
                _("{name}, sur {vm} :\n{set_in}").format(name=name, vm=vm, set_in=_set_in(code))
            )
        case FileBlock(vm=vm, path=path, content=content, mode=mode):
            name = _("Fichier {number}").format(number=number) if number else _("Fichier")
            voice.show(
                _("{name}, sur {vm} : {path}, mode {mode} :\n{set_in}").format(
                    name=name, vm=vm, path=path, mode=mode, set_in=_set_in(content)
                )
            )


def _set_in(code: str) -> str:
    return textwrap.indent(code.rstrip("\n"), "    ")
