"""What is wrong with a catalogue."""

import re
import string
from collections.abc import Iterable, Iterator
from typing import Final

from babel.messages.catalog import Catalog

_PERCENT: Final = re.compile(r"%\(\w+\)[sd]|%[sd]")


def faults(catalogue: Catalog) -> Iterator[str]:
    """What keeps a catalogue from being shown, a line each."""
    for message in catalogue:
        if not message.id:
            continue
        name = repr(message.id if isinstance(message.id, str) else message.id[0])
        if message.fuzzy:
            yield f"{name}: only guessed (fuzzy)"
        sources, said = _texts(message.id), _texts(message.string)
        if len(said) < catalogue.num_plurals * (len(sources) > 1) or not all(said):
            yield f"{name}: not translated"
            continue
        yield from (f"{name}: {fault}" for fault in _compare(sources, said))
    for message in catalogue.obsolete.values():
        yield f"{message.id!r}: nothing says this any more"


def _texts(value: str | Iterable[str] | None) -> list[str]:
    return [value or ""] if value is None or isinstance(value, str) else list(value)


def _compare(sources: list[str], said: list[str]) -> Iterator[str]:
    known = set.union(*map(fields, sources))
    for number, text in enumerate(said):
        wanted = fields(sources[min(number, len(sources) - 1)])
        if len(sources) > 1:
            # « One » may be said in words.
            wanted.discard("count")
        if wanted - fields(text) or fields(text) - known:
            yield f"placeholders {sorted(fields(text))} instead of {sorted(wanted)}"
        if _edges(text) != _edges(sources[0]):
            yield "not the same space at an end"


def fields(text: str) -> set[str]:
    """The names of a text's placeholders, with their conversions and formats.

    Raises:
        ValueError: braces that do not match.
    """
    found = set(_PERCENT.findall(text))
    for _before, name, spec, conversion in string.Formatter().parse(text):
        if name is not None:
            found.add(name + (f"!{conversion}" if conversion else ""))
            found |= fields(spec or "") if "{" in (spec or "") else set()
    return found


def _edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
