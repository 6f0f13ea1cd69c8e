"""Templates from the sources, catalogues from the templates, and the files they live in."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import pcapra_lab
from pcapra_lab.cli.language import AS_IS, CLICK, paragraphs
from pcapra_lab.i18n import DOMAIN, LOCALES

PACKAGE: Final = Path(pcapra_lab.__file__).parent
_KEYWORDS: Final = {"_": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
_UNDATED: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When and by whom is git's to say; a date of its own would change the files at each run."""


@dataclass(frozen=True, slots=True)
class Book:
    """One catalogue."""

    domain: str
    language: str

    @property
    def source(self) -> Path:
        """What people edit."""
        return LOCALES / self.language / "LC_MESSAGES" / f"{self.domain}.po"

    @property
    def compiled(self) -> Path:
        """What the program reads."""
        return self.source.with_suffix(".mo")

    def template(self) -> Catalog:
        """All there is to translate, from the sources as they are."""
        catalogue = self._empty()
        if self.domain == DOMAIN:
            _collect(catalogue, PACKAGE)
        else:
            _collect(catalogue, Path(click.__file__).parent)
        return catalogue

    def read(self) -> Catalog:
        """The catalogue as it is on the disk; an empty one if there is none."""
        if not self.source.exists():
            return self._empty()
        with self.source.open("rb") as stream:
            return read_po(stream, locale=self.language, domain=self.domain)

    def updated(self) -> Catalog:
        """The catalogue with what is new, without what is gone."""
        catalogue = self.read()
        catalogue.update(self.template(), no_fuzzy_matching=True)
        catalogue.header_comment = f"# {self.domain}: see « Languages » in CONTRIBUTING.md."
        catalogue.revision_date = _UNDATED
        return catalogue

    def write(self) -> None:
        """Bring both files up to date."""
        catalogue = self.updated()
        self.source.parent.mkdir(parents=True, exist_ok=True)
        self.source.write_bytes(as_po(catalogue))
        # From the file, as a test does: what writing loses must not be in one of the two only.
        self.compiled.write_bytes(as_mo(self.read()))

    def _empty(self) -> Catalog:
        return Catalog(
            locale=self.language,
            domain=self.domain,
            project="pcapra-lab",
            version="0",
            creation_date=_UNDATED,
            revision_date=_UNDATED,
            last_translator="The pcapra-lab founders",
            language_team="The pcapra-lab founders",
            msgid_bugs_address="none",
            fuzzy=False,
        )


BOOKS: Final = (Book(DOMAIN, "en"), Book(CLICK, "fr"))
"""The interface's messages from French to English; click's from English to French."""


def as_po(catalogue: Catalog) -> bytes:
    """The text people edit: without line numbers, which would change with each edit elsewhere."""
    stream = BytesIO()
    write_po(stream, catalogue, width=100, include_lineno=False, ignore_obsolete=True)
    return stream.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    """The form the program reads."""
    stream = BytesIO()
    write_mo(stream, catalogue)
    return stream.getvalue()


def _collect(catalogue: Catalog, root: Path) -> None:
    """Add a package's messages, in the order of its files."""
    for path in sorted(root.rglob("*.py")):
        where = path.relative_to(root.parent).as_posix()
        for message, context, comments in _messages(path):
            catalogue.add(
                message,
                locations=[(where, 0)],
                auto_comments=comments,
                context=context,
            )


def _messages(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None, list[str]]]:
    with path.open("rb") as stream:
        for _line, message, comments, context in extract(
            "python", stream, _KEYWORDS, ("Translators:",), strip_comment_tags=True
        ):
            yield message, context, comments
    for paragraph in _help(ast.parse(path.read_bytes())):
        yield paragraph.removeprefix(AS_IS), None, []


def _help(tree: ast.Module) -> Iterator[str]:
    """The docstrings that click shows, paragraph by paragraph."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(map(_makes_command, node.decorator_list)):
            yield from paragraphs(ast.get_docstring(node, clean=False) or "")


def _makes_command(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in {"command", "group"}
    )
