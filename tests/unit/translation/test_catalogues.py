"""The catalogues say everything the sources say, and are compiled as they are written."""

import pytest
from babel.messages.catalog import Catalog

from translation.catalogues import BOOKS, Book, as_mo, as_po
from translation.review import faults, fields

books = pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.domain)


@books
def test_nothing_is_left_to_translate(book: Book) -> None:
    assert list(faults(book.read())) == []


@books
def test_the_catalogue_is_that_of_the_sources(book: Book) -> None:
    assert as_po(book.updated()) == book.source.read_bytes(), "run make messages"


@books
def test_what_the_program_reads_is_what_people_wrote(book: Book) -> None:
    assert as_mo(book.read()) == book.compiled.read_bytes(), "run make messages"


def test_help_texts_and_plurals_are_in_the_template() -> None:
    template = BOOKS[0].template()
    assert template.get("Fige la machine, mémoire comprise.") is not None
    plural = template.get("{count} point")
    assert plural is not None and plural.pluralizable


def one(said: str | tuple[str, str], source: str | tuple[str, str] = "Leçon {number}") -> Catalog:
    catalogue = Catalog(locale="en")
    catalogue.add(source, said)
    return catalogue


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("", "not translated"),
        ("Lesson {nombre}", "placeholders"),
        ("Lesson", "placeholders"),
        ("Lesson {number} {number!r}", "placeholders"),
        ("Lesson {number} ", "space at an end"),
    ],
)
def test_a_bad_translation_is_told(said: str, fault: str) -> None:
    assert any(fault in told for told in faults(one(said)))


def test_a_plural_needs_both_its_forms_and_may_say_one_in_words() -> None:
    source = ("{count} ligne", "{count} lignes")
    assert list(faults(one(("one line", "{count} lines"), source))) == []
    assert list(faults(one(("one line", "lines of {file}"), source)))
    assert list(faults(one(("one line", ""), source)))


def test_a_guess_and_what_nothing_says_any_more_are_told() -> None:
    catalogue = one("Lesson {number}")
    assert list(faults(catalogue)) == []
    message = catalogue.get("Leçon {number}")
    assert message is not None
    message.flags.add("fuzzy")
    assert any("fuzzy" in told for told in faults(catalogue))
    catalogue.update(Catalog())
    assert any("any more" in told for told in faults(catalogue))


def test_placeholders_are_compared_with_their_conversions_and_nested_ones() -> None:
    assert fields("{a} {b!r:{width}} %(prog)s {{c}}") == {"a", "b!r", "width", "%(prog)s"}
