"""A lesson's blocks in lines."""

import textwrap

from pcapra_lab.cli.plain_prose import prose
from pcapra_lab.cli.plain_voice import Voice
from pcapra_lab.content.blocks import Block, CommandBlock, FileBlock, Prose, ShowBlock


def tell(block: Block, voice: Voice, number: int = 0) -> None:
    """A block's text, and where it belongs."""
    voice.say()
    match block:
        case Prose(markdown=markdown):
            voice.show(prose(markdown))
        case ShowBlock(code=code):
            voice.show(f"Pour lecture :\n{_set_in(code)}")
        case CommandBlock(vm=vm, code=code):
            name = f"Commande {number}" if number else "Commande"
            voice.show(f"{name}, sur {vm} :\n{_set_in(code)}")
        case FileBlock(vm=vm, path=path, content=content, mode=mode):
            name = f"Fichier {number}" if number else "Fichier"
            voice.show(f"{name}, sur {vm} : {path}, mode {mode} :\n{_set_in(content)}")


def _set_in(code: str) -> str:
    return textwrap.indent(code.rstrip("\n"), "    ")
