"""A lesson's Markdown as plain text: wrapped lines, no frames, nothing said by a sign alone."""

import textwrap
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from pcapra_lab.i18n import _

WIDTH = 76
"""Columns of prose: what an 80-column terminal shows, with room for an indent."""

_TIE = "\x1f"
"""Stands for a space where no line may end; content holds no control character."""
_TIED_LIMIT = 60
"""Columns of a command that is not wrapped: a longer one has to be."""

_MARKDOWN = MarkdownIt("commonmark").enable("table")


def wrap(text: str, indent: str = "", first: str | None = None) -> str:
    """``text`` wrapped at ``WIDTH`` columns.

    Args:
        text: one paragraph.
        indent: what each line starts with.
        first: what the first line starts with, when it is not ``indent``.
    """
    filled = textwrap.fill(
        text,
        WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        # A command or an address cut in two could not be copied.
        break_long_words=False,
        break_on_hyphens=False,
    )
    return filled.replace(_TIE, " ")


def prose(markdown: str) -> str:
    """Markdown as paragraphs. Commands keep their backticks, which say where they begin and end.

    A table becomes one line a row, each cell named by its column: read aloud, it still makes
    sense.
    """
    return "\n\n".join(_Writer(_MARKDOWN.parse(markdown)).written())


class _Writer:
    """Walks the flat list of tokens; lists are the only nesting that shows."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._paragraphs: list[str] = []
        self._markers: list[int | None] = []
        self._item = ""
        """What the next paragraph starts with: a list's dash or number."""
        self._columns: list[str] = []
        self._cells: list[str] = []
        self._in_head = False
        self._in_table = False
        self._quotes = 0

    def written(self) -> list[str]:
        """The paragraphs, each wrapped."""
        for token in self._tokens:
            self._take(token)
        return self._paragraphs

    def _take(self, token: Token) -> None:
        match token.type:
            case "inline" if self._in_table:
                (self._columns if self._in_head else self._cells).append(_plain(token))
            case "inline":
                self._paragraph(_plain(token))
            case "fence" | "code_block":
                self._paragraphs.append(textwrap.indent(token.content.rstrip("\n"), "    "))
            case "bullet_list_open":
                self._markers.append(None)
            case "ordered_list_open":
                self._markers.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                self._markers.pop()
            case "list_item_open":
                self._begin_item()
            case "blockquote_open":
                self._quotes += 1
            case "blockquote_close":
                self._quotes -= 1
            case "table_open" | "table_close":
                self._in_table = token.nesting == 1
                self._columns = []
            case "thead_open" | "thead_close":
                self._in_head = token.nesting == 1
            case "tr_open":
                self._cells = []
            case "tr_close" if not self._in_head:
                named = zip(self._columns, self._cells, strict=False)
                row = " ; ".join(
                    _("{name} : {cell}").format(name=name, cell=cell) for name, cell in named
                )
                self._paragraphs.append(wrap(row, "  ", "- "))

    def _begin_item(self) -> None:
        number = self._markers[-1]
        if number is None:
            self._item = "- "
        else:
            self._item = f"{number}. "
            self._markers[-1] = number + 1

    def _paragraph(self, text: str) -> None:
        depth = 2 * max(0, len(self._markers) - 1) + 4 * self._quotes
        hang = " " * (depth + (2 if self._markers else 0))
        first = " " * depth + self._item if self._item else hang
        self._paragraphs.append(wrap(text, hang, first))
        self._item = ""


def _unbroken(code: str) -> str:
    return code.replace(" ", _TIE) if len(code) <= _TIED_LIMIT else code


def _plain(token: Token) -> str:
    """The words of a paragraph, emphasis left out, links followed by their address."""
    parts: list[str] = []
    link = ""
    for child in token.children or ():
        match child.type:
            case "text":
                parts.append(child.content)
            case "code_inline":
                parts.append(f"`{_unbroken(child.content)}`")
            case "softbreak" | "hardbreak":
                parts.append(" ")
            case "link_open":
                link = str(child.attrs.get("href", ""))
            case "link_close":
                parts.append(f" ({link})")
            case "image":
                parts.append(_("(image : {content})").format(content=child.content))
    return "".join(parts)
