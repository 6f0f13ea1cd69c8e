"""A report as Markdown (CommonMark, and GitHub's tables)."""

import re
from collections.abc import Iterator

from pcapra_lab.report.document import (
    Block,
    Bullets,
    Code,
    Document,
    Facts,
    Figure,
    Note,
    Paragraph,
    Section,
    Table,
)
from pcapra_lab.report.text import one_line, spans, visible

_SPECIAL = re.compile(r"[\\`*_\[\]<>&|~]")
_OPENS = re.compile(r"^(\d+)([.)])(?=\s|$)|^([#+=-])")
"""What would begin a title, a list or a rule where a line begins."""


def to_markdown(document: Document) -> str:
    """The whole report. Every text stands for itself: none of it is read as Markdown or HTML."""
    parts = [f"# {escaped(document.title)}", escaped(document.subtitle), *_facts(document.head)]
    for section in document.sections:
        parts += _section(section, 2)
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """``text`` on one line, so that Markdown shows just it; code between backticks stays code."""
    pieces = (
        # A table's cells end at a bar, in code too.
        "`" + piece.replace("|", "\\|") + "`"
        if code and "\\" not in piece
        else _SPECIAL.sub(lambda m: f"\\{m[0]}", f"`{piece}`" if code else piece)
        for code, piece in spans(one_line(text))
    )
    return _OPENS.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", "".join(pieces))


def _section(section: Section, level: int) -> Iterator[str]:
    yield f"{'#' * level} {escaped(section.title)}"
    for block in section.blocks:
        if isinstance(block, Section):
            yield from _section(block, min(level + 1, 6))
        else:
            yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Paragraph():
            yield escaped(block.text)
        case Note():
            yield f"> {escaped(block.text)}"
        case Bullets():
            yield "\n".join(f"- {escaped(item)}" for item in block.items)
        case Table():
            yield _table(block)
        case Facts():
            yield from _facts(block)
        case Code():
            yield from _code(block)
        case Figure():
            yield f"![{escaped(block.caption)}]({block.name})"
            yield "\n".join(f"- {escaped(line)}" for line in block.told)
        case Section():
            raise TypeError("a section is rendered with its level")


def _table(table: Table) -> str:
    rows = [[escaped(cell.text) for cell in row] for row in table.rows]
    lines = [[escaped(name) for name in table.head], ["---"] * len(table.head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _facts(facts: Facts) -> Iterator[str]:
    if facts.rows:
        yield "\n".join(
            f"- **{escaped(name)}** : {escaped(cell.text)}" for name, cell in facts.rows
        )


def _code(code: Code) -> Iterator[str]:
    if code.caption:
        yield escaped(code.caption)
    text = visible(code.text).rstrip("\n")
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    language = code.language if re.fullmatch(r"[a-z0-9+-]+", code.language) else ""
    yield f"{fence}{language}\n{text}\n{fence}"
