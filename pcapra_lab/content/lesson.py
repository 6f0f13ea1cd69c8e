"""A lesson's Markdown into sections of blocks, every fault reported with its line.

CommonMark as markdown-it-py reads it (https://spec.commonmark.org/0.31.2/). Refused, since the
trainee would not see what the author wrote: fences inside lists or quotes, indented code, HTML,
reference links, a fence that swallows the next one.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin

from pcapra_lab.content.base import Slug, Strict
from pcapra_lab.content.blocks import (
    Block,
    CommandBlock,
    FileBlock,
    LessonDocument,
    Prose,
    Section,
)
from pcapra_lab.content.claims import take_claims
from pcapra_lab.content.fences import block_key, parse_fence
from pcapra_lab.content.fill import fill
from pcapra_lab.content.models import LessonMeta
from pcapra_lab.content.problems import ContentProblems, Problem, shown
from pcapra_lab.content.source import read_source, refuse_forbidden
from pcapra_lab.content.strict_yaml import parse, validate

__all__ = ["fill", "parse_lesson", "parse_lesson_text"]

_MARKDOWN = MarkdownIt("commonmark").use(front_matter_plugin)
_HEADING = re.compile(r"(?P<title>.*?)\s*(?:\{#(?P<anchor>[^{}]*)\})?", re.DOTALL)


class _Anchor(Strict):
    anchor: Slug


@dataclass(slots=True)
class _Open:
    """A section being read."""

    title: str
    step: str | None
    line: int
    blocks: list[Block] = field(default_factory=list)


def parse_lesson(path: Path) -> LessonDocument:
    """The lesson of a Markdown file.

    Raises:
        ContentProblems: anything wrong with the file, all at once.
    """
    return parse_lesson_text(read_source(path), path)


def parse_lesson_text(text: str, path: Path) -> LessonDocument:
    """The lesson in ``text``; ``path`` is only named in problems and in the result.

    Raises:
        ContentProblems: anything wrong with the text, all at once.
    """
    # Markdown ends lines at a carriage return too: line numbers would no longer agree.
    refuse_forbidden(text, path)
    return _Parser(text, path).document()


class _Parser:
    def __init__(self, text: str, path: Path) -> None:
        self.path = path
        self.lines = text.split("\n")
        self.problems: list[Problem] = []
        self.sections = [_Open("", None, 1)]
        env: dict[str, Any] = {}
        # markdown-it reads the first character of the document without looking for one.
        self.tokens = _MARKDOWN.parse(text, env) if text else []
        for name, reference in env.get("references", {}).items():
            self._refuse(
                reference["map"][0] + 1,
                f"lien par référence {shown(name)} : écrivez [texte](adresse)",
            )

    def document(self) -> LessonDocument:
        meta = self._meta()
        done = 0
        for index, token in enumerate(self.tokens):
            if token.map is None:
                continue
            begin, end = token.map
            self._inspect(token, begin + 1)
            heading = token.type == "heading_open" and token.tag == "h2"
            if token.level > 0 or not (heading or token.type in ("front_matter", "fence")):
                continue
            self._prose(done, begin)
            done = end
            if heading:
                self._section(self.tokens[index + 1].content, begin + 1)
            elif token.type == "fence":
                self._fence(token, begin, end)
        self._prose(done, len(self.lines))
        introduction, *sections = self._sections()
        if self.problems or meta is None:
            raise ContentProblems(self.problems)
        if meta.exercise is None:
            sections = [replace(section, step=None) for section in sections]
        return LessonDocument(meta, str(self.path), introduction.blocks, tuple(sections))

    def _refuse(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.path, line, "", message))

    def _meta(self) -> LessonMeta | None:
        if not self.tokens or self.tokens[0].type != "front_matter":
            self._refuse(
                1, "en-tête absent ou non fermé : la leçon commence par « --- », du YAML et « --- »"
            )
            return None
        try:
            return parse(self.tokens[0].content, LessonMeta, self.path, first_line=2).model
        except ContentProblems as error:
            self.problems.extend(error.problems)
            return None

    def _inspect(self, token: Token, line: int) -> None:
        """Refuse what would not be shown as it was written."""
        if token.type == "fence" and token.level > 0:
            self._refuse(line, "bloc de code dans une liste ou une citation : sortez-le")
        elif token.type == "code_block":
            self._refuse(line, "code indenté : utilisez un bloc entre accents graves")
        elif token.type == "heading_open" and token.markup in ("-", "="):
            self._refuse(
                line, "titre souligné : écrivez « ## Titre », ou une ligne vide avant « --- »"
            )
        elif token.type == "html_block":
            self._refuse(line, "le HTML n'est pas affiché : utilisez du Markdown")
        for child in token.children or ():
            if child.type == "html_inline":
                self._refuse(
                    line,
                    f"{shown(child.content)} serait pris pour du HTML et disparaîtrait : "
                    "mettez-le entre accents graves",
                )

    def _prose(self, start: int, end: int) -> None:
        while start < end and not self.lines[start].strip():
            start += 1
        while start < end and not self.lines[end - 1].strip():
            end -= 1
        if start < end:
            line = start + 1
            markdown, claims, faults = take_claims("\n".join(self.lines[start:end]), line)
            for row, message in faults:
                self._refuse(line + row, message)
            self.sections[-1].blocks.append(Prose(markdown, line, claims))

    def _section(self, heading: str, line: int) -> None:
        match = _HEADING.fullmatch(heading)
        title = " ".join(match["title"].split()) if match else ""
        step = match["anchor"] if match else None
        if not title:
            self._refuse(line, "section sans titre")
        if "{check" in title:
            self._refuse(line, "un titre ne demande aucun contrôle : écrivez une phrase")
        if step is not None:
            _, faults = validate({"anchor": step}, _Anchor)
            for _, message in faults:
                self._refuse(line, f"ancre {message}")
            known = [s for s in self.sections if s.step == step]
            if known:
                first = known[0].line
                self._refuse(line, f"ancre {shown(step)} en double, déjà à la ligne {first}")
        self.sections.append(_Open(title, step, line))

    def _fence(self, token: Token, begin: int, end: int) -> None:
        line = begin + 1
        if unclosed := self._unclosed(token.markup, begin, end):
            self._refuse(line, unclosed)
            return
        block = parse_fence(token.info.strip(), token.content, line)
        if isinstance(block, list):
            for message in block:
                self._refuse(line, message)
        else:
            self.sections[-1].blocks.append(block)

    def _unclosed(self, markup: str, begin: int, end: int) -> str:
        """How a fence's end is missing, or nothing. Markdown closes it silently."""
        fence = re.compile(rf" {{0,3}}{re.escape(markup[0])}{{{len(markup)},}}(?P<info>.*)")
        for number in range(begin + 1, end):
            match = fence.fullmatch(self.lines[number])
            if match and match["info"].strip():
                return f"bloc non fermé avant celui de la ligne {number + 1}"
        closed = end - 1 > begin and fence.fullmatch(self.lines[end - 1])
        return "" if closed else "bloc jamais fermé"

    def _sections(self) -> list[Section]:
        """The introduction, then the sections; without an anchor, one comes from the title."""
        keys: Counter[str] = Counter()
        taken = {section.step for section in self.sections}
        result = []
        for section in self.sections:
            anchor = section.step or (_free_anchor(section.title, taken) if section.title else "")
            taken.add(anchor)
            blocks = tuple(_numbered(section.blocks, keys))
            result.append(Section(anchor, section.title, section.step, section.line, blocks))
        return result


def _free_anchor(title: str, taken: set[str | None]) -> str:
    """``Vérifier l'état`` as ``verifier-l-etat``, then ``verifier-l-etat-2``."""
    ascii_title = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_title.lower()).strip("-") or "section"
    anchor, number = slug, 1
    while anchor in taken:
        number += 1
        anchor = f"{slug}-{number}"
    return anchor


def _numbered(blocks: Sequence[Block], keys: Counter[str]) -> Iterator[Block]:
    """Tell apart the blocks with the same text: a lesson often repeats a command."""
    for block in blocks:
        if isinstance(block, CommandBlock | FileBlock):
            keys[block.key] += 1
            if keys[block.key] > 1:
                yield replace(block, key=block_key(block.key, str(keys[block.key])))
                continue
        yield block
