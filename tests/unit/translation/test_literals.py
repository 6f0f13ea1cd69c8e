"""No French reaches the trainee past the catalogue."""

import ast
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from translation.allowed import FILES, LITERALS, allowed
from translation.catalogues import PACKAGE
from translation.literals import bare_literals, looks_french, misfilled, shadows

SOURCES = {
    path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_bytes())
    for path in sorted(PACKAGE.rglob("*.py"))
    if "_content" not in path.parts
}


def bare(tree: ast.Module) -> Iterator[tuple[int, str]]:
    return ((one.line, one.text) for one in bare_literals(tree) if looks_french(one.text))


def test_every_french_literal_is_looked_up() -> None:
    found = [
        f"{module}:{line}: {text!r}"
        for module, tree in SOURCES.items()
        for line, text in bare(tree)
        if not allowed(module, text)
    ]
    assert found == [], "wrap these in _(), see « Languages » in CONTRIBUTING.md"


def test_what_is_looked_up_is_filled_with_what_it_asks_for() -> None:
    found = [(module, *one) for module, tree in SOURCES.items() for one in misfilled(tree)]
    assert found == []


def test_nothing_hides_the_function_that_translates() -> None:
    found = [(module, line) for module, tree in SOURCES.items() for line in shadows(tree)]
    assert found == [], "call what is not used __"


def test_every_exception_is_still_one() -> None:
    texts = {(module, text) for module, tree in SOURCES.items() for _line, text in bare(tree)}
    assert set(LITERALS) <= texts
    # Guest-side modules are excepted whether or not they hold French today.
    modules = {module for module, _text in texts} | {m for m in SOURCES if "/guest/" in m}
    for pattern in FILES:
        assert any(fnmatchcase(module, pattern) for module in modules), pattern


@pytest.mark.parametrize(
    "text",
    [
        "réussi",
        "l'image est là",
        "la machine",
        "aide",
        "RTO : 3 s",
        "512 Mio",
        "{} Mio",
        "{} : {}",
        "{} %",
        "« x »",
        "Nouveau terminal",
        "○ indice",
    ],
)
def test_french_is_recognised(text: str) -> None:
    assert looks_french(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "screen.solution",
        "bold $muted",
        "no incident has begun",
        "%s: %s",
        "pcapra-lab doctor --fix",
        "SELECT id FROM runs WHERE exercise = ?",
        "dialog-body -code",
        "move(-1)",
        "help",
    ],
)
def test_what_programs_read_is_not_taken_for_french(text: str) -> None:
    assert not looks_french(text)


def tree(source: str) -> ast.Module:
    return ast.parse(source)


def test_docstrings_and_marked_literals_are_no_concern() -> None:
    source = 'def f() -> str:\n    """Une leçon."""\n    return _("la leçon {n}").format(n=1)\n'
    assert list(bare(tree(source))) == []


def test_an_fstring_and_the_literals_in_its_fields_are_seen() -> None:
    source = "x = f\"la leçon {n or 'aucune'}\""
    assert [text for _line, text in bare(tree(source))] == ["la leçon {}", "aucune"]


def test_a_default_a_key_and_an_argument_are_seen() -> None:
    source = "def f(a='la leçon'): return {'la clé': g(h='le mot')}"
    assert len(list(bare(tree(source)))) == 3


@pytest.mark.parametrize(
    ("source", "amiss"),
    [
        ('_("{a}").format(b=1)', {"a", "b"}),
        ('_("{a}").format(a=1)', set()),
        ('_("{a.name:{width}}").format(a=1, width=2)', set()),
        ('ngettext("{n} a", "{n} {b}", n).format(n=n)', {"b"}),
        ('"{a}".format(b=1)', set()),
    ],
)
def test_a_placeholder_left_or_missed_is_told(source: str, amiss: set[str]) -> None:
    assert {name for _line, names in misfilled(tree(source)) for name in names} == amiss


@pytest.mark.parametrize(
    ("source", "hidden"),
    [
        ('def f(a):\n    _, b = a\n    return _("x")', True),
        ('def f(a):\n    return [_("x") for _ in a]', False),
        ("def f(a):\n    _, b = a", False),
        ('def f(_): ...\n_("x")', True),
    ],
)
def test_a_variable_that_hides_the_function_is_told(source: str, hidden: bool) -> None:
    assert bool(list(shadows(tree(source)))) is hidden


def test_exceptions_are_by_module_and_by_folder() -> None:
    assert allowed("content/lint.py", "la leçon")
    assert allowed(str(Path("pcapra_lab/grading/guest/core.py")), "la leçon")
    assert not allowed("ui/app.py", "la leçon")
