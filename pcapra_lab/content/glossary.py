"""The course's glossary: ``modules/glossaire.yaml``, and its words found in lessons."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Annotated, Literal

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from pydantic import Field

from pcapra_lab.content.base import Strict, Text
from pcapra_lab.content.folding import fold

FILE = "glossaire.yaml"
"""Its name, in ``modules/``."""

SCHEME = "glossaire:"
"""What the address of a link to a term begins with; the term follows."""

_MARKDOWN = MarkdownIt("commonmark").enable("table")


class Term(Strict):
    """A word of the trade, and what it means."""

    term: Text
    aliases: list[Text] = []
    """Other names, among them what an acronym stands for. Also found in lessons."""
    definition: Annotated[str, Field(min_length=1, max_length=320)]
    """One sentence or two."""

    @property
    def names(self) -> tuple[str, ...]:
        """All its names."""
        return (self.term, *self.aliases)


class Glossary(Strict):
    """All terms, in alphabetical order."""

    schema_version: Literal[1]
    terms: list[Term] = Field(min_length=1)


class Lexicon:
    """Finds terms in text.

    Args:
        terms: those to find, in alphabetical order.
    """

    def __init__(self, terms: Iterable[Term] = ()) -> None:
        self.terms: tuple[Term, ...] = tuple(terms)
        self._by_name = {_key(name): term for term in self.terms for name in term.names}
        # The longest first: « sauvegarde incrémentale » before « incrémentale ».
        names = sorted(self._by_name, key=len, reverse=True)
        self._pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(_pattern, names))})(?![\w-])")

    def named(self, name: str) -> Term | None:
        """The term with this name."""
        return self._by_name.get(_key(name))

    def find(self, text: str) -> Iterator[tuple[int, int, Term]]:
        """Each term in ``text``, with where it begins and ends."""
        if not self.terms:
            return
        for match in self._pattern.finditer(text):
            name = _key(match[0])
            term = self._by_name.get(name) or self._by_name.get(name.removesuffix("s"))
            if term is not None:
                yield match.start(), match.end(), term

    def first_uses(self, proses: Sequence[str]) -> list[frozenset[str]]:
        """For each Markdown text of a section, the terms that it is the first to use."""
        seen: set[str] = set()
        uses = []
        for prose in proses:
            terms = {term.term for text in _texts(prose) for _, _, term in self.find(text)}
            uses.append(frozenset(terms - seen))
            seen |= terms
        return uses

    def parser(self, wanted: frozenset[str]) -> Callable[[], MarkdownIt]:
        """What makes a Markdown parser that links each of ``wanted`` where it is first used."""

        def make() -> MarkdownIt:
            left = set(wanted)
            parser = MarkdownIt("gfm-like")
            parser.core.ruler.push("glossary", lambda state: self._link(state, left))
            return parser

        return make

    def _link(self, state: StateCore, left: set[str]) -> None:
        for inline in _inlines(state.tokens):
            inline.children = [
                token
                for child, free in _children(inline)
                for token in (self._linked(child, left) if free else [child])
            ]

    def _linked(self, text: Token, left: set[str]) -> Iterator[Token]:
        done = 0
        for begin, end, term in self.find(text.content):
            if term.term in left:
                left.discard(term.term)
                yield _text(text.content[done:begin])
                yield Token("link_open", "a", 1, attrs={"href": SCHEME + term.term})
                yield _text(text.content[begin:end])
                yield Token("link_close", "a", -1)
                done = end
        yield _text(text.content[done:]) if done else text


def _key(name: str) -> str:
    """Acronyms are what they are; words are found whatever their capitals."""
    words = " ".join(name.split())
    return words if words.upper() == words else words.lower()


def _pattern(key: str) -> str:
    words = r"\s+".join(re.escape(word) for word in key.split())
    return words if key.upper() == key else rf"(?i:{words}s?)"


def _inlines(tokens: Iterable[Token]) -> Iterator[Token]:
    """Texts of a document but its titles."""
    heading = False
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            heading = token.type == "heading_open"
        elif token.type == "inline" and not heading:
            yield token


def _children(inline: Token) -> Iterator[tuple[Token, bool]]:
    """A text's parts, and whether a term may be marked there: not in code nor in a link."""
    links = 0
    for child in inline.children or ():
        links += (child.type == "link_open") - (child.type == "link_close")
        yield child, child.type == "text" and not links


def _texts(markdown: str) -> Iterator[str]:
    for inline in _inlines(_MARKDOWN.parse(markdown)):
        yield from (child.content for child, free in _children(inline) if free)


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def sort_key(term: Term) -> str:
    """What puts terms in alphabetical order."""
    return fold(term.term)[0]


NO_TERMS = Lexicon()
"""Of a course without a glossary."""
