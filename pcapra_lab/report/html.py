"""A report as one HTML page: nothing is fetched, nothing runs, it prints."""

from collections.abc import Iterator
from html import escape
from importlib.resources import files

from pcapra_lab.report.document import (
    Block,
    Bullets,
    Cell,
    Code,
    Document,
    Facts,
    Figure,
    Note,
    Paragraph,
    Section,
    Table,
    Tone,
)
from pcapra_lab.report.text import one_line, spans, visible

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""What a browser may do with the page: show it. Its own style is the only thing allowed."""


def to_html(document: Document) -> str:
    """The whole report. Every text is escaped; pictures are the program's own."""
    style = files("pcapra_lab.report").joinpath("style.css").read_text(encoding="utf-8")
    links = (
        f'<li><a href="#{escape(one.anchor)}">{inline(one.title)}</a></li>'
        for one in document.sections
    )
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{escape(document.language)}">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(one_line(document.title))}</title>",
        f"<style>\n{style}</style>",
        "</head>",
        "<body>",
        "<header>",
        f"<h1>{inline(document.title)}</h1>",
        f"<p>{inline(document.subtitle)}</p>",
        *_facts(document.head),
        "</header>",
        "<nav><ul>",
        *links,
        "</ul></nav>",
        "<main>",
    ]
    for section in document.sections:
        lines += _section(section, 2)
    return "\n".join([*lines, "</main>", "</body>", "</html>", ""])


def inline(text: str) -> str:
    """``text`` on one line, escaped; code between backticks as code."""
    return "".join(
        f"<code>{escape(piece)}</code>" if code else escape(piece)
        for code, piece in spans(one_line(text))
    )


def _section(section: Section, level: int) -> Iterator[str]:
    yield f'<section id="{escape(section.anchor)}">'
    yield f"<h{level}>{inline(section.title)}</h{level}>"
    for block in section.blocks:
        if isinstance(block, Section):
            yield from _section(block, min(level + 1, 6))
        else:
            yield from _block(block)
    yield "</section>"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Paragraph():
            yield f"<p>{inline(block.text)}</p>"
        case Note():
            yield f"<aside>{inline(block.text)}</aside>"
        case Bullets():
            yield "<ul>"
            yield from (f"<li>{inline(item)}</li>" for item in block.items)
            yield "</ul>"
        case Table():
            yield from _table(block)
        case Facts():
            yield from _facts(block)
        case Code():
            if block.caption:
                yield f'<p class="caption">{inline(block.caption)}</p>'
            yield f"<pre><code>{escape(visible(block.text).rstrip())}</code></pre>"
        case Figure():
            yield "<figure>"
            yield block.svg
            yield f"<figcaption>{inline(block.caption)}</figcaption>"
            yield "</figure>"
            yield from _block(Bullets(block.told))
        case Section():
            raise TypeError("a section is rendered with its level")


def _table(table: Table) -> Iterator[str]:
    yield "<table>"
    head = "".join(f'<th scope="col">{inline(name)}</th>' for name in table.head)
    yield f"<thead><tr>{head}</tr></thead>"
    yield "<tbody>"
    for row in table.rows:
        yield "<tr>" + "".join(map(_cell, row)) + "</tr>"
    yield "</tbody>"
    yield "</table>"


def _facts(facts: Facts) -> Iterator[str]:
    if facts.rows:
        yield '<table class="facts"><tbody>'
        for name, cell in facts.rows:
            yield f'<tr><th scope="row">{inline(name)}</th>{_cell(cell)}</tr>'
        yield "</tbody></table>"


def _cell(cell: Cell) -> str:
    if cell.tone is Tone.PLAIN:
        return f"<td>{inline(cell.text)}</td>"
    return f'<td class="{cell.tone.value}">{inline(cell.text)}</td>'
