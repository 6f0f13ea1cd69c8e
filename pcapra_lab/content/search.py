"""Search in the text of lessons, whatever the accents and capitals."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt

from pcapra_lab.content.blocks import Block, FileBlock, LessonDocument, Prose
from pcapra_lab.content.folding import fold

_MARKDOWN = MarkdownIt("commonmark").enable("table")
_BEFORE, _AFTER = 40, 110
_TITLE, _TEXT = 0, 1


@dataclass(frozen=True, slots=True)
class Hit:
    """A section that has every word looked for."""

    module: str
    lesson: str
    """The lesson's id, unique in its module."""
    number: str
    title: str
    """The lesson's title."""
    anchor: str
    """The section's; empty for the introduction."""
    section: str
    """The section's title; empty for the introduction."""
    excerpt: str
    """The text around the first word found, on one line."""
    spans: tuple[tuple[int, int], ...]
    """Where the words stand in ``excerpt``."""


@dataclass(frozen=True, slots=True)
class _Page:
    module: str
    document: LessonDocument
    anchor: str
    section: str
    text: str
    folded: str
    origin: tuple[int, ...]
    """For each character of ``folded``, the place in ``text`` of the one it comes from."""
    titles: str


def plain(markdown: str) -> str:
    """The words of some Markdown on one line, without its signs."""
    parts: list[str] = []
    for token in _MARKDOWN.parse(markdown):
        for child in token.children or ():
            breaks = child.type in ("softbreak", "hardbreak")
            parts.append(" " if breaks else child.content)
        parts.append(" ")
    return " ".join("".join(parts).split())


class CourseIndex:
    """Every section of some lessons, ready to be searched.

    Args:
        lessons: each lesson with the id of its module, in the course's order.
    """

    def __init__(self, lessons: Iterable[tuple[str, LessonDocument]]) -> None:
        self._pages = [page for module, lesson in lessons for page in _pages(module, lesson)]

    def search(self, query: str, limit: int = 60) -> tuple[Hit, ...]:
        """Sections with all words of ``query``: those with one in their title come first."""
        words = fold(query)[0].split()
        if not words:
            return ()
        found = [
            (_TITLE if any(word in page.titles for word in words) else _TEXT, place, page)
            for place, page in enumerate(self._pages)
            if all(word in page.folded or word in page.titles for word in words)
        ]
        found.sort(key=lambda one: one[:2])
        return tuple(_hit(page, words) for _, _, page in found[:limit])


def _pages(module: str, document: LessonDocument) -> Iterator[_Page]:
    title = document.meta.title
    parts = [("", "", document.introduction)]
    parts += [(section.anchor, section.title, section.blocks) for section in document.sections]
    for anchor, section, blocks in parts:
        text = " ".join(" ".join(_text(block).split()) for block in blocks)
        folded, origin = fold(text)
        titles = fold(section or title)[0]
        yield _Page(module, document, anchor, section, text, folded, origin, titles)


def _text(block: Block) -> str:
    if isinstance(block, Prose):
        return plain(block.markdown)
    if isinstance(block, FileBlock):
        return f"{block.path} {block.content}"
    return block.code


def _hit(page: _Page, words: list[str]) -> Hit:
    spans = _spans(page, words)
    first = spans[0][0] if spans else 0
    start = max(0, first - _BEFORE)
    end = min(len(page.text), first + _AFTER)
    # Whole words at both ends.
    start = page.text.find(" ", start) + 1 if start and " " in page.text[start:first] else start
    end = page.text.rfind(" ", first, end) if end < len(page.text) else end
    end = end if end > first else min(len(page.text), first + _AFTER)
    lead, trail = "… " if start else "", " …" if end < len(page.text) else ""
    shift = len(lead) - start
    kept = tuple((a + shift, b + shift) for a, b in spans if start <= a and b <= end)
    meta = page.document.meta
    return Hit(
        page.module,
        meta.id,
        meta.number,
        meta.title,
        page.anchor,
        page.section,
        f"{lead}{page.text[start:end]}{trail}",
        kept,
    )


def _spans(page: _Page, words: list[str]) -> list[tuple[int, int]]:
    """Where the words stand in the page's text, in order, never one inside another."""
    places = []
    for word in words:
        at = page.folded.find(word)
        while at >= 0:
            places.append((page.origin[at], page.origin[at + len(word) - 1] + 1))
            at = page.folded.find(word, at + len(word))
    result: list[tuple[int, int]] = []
    for begin, end in sorted(places, key=lambda span: (span[0], -span[1])):
        if not result or begin >= result[-1][1]:
            result.append((begin, end))
    return result
