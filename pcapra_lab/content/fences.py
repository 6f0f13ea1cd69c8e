"""A lesson's fenced code: its info string into a block."""

import hashlib
import re
import shlex

from pcapra_lab.content.base import GuestPath, Mode, Strict, VmName
from pcapra_lab.content.blocks import CommandBlock, FileBlock, ShowBlock
from pcapra_lab.content.problems import shown
from pcapra_lab.content.strict_yaml import validate

FencedBlock = CommandBlock | FileBlock | ShowBlock

KEY_LENGTH = 12
"""Hexadecimal digits of a block's key: 48 bits, far beyond a lesson's few dozen blocks."""

_AFTER_LANGUAGE = re.compile(r"[\s{]")
_ATTRIBUTE = re.compile(r"([A-Za-z_-]+)(?:=(.*))?", re.DOTALL)
_FORMS = "{vm=…}, {vm=… file=…} ou {show}"


class _Attributes(Strict):
    vm: VmName | None = None
    file: GuestPath | None = None
    mode: Mode | None = None
    show: bool = False


def block_key(*parts: str) -> str:
    """A short SHA-256 of ``parts``: it changes when the text does, and only then."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:KEY_LENGTH]


def parse_fence(info: str, content: str, line: int) -> FencedBlock | list[str]:
    """The block that a fence describes, or what is wrong with it.

    Args:
        info: what follows the opening backticks, such as ``bash {vm=srv}``.
        content: the text between the backticks, with its last newline.
        line: the line of the opening backticks, counted from 1.
    """
    language = _AFTER_LANGUAGE.split(info, maxsplit=1)[0]
    rest = info[len(language) :].strip()
    if not rest:
        return [f"bloc sans attribut : précisez {_FORMS}"]
    if not (rest.startswith("{") and rest.endswith("}")):
        return [f"attributs illisibles dans {shown(info)} : {_FORMS} attendu"]
    given = _split(rest[1:-1])
    if isinstance(given, list):
        return given
    attributes, faults = validate(given, _Attributes)
    if attributes is None:
        return [f"attribut {loc[0]} : {message}" for loc, message in faults]
    if wrong := _misfits(attributes, content):
        return wrong
    if attributes.vm is None:
        return ShowBlock(content.removesuffix("\n"), line, language or "text")
    if attributes.file is None:
        code = content.rstrip("\n")
        return CommandBlock(
            block_key(attributes.vm, code), attributes.vm, code, line, language or "bash"
        )
    return FileBlock(
        block_key(attributes.vm, attributes.file, content),
        attributes.vm,
        attributes.file,
        content,
        line,
        language or "text",
        attributes.mode or "0644",
    )


def _split(text: str) -> dict[str, str | bool] | list[str]:
    """``vm=a file="/b c" show`` as a mapping, or what is wrong with it."""
    try:
        words = shlex.split(text)
    except ValueError:
        return ["guillemets non fermés dans les attributs"]
    given: dict[str, str | bool] = {}
    problems = []
    for word in words:
        match = _ATTRIBUTE.fullmatch(word)
        if match is None:
            problems.append(f"attribut illisible : {shown(word)}")
        elif match[1] in given:
            problems.append(f"attribut {match[1]} en double")
        else:
            given[match[1]] = True if match[2] is None else match[2]
    return problems or given


def _misfits(attributes: _Attributes, content: str) -> list[str]:
    """Attributes that are each right but not together, or not with this content."""
    problems = []
    if attributes.show and (attributes.vm or attributes.file or attributes.mode):
        problems.append("attribut show : va seul, le bloc n'est envoyé nulle part")
    elif not attributes.show and attributes.vm is None:
        problems.append(f"bloc sans machine : précisez {_FORMS}")
    if attributes.mode and attributes.file is None:
        problems.append("attribut mode : ne vaut qu'avec file")
    if attributes.file and attributes.file.endswith("/"):
        problems.append("attribut file : un fichier est attendu, pas un dossier")
    if not content.strip():
        problems.append("bloc vide")
    return problems
